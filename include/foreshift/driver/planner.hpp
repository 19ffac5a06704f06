#pragma once
/// @file
/// A site's own mind: which of its hosts are in danger, what it would move, and what it thinks of others'
/// proposals.

#include <foreshift/core/flat_map.hpp>
#include <foreshift/driver/fleet_outlook.hpp>
#include <foreshift/driver/hearing.hpp>
#include <foreshift/placement/judgement.hpp>
#include <foreshift/placement/priority.hpp>
#include <foreshift/placement/propose.hpp>
#include <foreshift/placement/selector.hpp>
#include <foreshift/risk/risk.hpp>
#include <foreshift/risk/trigger.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::driver {

struct planner_options {
  risk::trigger_options trigger;  ///< of each own host
  placement::judgement_options judgement;
  std::uint32_t limit_permille = 800;  ///< for claims: the limit as a share of capacity
};

/// What a site thinks of a proposal: its judgement, and the probability that it claims for the source.
struct opinion {
  placement::judgement what;
  std::optional<double> source_probability;  ///< nothing when it knows too little of the source
};

/// The dangers seen and the moves proposed in one step.
struct plan_of_step {
  std::vector<risk::overload_risk> raised;
  std::vector<placement::proposal> proposals;  ///< most urgent first
};

template <forecast::Forecaster F, placement::Selector S>
class planner {
 public:
  planner(planner_options options, S selector)
      : options_(std::move(options)), selector_(std::move(selector)) {}

  /// Looks at every own host and proposes at most one move for each that is in danger, the most urgent first.
  /// Every proposal is made as if the ones before it were carried out.
  /// @param moves_max   how many there may be
  /// @param next_number counts this site's proposals; raised by one for each
  [[nodiscard]] plan_of_step plan(fleet_outlook<F>& fleet, time_point now, std::size_t moves_max,
                                  std::uint64_t& next_number) {
    plan_of_step out;
    for (const auto& host : fleet.known().hosts()) {
      if (!fleet.is_mine(host.id) || fleet.paths(host.id) == nullptr) continue;
      auto danger = fleet.risk_of(host.id, now);
      auto* trigger = triggers_.find(host.id);
      if (trigger == nullptr) trigger = &triggers_.insert_or_assign(host.id, risk::trigger{options_.trigger});
      const auto decided = trigger->observe(now, danger.probability);
      if (decided == risk::decision::raise) out.raised.push_back(std::move(danger));
    }
    std::ranges::stable_sort(
        out.raised, [](const auto& a, const auto& b) { return a.expected_overload > b.expected_overload; });
    for (const auto& danger : out.raised) {
      if (out.proposals.size() >= moves_max) break;
      const auto view = fleet.view();
      const proposal_id id{fleet.options().self, next_number};
      auto made = placement::propose(placement::proposal_request{danger, view, id, now}, selector_);
      if (!made) continue;
      ++next_number;
      const auto& move = std::get<placement::migrate>(made->what);
      fleet.suppose({made->workload, move.from.host, move.to.host, fleet.book().last(made->workload)});
      out.proposals.push_back(std::move(*made));
    }
    std::ranges::sort(out.proposals, placement::goes_before);
    return out;
  }

  /// Judges another's proposal, or its own, by this site's forecasts.
  /// @param in_maintenance  whether a window concerns the destination within the horizon
  [[nodiscard]] opinion judge(const placement::proposal& what, fleet_outlook<F>& fleet, time_point now,
                              bool in_maintenance) const {
    const auto* move = std::get_if<placement::migrate>(&what.what);
    if (move == nullptr) return {placement::judge(what, {.voter = fleet.options().self}), std::nullopt};
    // The sponsor's own workload is known here; another's is forecast from the evidence.
    const auto* known = fleet.book().paths(what.workload);
    std::optional<forecast::sample_paths> from_evidence;
    if (known == nullptr) {
      from_evidence = fleet.book().paths_of(what.why.recent);
      if (from_evidence) known = &*from_evidence;
    }
    const placement::voter_view view{.voter = fleet.options().self,
                                     .source = known_of(fleet, move->from.host, now),
                                     .destination = known_of(fleet, move->to.host, now),
                                     .workload = known,
                                     .step = fleet.book().options().step,
                                     .moves = fleet.options().moves,
                                     .destination_in_maintenance = in_maintenance,
                                     .destination_busy = false};
    opinion out{placement::judge(what, view, options_.judgement), std::nullopt};
    if (view.source.paths != nullptr)
      out.source_probability = fleet.risk_of(move->from.host, now).probability;
    return out;
  }

  /// Puts another threshold in force on every host. @pre 0 < p <= 1
  void set_threshold(double p) {
    options_.trigger.p_off = options_.trigger.p_off / options_.trigger.p_on * p;
    options_.trigger.p_on = p;
    for (auto& [host, trigger] : triggers_) trigger.set_threshold(p);
  }
  [[nodiscard]] const planner_options& options() const { return options_; }

 private:
  [[nodiscard]] placement::known_host known_of(fleet_outlook<F>& fleet, host_id h, time_point now) const {
    const auto* outlook = fleet.outlook(h);
    if (outlook == nullptr) return {};
    const duration age = fleet.is_mine(h) ? duration::zero() : now - fleet.book().end(h);
    return {outlook->paths, outlook->limit, outlook->pending, age, outlook->tail_share};
  }

  planner_options options_;
  S selector_;
  flat_map<host_id, risk::trigger> triggers_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
