#pragma once
/// @file
/// What if all demand grows by the same factor: which hosts are over their limits then, and how much growth
/// the fleet bears.
///
/// A host with demand f x D and limit L is over it exactly when one with demand D is over L / f, so that no
/// path has to be copied.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/placement/outlook.hpp>
#include <foreshift/placement/rehearsal.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

struct demand_growth {
  struct host_then {
    host_id host{};
    exceedance before{};
    exceedance after{};
  };
  double factor = 1;
  double probability_max = 0;
  std::vector<host_then> hosts{};  ///< all with a forecast; the longest overload after the growth first
  double overload_before = 0;      ///< minutes expected over all hosts within the horizon
  double overload_after = 0;

  [[nodiscard]] std::size_t over_before() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        hosts, [&](const host_then& h) { return h.before.probability > probability_max; }));
  }
  [[nodiscard]] std::size_t over_after() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        hosts, [&](const host_then& h) { return h.after.probability > probability_max; }));
  }
};

/// The host if all that it carries, agreed moves included, were this many times as much. O(paths x horizon).
/// @pre factor > 0
[[nodiscard]] inline exceedance if_grown(const host_outlook& h, double factor) {
  FORESHIFT_EXPECT(factor > 0);
  return exceedance_of(*h.paths, h.limit / factor - h.pending, h.tail_share);
}

/// O(hosts x paths x horizon). @param probability_max of an overload, above which a host counts as over
[[nodiscard]] inline demand_growth if_demand_grows(const site_view& view, double factor,
                                                   double probability_max = 0.1) {
  demand_growth answer{.factor = factor, .probability_max = probability_max};
  for (const auto& h : view.hosts) {
    if (h.paths == nullptr) continue;
    answer.hosts.push_back({h.host, as_it_is(h), if_grown(h, factor)});
    answer.overload_before += view.minutes(answer.hosts.back().before.steps);
    answer.overload_after += view.minutes(answer.hosts.back().after.steps);
  }
  std::ranges::stable_sort(answer.hosts,
                           [](const auto& a, const auto& b) { return a.after.steps > b.after.steps; });
  return answer;
}

/// The largest factor, to a thousandth and at most `factor_max`, under which every host stays within
/// `probability_max`; 0 when some host is over it whatever the demand. O(hosts x paths x horizon x
/// log(factor_max)).
[[nodiscard]] inline double growth_borne(const site_view& view, double probability_max = 0.1,
                                         double factor_max = 16) {
  const auto borne = [&](double factor) {
    return std::ranges::all_of(view.hosts, [&](const host_outlook& h) {
      return h.paths == nullptr || if_grown(h, factor).probability <= probability_max;
    });
  };
  long low = 0, high = std::lround(factor_max * 1000);
  if (borne(factor_max)) return factor_max;
  while (high - low > 1) {
    const long middle = (low + high) / 2;
    (borne(static_cast<double>(middle) / 1000) ? low : high) = middle;
  }
  return static_cast<double>(low) / 1000;
}

/// For people: a sentence, and a line for each of the first hosts that are over then and were not before.
[[nodiscard]] inline std::string to_string(const demand_growth& answer, const inventory& known,
                                           std::size_t hosts_max = 10) {
  char text[240];
  std::snprintf(
      text, sizeof text,
      "If demand grows by %.0f %%, %zu of %zu hosts exceed their limits with a probability above %.2g; "
      "now it is %zu. Overload expected: %.1f min, now %.1f min.\n",
      (answer.factor - 1) * 100, answer.over_after(), answer.hosts.size(), answer.probability_max,
      answer.over_before(), answer.overload_after, answer.overload_before);
  std::string out = text;
  std::size_t shown = 0;
  for (const auto& h : answer.hosts) {
    if (h.after.probability <= answer.probability_max || h.before.probability > answer.probability_max)
      continue;
    if (shown++ == hosts_max) break;
    std::snprintf(text, sizeof text, ": probability %.2f, now %.2f\n", h.after.probability,
                  h.before.probability);
    out += "  " + name_in(known, h.host) + text;
  }
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
