#pragma once
/// @file
/// What any model of TelemetrySource must do, for hosts to run on their own.
///
///     struct harness {
///       auto& source();                                      // a TelemetrySource
///       void offer(const std::vector<telemetry::reading>&);  // optional: these have come
///       void cut();                                          // optional: it cannot be reached any more
///     };
/// Without `offer` the source has nothing to tell. Call `telemetry_source_contract<harness>()` inside a
/// TEST_CASE.

#include <foreshift/core/time.hpp>
#include <foreshift/ports/telemetry_source.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <limits>
#include <vector>

namespace foreshift::contracts {

inline bool same_reading(const telemetry::reading& a, const telemetry::reading& b) {
  return a.key == b.key && a.what.at == b.what.at && a.what.value == b.what.value;
}
inline bool holds(const std::vector<telemetry::reading>& all, const telemetry::reading& one) {
  return std::ranges::any_of(all, [&](const auto& r) { return same_reading(r, one); });
}
/// The sink can be neither copied nor made into a function pointer.
template <class Source>
std::vector<telemetry::reading> readings(Source& source) {
  struct collector {
    std::vector<telemetry::reading>* all;
    collector(std::vector<telemetry::reading>* to) : all(to) {}
    collector(const collector&) = delete;
    collector& operator=(const collector&) = delete;
    void operator()(const telemetry::reading& r) const { all->push_back(r); }
  };
  std::vector<telemetry::reading> all;
  const collector sink{&all};
  source.poll(sink);
  return all;
}

template <class Harness>
void telemetry_source_contract() {
  Harness host;

  SUBCASE("where nothing has come, nothing is told") { CHECK(readings(host.source()).empty()); }
  if constexpr (requires { host.offer({}); }) {
    const time_point noon{std::chrono::hours{12}};
    const std::vector<telemetry::reading> some{
        {{workload_id{1}, telemetry::metric::cpu}, {noon, 0.25}},
        {{workload_id{1}, telemetry::metric::cpu}, {noon + std::chrono::minutes{5}, -0.0}},
        {{host_id{1}, telemetry::metric::cpu}, {noon, std::numeric_limits<double>::max()}},
        {{workload_id{2}, telemetry::metric::memory}, {noon - std::chrono::hours{24}, 1e-300}}};

    SUBCASE("everything that has come is told, as it was, and nothing else") {
      host.offer(some);
      const auto told = readings(host.source());
      for (const auto& r : some) CHECK(holds(told, r));
      for (const auto& r : told) CHECK(holds(some, r));
    }
    SUBCASE("readings of one series come in their order") {
      host.offer(some);
      const auto told = readings(host.source());
      const auto at = [&](const telemetry::reading& r) {
        return std::ranges::find_if(told, [&](const auto& t) { return same_reading(t, r); });
      };
      CHECK(at(some[0]) < at(some[1]));
    }
    SUBCASE("a poll tells what has come since the one before") {
      host.offer({some[0]});
      CHECK(holds(readings(host.source()), some[0]));
      host.offer({some[1]});
      CHECK(holds(readings(host.source()), some[1]));
    }
    if constexpr (requires { host.cut(); })
      SUBCASE("a source that cannot be reached tells nothing, and does not fail") {
        host.cut();
        host.offer(some);
        CHECK(readings(host.source()).empty());
      }
  }
}

}  // namespace foreshift::contracts
