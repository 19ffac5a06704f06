#pragma once
// One migration carried through by the executor, over any orchestrator, every wish for the log granted.

#include <foreshift/migration/executor.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace migration_test {

template <class Orchestrator>
struct ride {
  Orchestrator o;
  foreshift::migration::executor run;
  std::vector<std::string> why{};  ///< as it changes

  /// Site 1 owns the subset, and has just had the token.
  ride(Orchestrator with, const foreshift::migration::job& what, foreshift::fence_token token,
       foreshift::migration::executor_options options = {}, std::uint64_t incarnation = 1)
      : o(std::move(with)), run(what, foreshift::site_id{1}, incarnation, options) {
    step(foreshift::migration::activated{what.subset, {1}, token});
  }
  void step(const foreshift::migration::input& in) {
    const auto due = run.step(in);
    if (!run.why().empty() && (why.empty() || why.back() != run.why())) why.push_back(run.why());
    for (const auto& c : due.commands) CHECK(!o.submit(c));
    for (const auto& wish : due.requests) step(foreshift::migration::granted(wish));
  }
  /// What is due now, and what has been answered. @param heard called with each answer, before it counts
  template <class Heard>
  void round(foreshift::time_point now, const Heard& heard) {
    step(foreshift::migration::tick{now});
    o.poll([&](const foreshift::migration::event& e) { heard(e), step(e); });
  }
  void round(foreshift::time_point now) {
    round(now, [](const auto&) {});
  }
};

}  // namespace migration_test
