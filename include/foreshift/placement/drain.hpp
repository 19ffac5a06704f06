#pragma once
/// @file
/// "Drain this host by 18:00": moves, one after the other, until nothing is left on it, or why that cannot
/// be.
///
/// The order matters: a group moves only towards members that have moved, a destination that one workload
/// fills is lost to the next. So it is searched, depth first: next the hardest workload that may go anywhere,
/// to its cheapest place, and when nothing may, one step back. Each move is admitted in the state that the
/// moves before it leave, by the outlook of now; and counts for the budgets of this cycle, however long the
/// plan is.
///
/// Source: backtracking, S. W. Golomb, L. D. Baumert, "Backtrack programming", Journal of the ACM 12, 1965.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/placement/host_failure.hpp>
#include <foreshift/placement/rehearsal.hpp>
#include <foreshift/placement/usual_rules.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

struct drain_options {
  std::size_t looks_max = 2000;  ///< times that a workload's destinations are asked for
};

struct drain_plan {
  struct step {
    workload_id workload{};
    host_id to{};
    time_point start{};
    time_point end{};  ///< when the next may start
  };
  struct obstacle {
    workload_id workload{};
    refusal_tally refused{};  ///< by the destinations, after the moves of the plan
    bool unknown = false;     ///< it has no forecast
    bool moving = false;      ///< it has a move in flight already
  };
  host_id host{};
  time_point by{};
  std::vector<step> moves{};     ///< as far as was found; all that it takes when nothing is left
  std::vector<obstacle> left{};  ///< what no place was found for
  bool searched = false;         ///< all orders and places were tried: no plan moves more of them once each
  double overload_before = 0;    ///< minutes expected on the other hosts within the horizon
  double overload_after = 0;     ///< the same after the plan

  /// How many of the moves end in time.
  [[nodiscard]] std::size_t in_time() const {
    return static_cast<std::size_t>(std::ranges::count_if(moves, [&](const step& s) { return s.end <= by; }));
  }
  /// Whether the host is empty by then.
  [[nodiscard]] bool drained() const { return left.empty() && in_time() == moves.size(); }
};

namespace detail {

template <class Price, class Rules>
class drain_search {
 public:
  drain_search(rehearsal& fleet, const Price& price, const Rules& rules, std::size_t looks)
      : fleet_(fleet), price_(price), rules_(rules), looks_(looks) {}

  /// @return true when all are moved, in `best()`, or the looks are used up
  bool place(std::vector<workload_id>& waiting) {
    if (made_.size() > best_.size() || waiting.empty()) best_ = made_;
    if (waiting.empty()) return true;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      if (looks_ == 0) return true;
      --looks_;
      const auto w = waiting[i];
      const auto places = destinations(fleet_.view(), w, price_, rules_);
      for (const auto& place_of : places.admitted) {
        waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(i));
        made_.emplace_back(w, place_of.to);
        fleet_.move(w, place_of.to);
        const bool over = place(waiting);
        fleet_.undo();
        made_.pop_back();
        waiting.insert(waiting.begin() + static_cast<std::ptrdiff_t>(i), w);
        if (over) return true;
      }
    }
    return false;
  }
  [[nodiscard]] const std::vector<std::pair<workload_id, host_id>>& best() const { return best_; }
  [[nodiscard]] bool out_of_looks() const { return looks_ == 0; }

 private:
  rehearsal& fleet_;
  const Price& price_;
  const Rules& rules_;
  std::size_t looks_;
  std::vector<std::pair<workload_id, host_id>> made_, best_;
};

}  // namespace detail

/// Each move takes as long as the view's `moves` say. O(looks x hosts x paths x horizon). @pre the host is in
/// the inventory and has paths
template <Objective Price = overload_minutes, class Rules = usual_rules>
[[nodiscard]] drain_plan plan_drain(const site_view& view, host_id host, time_point by,
                                    const drain_options& options = {}, const Price& price = {},
                                    const Rules& rules = {}) {
  FORESHIFT_EXPECT(view.find(host) != nullptr && view.find(host)->paths != nullptr);
  drain_plan plan{.host = host, .by = by};
  plan.overload_before = overload_beside(view, host);
  rehearsal fleet{view};
  auto waiting = detail::hardest_first(view, host);
  for (const auto w : view.known->workloads_on(host)) {
    const bool unknown = std::ranges::find(waiting, w) == waiting.end();
    if (!unknown && !view.is_moving(w)) continue;
    plan.left.push_back({.workload = w, .unknown = unknown, .moving = !unknown});
    std::erase(waiting, w);
  }
  detail::drain_search<Price, Rules> search{fleet, price, rules, options.looks_max};
  search.place(waiting);
  plan.searched = !search.out_of_looks();
  const duration each = static_cast<duration::rep>(view.moves.copy_steps) * view.step;
  time_point start = view.now;
  for (const auto& [w, to] : search.best()) {
    fleet.move(w, to);
    plan.moves.push_back({w, to, start, start + each});
    start += each;
    std::erase(waiting, w);
  }
  for (const auto w : waiting)
    plan.left.push_back({.workload = w, .refused = destinations(fleet.view(), w, price, rules).refused});
  plan.overload_after = overload_beside(fleet.view(), host);
  return plan;
}

/// For people: a sentence, and a line for each move and for each workload that is left.
[[nodiscard]] inline std::string to_string(const drain_plan& plan, const inventory& known) {
  const std::size_t all = plan.moves.size() + plan.left.size();
  std::string out = name_in(known, plan.host);
  if (plan.drained())
    out += " is empty by " + format_time(plan.by) + " with " + std::to_string(all) + " moves.\n";
  else if (plan.left.empty())
    out += " is not empty by " + format_time(plan.by) + ": " + std::to_string(plan.in_time()) + " of " +
           std::to_string(all) + " moves end in time.\n";
  else
    out += " cannot be emptied" + std::string{plan.searched ? "" : ", as far as was searched"} + ": " +
           std::to_string(plan.left.size()) + " of " + std::to_string(all) + " workloads stay.\n";
  for (const auto& m : plan.moves)
    out += "  " + format_time(m.start) + "  " + name_in(known, m.workload) + " to " + name_in(known, m.to) +
           (m.end > plan.by ? ", too late" : "") + "\n";
  for (const auto& o : plan.left)
    out += "  " + name_in(known, o.workload) + " stays: " +
           (o.unknown  ? "it has no forecast"
            : o.moving ? "it is moving already"
                       : to_string(o.refused)) +
           "\n";
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
