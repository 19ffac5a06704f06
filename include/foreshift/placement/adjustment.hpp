#pragma once
/// @file
/// What would help a workload beside moving it: another size, or more or fewer copies.
///
/// A size is a quantile of the coming day's demand (day_demand.hpp) at a stated risk, the share of the day
/// that demand is expected to be above it: one for what is set aside, a smaller one for what it may use. It
/// is rounded up to whole quanta. It grows only where the risk is well above the stated one and shrinks only
/// where a good part is to spare, so that what is right is left alone. Copies share the demand evenly, so n
/// of them have the risk that one with n times the limit would have. What the change would have saved on each
/// day of the past, as that was, gives the promise its interval.
///
/// Source: K. Rzadca et al., "Autopilot: workload autoscaling at Google", EuroSys 2020: limits from
/// percentiles of the demand, and hysteresis for both ways.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/core/units.hpp>
#include <foreshift/placement/day_demand.hpp>
#include <foreshift/placement/inventory.hpp>
#include <foreshift/placement/priority.hpp>
#include <foreshift/placement/proposal.hpp>
#include <foreshift/placement/workload_features.hpp>
#include <foreshift/telemetry/series.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// The share of the coming day that demand is expected to be above a size; in [0, 1].
[[nodiscard]] inline double risk_above(const day_demand& day, double size) {
  return std::clamp(expected_overload_hours(day, size) / 24, 0.0, 1.0);
}

/// Risks are shares of the day.
struct size_rule {
  double request_risk = 0.05;  ///< of demand above what is set aside
  double limit_risk = 0.001;   ///< of demand above what it may use; a minute and a half a day
  double quantum = 0.25;       ///< sizes are multiples of it, at least one
  double size_max = 1024;      ///< nothing larger is looked for
  double grow_above = 2;       ///< grows where the risk is above so many times `limit_risk`
  double shrink_by = 0.25;     ///< shrinks by at least this share of the limit
};

/// What to set aside and to allow.
struct size_advice {
  double request = 0;
  double limit = 0;
  double risk_before = 0;  ///< of demand above the limit that there is
  double risk_after = 0;   ///< above the new one
};

/// The least multiple of the quantum with at most this risk; nothing when even the largest has more. O(hours
/// x log(size_max / quantum)). @pre quantum > 0
[[nodiscard]] inline std::optional<double> size_at_risk(const day_demand& day, double risk,
                                                        const size_rule& rule = {}) {
  FORESHIFT_EXPECT(rule.quantum > 0 && rule.size_max >= rule.quantum);
  const auto size = [&](std::size_t n) { return static_cast<double>(n) * rule.quantum; };
  std::size_t low = 0, high = static_cast<std::size_t>(rule.size_max / rule.quantum);  // (low, high]
  if (risk_above(day, size(high)) > risk) return std::nullopt;
  while (high - low > 1) {
    const std::size_t middle = low + (high - low) / 2;
    (risk_above(day, size(middle)) <= risk ? high : low) = middle;
  }
  return size(high);
}

/// The size for the coming day; nothing where the one that there is will do, and where demand is not known.
/// @param limit what the workload may use now
[[nodiscard]] inline std::optional<size_advice> advise_size(const day_demand& day, double limit,
                                                            const size_rule& rule = {}) {
  if (day.mean.empty() || !(limit > 0)) return std::nullopt;
  const auto next = size_at_risk(day, rule.limit_risk, rule);
  const auto request = size_at_risk(day, rule.request_risk, rule);
  if (!next || !request) return std::nullopt;
  const size_advice out{*request, *next, risk_above(day, limit), risk_above(day, *next)};
  const bool grows = *next > limit && out.risk_before > rule.grow_above * rule.limit_risk;
  const bool shrinks = *next <= (1 - rule.shrink_by) * limit;
  return grows || shrinks ? std::optional{out} : std::nullopt;
}

struct scale_rule {
  double risk = 0.001;  ///< of demand above what all copies may use; a share of the day
  std::uint32_t replicas_max = 64;
  double spare = 0.25;  ///< fewer copies only where this share of their limits stays to spare
};

struct scale_advice {
  std::uint32_t replicas = 1;
  double risk_before = 0;
  double risk_after = 0;
};

/// How many copies of this limit the whole demand needs; nothing where those that there are will do, where
/// demand is not known, and where `replicas_max` are too few. @pre limit > 0, replicas > 0
/// @param day of all copies together
[[nodiscard]] inline std::optional<scale_advice> advise_replicas(const day_demand& day, double limit,
                                                                 std::uint32_t replicas,
                                                                 const scale_rule& rule = {}) {
  FORESHIFT_EXPECT(limit > 0 && replicas > 0);
  if (day.mean.empty()) return std::nullopt;
  const auto risk = [&](std::uint32_t n, double share = 1) { return risk_above(day, n * limit * share); };
  std::uint32_t n = 1;
  while (n <= rule.replicas_max && risk(n) > rule.risk) ++n;
  while (n < replicas && risk(n, 1 - rule.spare) > rule.risk) ++n;
  if (n > rule.replicas_max || n == replicas) return std::nullopt;
  return scale_advice{n, risk(replicas), risk(n)};
}

/// One workload that is looked at.
struct adjustment_request {
  const workload_record& record;
  location at{};
  const day_demand& day;           ///< to expect of all its copies
  telemetry::series_view recent;   ///< goes into the evidence
  telemetry::series_view history;  ///< of all its copies; its days give the promise its interval
  double limit = 0;                ///< what a copy may use now
  std::uint32_t replicas = 1;
  double room = std::numeric_limits<double>::infinity();  ///< of the host that is not set aside
  resource what = resource::cpu;
  proposal_id id{};
  time_point now{};
};

namespace detail {
[[nodiscard]] inline duration of_a_day(double share) {
  constexpr duration day = std::chrono::hours{24};
  return duration{std::llround(share * static_cast<double>(day.count()))};
}
}  // namespace detail

/// From so many whole days on, what they would have saved is an interval.
inline constexpr std::size_t promise_days_min = 3;

/// A tenth of the whole days in the history would have saved less than the first of the two bounds, and a
/// tenth more than the second; where the mean that is expected lies outside of that, it is the bound. No
/// bounds where too few days are known. O(n). @param before, after what all copies may use, in the unit of
/// the history
[[nodiscard]] inline promise promise_by_days(telemetry::series_view history, double before, double after,
                                             duration mean, time_point check_at) {
  const auto whole = detail::from_midnight(history);
  const std::size_t a_day = detail::steps_of_day(history.step);
  std::vector<double> saved;  // shares of a day
  for (std::size_t at = 0; at + a_day <= whole.size(); at += a_day) {
    double steps = 0, known = 0;
    for (const double x : whole.values.subspan(at, a_day))
      if (!std::isnan(x)) ++known, steps += (x > before ? 1 : 0) - (x > after ? 1 : 0);
    if (known > 0) saved.push_back(steps / known);
  }
  if (saved.size() < promise_days_min) return {mean, check_at};
  std::ranges::sort(saved);
  const std::size_t tenth = (saved.size() - 1) / 10;
  return {mean, check_at, std::min(mean, detail::of_a_day(saved[tenth])),
          std::max(mean, detail::of_a_day(saved[saved.size() - 1 - tenth]))};
}

/// Another size where it helps, or more copies where the size that is needed does not fit. Nothing where all
/// is well. What the resize says of other resources than the one looked at is what there is.
[[nodiscard]] inline std::optional<proposal> propose_adjustment(const adjustment_request& asked,
                                                                const size_rule& sizes = {},
                                                                const scale_rule& copies = {}) {
  if (!(asked.limit > 0)) return std::nullopt;
  double before = 0, after = 0, total = 0;  // risks, and what all copies may use then
  proposal made;
  const auto scaled = [&] {
    const auto advice = advise_replicas(asked.day, asked.limit, asked.replicas, copies);
    if (!advice) return false;
    before = advice->risk_before, after = advice->risk_after, total = advice->replicas * asked.limit;
    made.what = scale{asked.at, advice->replicas};
    return true;
  };
  const auto size = asked.replicas == 1 ? advise_size(asked.day, asked.limit, sizes) : std::nullopt;
  if (size && size->request <= asked.record.requested[asked.what] + asked.room) {
    before = size->risk_before, after = size->risk_after, total = size->limit;
    resize change{asked.at, asked.record.limits, asked.record.requested};
    change.limits[asked.what] = size->limit, change.requests[asked.what] = size->request;
    made.what = change;
  } else if ((asked.replicas == 1 && !size) || !scaled()) {
    return std::nullopt;
  }
  const time_point tomorrow = asked.now + std::chrono::hours{24};
  const auto& w = asked.record;
  made.id = asked.id, made.made_at = asked.now;
  made.subset = w.subset, made.workload = w.id, made.workload_class = w.workload_class;
  made.criticality = w.criticality;
  made.why = {
      .probability = before,
      .expected_overload = detail::of_a_day(before),
      .breach_at = tomorrow,
      .limit = asked.limit,
      .what = asked.what,
      .probability_after = after,
      .recent = {
          asked.recent.start, asked.recent.step, {asked.recent.values.begin(), asked.recent.values.end()}}};
  made.expected = promise_by_days(asked.history, asked.limit * asked.replicas, total,
                                  detail::of_a_day(before - after), tomorrow);
  made.priority = priority_of({1, made.expected.overload_avoided, w.criticality, tomorrow - asked.now});
  return made;
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
