#pragma once
/// @file
/// From a host in danger to a proposal with its evidence.

#include <foreshift/core/id.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/placement/joint_relief.hpp>
#include <foreshift/placement/outlook.hpp>
#include <foreshift/placement/priority.hpp>
#include <foreshift/placement/proposal.hpp>
#include <foreshift/placement/relief_wave.hpp>
#include <foreshift/placement/selector.hpp>
#include <foreshift/risk/risk.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

struct proposal_request {
  const risk::overload_risk& risk;  ///< of the host to be relieved
  const site_view& view;
  proposal_id id{};
  time_point now{};
};

namespace detail {

[[nodiscard]] inline duration steps_long(double steps, duration step) {
  return duration{static_cast<duration::rep>(std::llround(steps * static_cast<double>(step.count())))};
}

[[nodiscard]] inline evidence evidence_for(const proposal_request& request, const selection& chosen,
                                           time_point horizon_end) {
  const auto& danger = request.risk;
  // The paths' figure after is believed as far as theirs before is.
  const double learned = danger.probability / std::clamp(chosen.source_before.probability, 1e-6, 1.0);
  const auto recent = request.view.find(chosen.workload)->recent;
  return {.probability = danger.probability,
          .expected_overload = danger.expected_overload,
          .breach_at =
              std::max(request.now, danger.time_to_limit ? danger.from + *danger.time_to_limit : horizon_end),
          .limit = danger.limit,
          .what = danger.what,
          .probability_after = std::min(1.0, learned * chosen.source_after.probability),
          .destination_probability_after = chosen.destination_after.probability,
          .recent = {recent.start, recent.step, {recent.values.begin(), recent.values.end()}}};
}

}  // namespace detail

/// What a move saves at both ends together, by the paths: their mean, what a tenth of them save at most, and
/// what a tenth save at least. @pre the view knows both hosts; `moved` are the workload's paths
[[nodiscard]] inline promise promise_by_paths(const site_view& view, const forecast::sample_paths& moved,
                                              host_id from, host_id to, time_point check_at) {
  std::vector<double> steps(moved.count());
  const auto add = [&](host_id end, share_of_demand share) {
    const auto& host = *view.find(end);
    add_steps_saved(*host.paths, moved, host.room(), view.moves, share, steps);
  };
  add(from, at_source(view.moves));
  add(to, at_destination(view.moves));
  std::ranges::sort(steps);
  const std::size_t tenth = (steps.size() - 1) / 10;
  const double mean = std::accumulate(steps.begin(), steps.end(), 0.0) / static_cast<double>(steps.size());
  return {detail::steps_long(mean, view.step), check_at, detail::steps_long(steps[tenth], view.step),
          detail::steps_long(steps[steps.size() - 1 - tenth], view.step)};
}

/// The proposal of this selection. @pre the risk is about `view.what`, and the selection was made in the view
[[nodiscard]] inline proposal written_down(const proposal_request& request, selection chosen) {
  const site_view& view = request.view;
  FORESHIFT_EXPECT(request.risk.what == view.what && view.known != nullptr);
  const auto& record = *view.known->find(chosen.workload);
  const auto horizon = view.find(request.risk.host)->paths->horizon();
  const time_point end = request.risk.from + static_cast<duration::rep>(horizon) * view.step;
  const double avoided = chosen.source_before.steps - chosen.source_after.steps -
                         std::max(chosen.destination_after.steps - chosen.destination_before.steps, 0.0);
  promise expected =
      promise_by_paths(view, *view.find(chosen.workload)->paths, chosen.from.host, chosen.to.host, end);
  expected.overload_avoided = detail::steps_long(avoided, view.step);  // with what is beyond the paths
  proposal made{.id = request.id,
                .made_at = request.now,
                .subset = record.subset,
                .workload = record.id,
                .workload_class = record.workload_class,
                .criticality = record.criticality,
                .what = migrate{chosen.from, chosen.to},
                .priority = 0,
                .why = detail::evidence_for(request, chosen, end),
                .gap = chosen.gap,
                .alternatives = std::move(chosen.alternatives),
                .expected = expected};
  // What is avoided is a mean over all paths; if the overload comes, it is that over those that have one.
  const double of_paths = std::clamp(chosen.source_before.probability, 1e-6, 1.0);
  made.priority = priority_of({.risk = std::clamp(request.risk.probability, 1e-6, 1.0),
                               .impact = detail::steps_long(avoided / of_paths, view.step),
                               .criticality = made.criticality,
                               .time_left = made.why.breach_at - request.now});
  return made;
}

/// Lets the selector choose and writes down why. The promise is what the sponsor's paths say: overload at the
/// source before less after, less what the destination gains; it can be checked when the horizon is over.
/// Fails with the selector's reason. @pre the risk is about `view.what`
template <Selector S>
[[nodiscard]] result<proposal, why_none> propose(const proposal_request& request, const S& selector) {
  auto chosen = selector.select({request.view, request.risk.host});
  if (!chosen) return failure{chosen.error()};
  return written_down(request, std::move(*chosen));
}

/// The move that the wave chose for the host, with the wave as its proof; nothing where the wave leaves the
/// host as it is, or a rule refuses the move after those of the wave that the view supposes. @pre as above
template <JointSelector S>
[[nodiscard]] std::optional<proposal> propose(const proposal_request& request, const relief_wave& wave,
                                              const S& selector) {
  const auto* offer = chosen_for(wave, request.risk.host);
  if (offer == nullptr) return std::nullopt;
  auto chosen = selector.chosen({request.view, request.risk.host}, offer->workload,
                                wave.destinations[offer->destination].host);
  if (!chosen) return std::nullopt;
  for (auto& other : chosen->alternatives) {
    const auto takes = [&](const auto& s) {
      return s.chosen != relief_wave::stays && s.host != request.risk.host &&
             wave.destinations[wave.offers[s.chosen].destination].host == other.to.host;
    };
    if (std::ranges::any_of(wave.sources, takes)) other.why = rejection::place_taken;
  }
  chosen->gap = wave.gap();
  proposal made = written_down(request, std::move(*chosen));
  made.wave = wave;
  return made;
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
