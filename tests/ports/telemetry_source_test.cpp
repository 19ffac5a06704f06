#include <foreshift/ports/archetypes.hpp>
#include <foreshift/ports/telemetry_source.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <vector>

using namespace foreshift;

namespace {

struct returns_readings {
  std::vector<telemetry::reading> poll();
};
struct samples_without_a_name {
  void poll(const std::function<void(const telemetry::sample&)>&);
};
struct counts {
  int poll(auto&&);
};
struct takes_function_pointers_only {
  void poll(void (*sink)(const telemetry::reading&));
};
static_assert(!ports::TelemetrySource<returns_readings>);
static_assert(!ports::TelemetrySource<samples_without_a_name>);
static_assert(!ports::TelemetrySource<counts>);
static_assert(!ports::TelemetrySource<takes_function_pointers_only>);

}  // namespace

TEST_CASE("the smallest telemetry source has nothing to tell") {
  ports::archetypes::telemetry_source t;
  int told = 0;
  t.poll([&](const telemetry::reading&) { ++told; });
  CHECK(told == 0);
}
