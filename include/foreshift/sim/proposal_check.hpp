#pragma once
/// @file
/// Whether a proposal would have kept its promise: the recorded fleet with it and without it.
///
/// The fleet is played twice from the same start, under the same earlier moves and no later ones; in one of
/// the two this proposal's action is taken, at its time. What they differ in is its doing alone, counted and
/// not estimated. A resize or a scale changes no host's demand in a replay, so of those it is counted how
/// long the workload demands more than the size before and than the size proposed.

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/placement/proposal.hpp>
#include <foreshift/sim/proposal_fit.hpp>
#include <foreshift/sim/scenario.hpp>
#include <foreshift/sim/trace_demand.hpp>
#include <foreshift/sim/world.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// Time with demand above the limit; of all hosts together it is the sum.
struct overload_time {
  duration source{}, destination{}, all{};
  friend bool operator==(const overload_time&, const overload_time&) = default;
};
/// The same steps with the move and without it.
struct overload_compared {
  overload_time with{}, without{};
  /// At both ends together; below 0 the move did harm.
  [[nodiscard]] duration avoided() const {
    return without.source + without.destination - with.source - with.destination;
  }
};

/// What came of a move.
struct move_check {
  overload_compared horizon{};  ///< from its decision until the promise can be checked
  overload_compared rest{};     ///< from its decision to the end of the trace
};
/// What came of another size, or of more or fewer copies.
struct size_check {
  double before = 0, after = 0;  ///< cores that the workload may use, in all
  duration above_before{};       ///< time with demand above it, until the promise can be checked
  duration above_after{};
  [[nodiscard]] duration avoided() const { return above_before - above_after; }
};

struct proposal_check {
  std::size_t decided = 0;     ///< the step after which it was made
  duration judged{};           ///< how much of the promise's time the trace covers
  bool whole = false;          ///< all of it
  std::optional<bool> kept{};  ///< avoided within the promise's interval; none: not whole, or no interval
  std::variant<move_check, size_check> found{};
};

/// Whether the promise says between what the outcome is to be. A size of which too few days have been seen
/// promises a mean only.
[[nodiscard]] constexpr bool states_interval(const placement::promise& p) {
  return p.avoided_low < p.avoided_high || p.overload_avoided == p.avoided_low;
}

/// The record of the fleet under these moves and no others, however many there are.
/// @pre each can be made at its step; in the order of their steps
[[nodiscard]] inline run_record repeat_moves(const demand_table& demand, const scenario& rules,
                                             std::span<const move> moves) {
  scenario free = rules;
  free.moves_per_hour = static_cast<double>(moves.size());
  world w{demand, free};
  for (auto next = moves.begin(); !w.done(); w.advance())
    for (; next != moves.end() && next->decided == w.now(); ++next)
      FORESHIFT_EXPECT(w.request_move(next->workload, next->to, next->purpose).has_value());
  return w.record();
}

/// Takes the proposal's action and nothing else from its time on. Fails with a diagnostic without a source
/// where the proposal does not fit the fleet (`fit`), or where the workload is not on the host that it is to
/// leave. O(steps x (workloads + hosts)).
/// @param before moves of the same fleet decided before the proposal's step; later ones are left out
[[nodiscard]] result<proposal_check, diagnostic> check_promise(const placement::proposal& what,
                                                               const demand_table& demand,
                                                               const scenario& rules,
                                                               std::span<const move> before = {});

namespace detail {

/// Steps [first, end).
[[nodiscard]] inline overload_time overload_in(const run_record& run, const placement::migrate& way,
                                               std::size_t first, std::size_t end, duration step) {
  overload_time out;
  for (std::size_t k = first; k < end; ++k)
    for (std::size_t h = 0; h < run.hosts; ++h) {
      if (!run.overloaded(k, host_id{h})) continue;
      out.all += step;
      if (way.from.host.value == h) out.source += step;
      if (way.to.host.value == h) out.destination += step;
    }
  return out;
}

/// Where the workload runs in the step after these moves, or is on its way to; and whether it is on its way.
struct whereabouts {
  host_id host{};
  bool moving = false;
};
[[nodiscard]] inline whereabouts where(workload_id w, std::size_t decided, const std::vector<host_id>& start,
                                       std::span<const move> before) {
  whereabouts out{start[w.value]};
  for (const auto& m : before)
    if (m.workload == w) out = {m.to, m.effective() > decided};
  return out;
}

/// In all, before and after. A proposal does not say how many copies there were: one. @pre not a move
[[nodiscard]] inline size_check sizes_of(const placement::proposal& what) {
  if (const auto* r = std::get_if<placement::resize>(&what.what))
    return {what.why.limit, r->limits[what.why.what], {}, {}};
  const double copies = std::get<placement::scale>(what.what).replicas;
  return {what.why.limit, copies * what.why.limit, {}, {}};
}

}  // namespace detail

inline result<proposal_check, diagnostic> check_promise(const placement::proposal& what,
                                                        const demand_table& demand, const scenario& rules,
                                                        std::span<const move> before) {
  const auto decided = fit(what, demand, rules);
  if (!decided) return failure{decided.error()};

  const duration step = demand.step();
  before = before.first(static_cast<std::size_t>(
      std::ranges::lower_bound(before, *decided, {}, &move::decided) - before.begin()));

  // Judged by the steps after the decision that are over by then.
  const time_point from = demand.start() + static_cast<duration::rep>(*decided + 1) * step;
  const std::size_t left = demand.steps() - (*decided + 1);
  const auto promised =
      static_cast<std::size_t>(std::max<duration::rep>(0, (what.expected.check_at - from) / step));
  const std::size_t judged = std::min(promised, left), first = *decided + 1;
  proposal_check out{.decided = *decided,
                     .judged = static_cast<duration::rep>(judged) * step,
                     .whole = judged == promised && promised > 0};

  const auto on = detail::where(what.workload, *decided, place_at_start(demand, rules).host_of, before);
  const auto& left_host = placement::place_of(what.what).host;
  const auto* way = std::get_if<placement::migrate>(&what.what);
  const std::string field = way == nullptr ? "what.at.host" : "what.from.host";
  if (on.moving || on.host != left_host)
    return failure{diagnostic{"", 0, field,
                              "host " + std::to_string(left_host.value) + ", but the workload is " +
                                  (on.moving ? "on its way to host " : "on host ") +
                                  std::to_string(on.host.value) + " then"}};
  if (way == nullptr) {
    auto found = detail::sizes_of(what);
    for (const double cores : demand.cores(what.workload).subspan(first, judged)) {
      if (cores > found.before) found.above_before += step;
      if (cores > found.after) found.above_after += step;
    }
    out.found = found;
    return out;
  }

  std::vector<move> moves(before.begin(), before.end());
  const auto without = repeat_moves(demand, rules, moves);
  moves.push_back({what.workload, way->from.host, way->to.host, *decided});
  const auto with = repeat_moves(demand, rules, moves);
  const auto compare = [&](std::size_t steps) {
    return overload_compared{detail::overload_in(with, *way, first, first + steps, step),
                             detail::overload_in(without, *way, first, first + steps, step)};
  };
  const move_check found{compare(judged), compare(left)};
  const auto& promise = what.expected;
  if (out.whole && states_interval(promise))
    out.kept =
        found.horizon.avoided() >= promise.avoided_low && found.horizon.avoided() <= promise.avoided_high;
  out.found = found;
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::sim
