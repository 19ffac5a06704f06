#include <foreshift/ports/archetypes.hpp>
#include <foreshift/ports/null.hpp>
#include <foreshift/ports/telemetry_source.hpp>

#include <doctest/doctest.h>

#include <contracts/telemetry_source_contract.hpp>

#include <functional>
#include <utility>
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

template <class Source>
struct silent {
  Source it;
  auto& source() { return it; }
};

/// As a host may write it: whatever has come waits.
struct inbox {
  std::vector<telemetry::reading> waiting;
  bool reachable = true;
  void poll(auto&& sink) {
    for (const auto& r : std::exchange(waiting, {})) sink(r);
  }
};
struct with_inbox {
  inbox it;
  auto& source() { return it; }
  void offer(const std::vector<telemetry::reading>& some) {
    if (it.reachable) it.waiting.insert(it.waiting.end(), some.begin(), some.end());
  }
  void cut() { it.reachable = false; }
};

}  // namespace

TEST_CASE("the smallest telemetry source has nothing to tell") {
  ports::archetypes::telemetry_source t;
  int told = 0;
  t.poll([&](const telemetry::reading&) { ++told; });
  CHECK(told == 0);
}
TEST_CASE("sources with nothing to tell do what a source must") {
  SUBCASE("the smallest") {
    contracts::telemetry_source_contract<silent<ports::archetypes::telemetry_source>>();
  }
  SUBCASE("that of a site without workloads") {
    contracts::telemetry_source_contract<silent<ports::null_telemetry_source>>();
  }
}
TEST_CASE("a source that keeps what has come does what a source must") {
  contracts::telemetry_source_contract<with_inbox>();
}
