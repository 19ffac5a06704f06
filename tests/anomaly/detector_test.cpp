#include <foreshift/anomaly/detector.hpp>

#include <doctest/doctest.h>

using namespace foreshift;

namespace {

struct never {
  anomaly::score observe(const telemetry::sample&) { return {}; }
};
struct answers_a_number {
  double observe(const telemetry::sample&) { return 0; }
};
struct wants_to_change_the_sample {
  anomaly::score observe(telemetry::sample&) { return {}; }
};
struct cannot_be_copied {
  cannot_be_copied(const cannot_be_copied&) = delete;
  anomaly::score observe(const telemetry::sample&) { return {}; }
};

}  // namespace

static_assert(anomaly::Detector<never>);
static_assert(!anomaly::Detector<answers_a_number>);
static_assert(!anomaly::Detector<wants_to_change_the_sample>);
static_assert(!anomaly::Detector<cannot_be_copied>);
static_assert(!anomaly::Detector<int>);

TEST_CASE("the smallest detector finds nothing") { CHECK(never{}.observe({}) == anomaly::score{}); }
