#include <foreshift/anomaly/nonconformity.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace foreshift;
using anomaly::distance_between, anomaly::scale_at_least;

namespace {

struct nothing_new {
  [[maybe_unused]] static constexpr std::string_view name = "nothing new";
  [[maybe_unused]] static constexpr bool two_sided = false;
  anomaly::nonconformity measure(const telemetry::sample&) { return {}; }
};
struct has_no_name {
  [[maybe_unused]] static constexpr bool two_sided = false;
  anomaly::nonconformity measure(const telemetry::sample&) { return {}; }
};
struct answers_a_number {
  [[maybe_unused]] static constexpr std::string_view name = "a number";
  [[maybe_unused]] static constexpr bool two_sided = false;
  double measure(const telemetry::sample&) { return 0; }
};

}  // namespace

static_assert(anomaly::NonconformityMeasure<nothing_new>);
static_assert(!anomaly::NonconformityMeasure<has_no_name>);
static_assert(!anomaly::NonconformityMeasure<answers_a_number>);

TEST_CASE("the smallest measure finds nothing") {
  CHECK(nothing_new{}.measure({}) == anomaly::nonconformity{});
}

TEST_CASE("distances are finite, and rounding is none") {
  constexpr double huge = std::numeric_limits<double>::max();
  CHECK(distance_between(3, 5) == 2);
  CHECK(distance_between(-huge, huge) == huge);
  CHECK(distance_between(1e9, 1e9 + 0.5) == 0);
  CHECK(distance_between(1e9, 1e9 + 2) == 2);
  CHECK(distance_between(0, 5e-324) == 5e-324);
}

TEST_CASE("a scale never vanishes") {
  CHECK(scale_at_least(2, 1) == 2);
  CHECK(scale_at_least(0, -100) == doctest::Approx(1e-7));
  CHECK(scale_at_least(0, 0) > 0);
}
