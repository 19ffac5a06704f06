#pragma once
/// @file
/// What follows a move that was judged: leave it, take it back, or send the workload on.

#include <foreshift/driver/fleet_outlook.hpp>
#include <foreshift/migration/outcome.hpp>
#include <foreshift/migration/rollback.hpp>
#include <foreshift/placement/proposal.hpp>
#include <foreshift/placement/propose.hpp>

#include <utility>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::driver {

struct follow_up_question {
  time_point now;
  migration::rollback_options options;
};
/// By the forecasts of now. A workload that has moved on, or of which nothing is known, is left where it is.
template <forecast::Forecaster F>
[[nodiscard]] migration::advice advice_on(const placement::proposal& was, const migration::outcome& judged,
                                          fleet_outlook<F>& fleet, const follow_up_question& asked) {
  const auto& move = std::get<placement::migrate>(was.what);
  const auto* workload = fleet.book().paths(was.workload);
  const auto* record = fleet.known().find(was.workload);
  if (fleet.paths(move.to.host) == nullptr || workload == nullptr || record == nullptr ||
      record->host != move.to.host)
    return {};
  std::vector<migration::way_out> others;
  for (const auto& a : was.alternatives)
    if (a.why == placement::rejection::costlier)
      others.push_back({a.to, fleet.risk_with(a.to.host, *workload)});
  return migration::advise(judged,
                           {.now = asked.now,
                            .moved_at = judged.ended_at,
                            .reversals = was.reverses.sequence != 0 ? 1U : 0U,
                            .destination_risk = fleet.risk_of(move.to.host, asked.now).probability,
                            .source_risk = fleet.risk_with(move.from.host, *workload),
                            .alternatives = others},
                           asked.options);
}

struct follow_up_stamp {
  proposal_id id;
  time_point now;
};
/// The proposal that carries the advice out, with the evidence of now. @pre the advice is not to leave it
template <forecast::Forecaster F>
[[nodiscard]] placement::proposal follow_up_of(const placement::proposal& was, const migration::advice& next,
                                               const fleet_outlook<F>& fleet, const follow_up_stamp& stamp) {
  const auto& move = std::get<placement::migrate>(was.what);
  const auto& book = fleet.book();
  auto again = was;
  again.id = stamp.id, again.reverses = was.id, again.made_at = stamp.now;
  again.what = placement::migrate{move.to, next.to.value_or(move.from)};
  again.alternatives.clear(), again.wave = {};
  const auto danger = fleet.risk_of(move.to.host, stamp.now);
  again.why.probability = danger.probability, again.why.expected_overload = danger.expected_overload;
  again.why.limit = danger.limit;
  again.why.breach_at = stamp.now + danger.time_to_limit.value_or(duration::zero());
  const auto recent = book.recent(was.workload, fleet.options().evidence_steps);
  again.why.recent = {recent.start, recent.step, {recent.values.begin(), recent.values.end()}};
  const time_point check_at =
      stamp.now + static_cast<duration::rep>(book.options().horizon) * book.options().step;
  again.expected = {danger.expected_overload, check_at};
  const auto view = fleet.view();
  const host_id to = std::get<placement::migrate>(again.what).to.host;
  if (const auto* moved = view.find(was.workload);
      moved != nullptr && view.find(move.to.host) != nullptr && view.find(to) != nullptr)
    again.expected = placement::promise_by_paths(view, *moved->paths, move.to.host, to, check_at);
  return again;
}

}  // namespace foreshift::inline FORESHIFT_ABI::driver
