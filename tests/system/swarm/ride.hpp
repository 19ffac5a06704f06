#pragma once
/// @file
/// One migration over real swarms, by the executor, every wish for the log granted.

#include <foreshift/migration/executor.hpp>

#include <migration/ride.hpp>
#include <system/swarm/swarms.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace swarm_test {

struct ride : migration_test::ride<orchestrator> {
  using base = migration_test::ride<orchestrator>;
  std::vector<std::string> heard{};
  std::function<void()> each_round{};

  /// @param token also names the migration: a later one is higher
  ride(town& where, const web& what, int from, int to, std::uint64_t token,
       migration::executor_options options = {}, std::uint64_t incarnation = 1)
      : base(where.process(),
             {.id = {token},
              .subset = {5},
              .workload = what.id(),
              .from_site = site_of(from),
              .from = web::place(from),
              .to_site = site_of(to),
              .to = web::place(to),
              .how = site_of(from) == site_of(to) ? migration::style::one_step : migration::style::two_step},
             {slot{token}, 0}, options, incarnation) {}
  void round() {
    base::round(wall_clock{}.now(), [&](const migration::event& e) {
      heard.push_back(std::string{name_of(e.what)} + (e.reason.empty() ? "" : ": " + e.reason));
    });
    if (each_round) each_round();
    std::this_thread::sleep_for(5ms);
  }
  migration::phase go(duration within = 60s, migration::phase until = migration::phase::settled) {
    for (const auto end = wall_clock{}.now() + within;
         wall_clock{}.now() < end && run.at() != until && run.at() != migration::phase::settled;)
      round();
    return run.at();
  }
  [[nodiscard]] std::string story() const {
    std::string text;
    for (const auto& one : heard) text += one + "\n";
    for (const auto& one : why) text += "why: " + one + "\n";
    return text;
  }
};

}  // namespace swarm_test
