#pragma once
/// @file
/// Whether a proposal was made of this recorded fleet, and at which step.
///
/// A proposal names workloads and hosts by number. Against another trace, or under other rules, the same
/// numbers mean other things, and whatever a replay of it showed would be nonsense. So everything in it that
/// the trace and the rules know too is compared, the observations in its evidence above all.

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/placement/proposal.hpp>
#include <foreshift/sim/scenario.hpp>
#include <foreshift/sim/trace_demand.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <variant>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// The step that the proposal was made after, as `move::decided` counts. On failure a diagnostic without a
/// source: which field does not fit, and why. Where the workload runs is not looked at: that depends on what
/// has moved before. O(observations in the evidence). @pre rules.hosts and rules.sites are not 0
[[nodiscard]] result<std::size_t, diagnostic> fit(const placement::proposal& what, const demand_table& demand,
                                                  const scenario& rules);

namespace detail {

using misfit = std::optional<diagnostic>;

inline misfit does_not_fit(std::string field, std::string reason) {
  return diagnostic{"", 0, std::move(field), std::move(reason)};
}

/// Hosts are dealt to the sites in turn.
[[nodiscard]] inline misfit fit_place(const std::string& field, const placement::location& at,
                                      const scenario& rules) {
  if (at.host.value >= rules.hosts)
    return does_not_fit(field + ".host", "unknown: host " + std::to_string(at.host.value) +
                                             ": the fleet has hosts 0 to " + std::to_string(rules.hosts - 1));
  if (const auto site = at.host.value % rules.sites; at.site.value != site)
    return does_not_fit(field + ".site", "site " + std::to_string(at.site.value) + ", but host " +
                                             std::to_string(at.host.value) + " stands in site " +
                                             std::to_string(site) + ": another number of sites");
  return {};
}

[[nodiscard]] inline misfit fit_action(const placement::proposal& what, const scenario& rules) {
  const auto* move = std::get_if<placement::migrate>(&what.what);
  if (move == nullptr) return fit_place("what.at", placement::place_of(what.what), rules);
  if (auto wrong = fit_place("what.from", move->from, rules)) return wrong;
  if (auto wrong = fit_place("what.to", move->to, rules)) return wrong;
  if (move->from.host == move->to.host)
    return does_not_fit("what.to.host", "the host that the workload is on already");
  const double limit = rules.limit * rules.host_capacity;
  if (std::abs(what.why.limit - limit) > 1e-6 * limit)
    return does_not_fit("why.limit", std::to_string(what.why.limit) + " cores, but a host's limit is " +
                                         std::to_string(limit) + ": another capacity or limit");
  return {};
}

/// The observations are those of the trace.
[[nodiscard]] inline misfit fit_evidence(const placement::proposal& what, const demand_table& demand) {
  const auto& seen = what.why.recent;
  if (seen.values.empty()) return {};
  if (seen.step != demand.step())
    return does_not_fit("why.recent.step", "a value every " + std::to_string(to_seconds(seen.step)) +
                                               " s, but the trace has one every " +
                                               std::to_string(to_seconds(demand.step())) + " s");
  if ((seen.start - demand.start()) % seen.step != duration::zero() || seen.start < demand.start())
    return does_not_fit("why.recent.start", "begins at " + format_time(seen.start) +
                                                ", which is no step of the trace: it begins at " +
                                                format_time(demand.start()));
  const auto first = static_cast<std::size_t>((seen.start - demand.start()) / seen.step);
  const auto trace = demand.cores(what.workload);
  if (first >= trace.size() || seen.size() > trace.size() - first)
    return does_not_fit("why.recent", "ends after the trace");
  for (std::size_t i = 0; i < seen.size(); ++i)
    if (const double here = trace[first + i];
        !std::isnan(seen.values[i]) && std::abs(seen.values[i] - here) > 1e-6 * std::max(here, 1.0))
      return does_not_fit("why.recent",
                          std::to_string(seen.values[i]) + " cores at " +
                              format_time(seen.start + static_cast<duration::rep>(i) * seen.step) +
                              ", but the trace has " + std::to_string(here) +
                              ": another trace, or another size, start or seed");
  return {};
}

}  // namespace detail

inline result<std::size_t, diagnostic> fit(const placement::proposal& what, const demand_table& demand,
                                           const scenario& rules) {
  const auto wrong = [](detail::misfit m) { return failure{*std::move(m)}; };
  if (what.workload.value >= demand.workloads())
    return wrong(detail::does_not_fit("workload", "unknown: workload " + std::to_string(what.workload.value) +
                                                      ": the trace has workloads 0 to " +
                                                      std::to_string(demand.workloads() - 1)));
  // Within a step sites decide a little after its values are known.
  const auto warm = static_cast<duration::rep>(steps_covering(rules.warm_up, demand.step()));
  const time_point first = demand.start() + warm * demand.step();
  const time_point end = demand.start() + static_cast<duration::rep>(demand.steps()) * demand.step();
  if (what.made_at < first || what.made_at >= end)
    return wrong(detail::does_not_fit("made_at", format_time(what.made_at) +
                                                     ", but decisions are made from " + format_time(first) +
                                                     " to " + format_time(end)));
  if (auto misfit = detail::fit_action(what, rules)) return wrong(std::move(misfit));
  for (std::size_t i = 0; i < what.alternatives.size(); ++i)
    if (auto misfit =
            detail::fit_place("alternatives[" + std::to_string(i) + "].to", what.alternatives[i].to, rules))
      return wrong(std::move(misfit));
  if (auto misfit = detail::fit_evidence(what, demand)) return wrong(std::move(misfit));
  return static_cast<std::size_t>((what.made_at - demand.start()) / demand.step()) - 1;
}

}  // namespace foreshift::inline FORESHIFT_ABI::sim
