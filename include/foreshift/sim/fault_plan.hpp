#pragma once
/// @file
/// What will go wrong, and when: a schedule drawn from a seed before the run begins.
///
/// The plan is data. A cluster carries it out, a person can read it, and a failing seed can be made smaller
/// by striking lines from it. At the end of its length everything has healed, so that a test may ask for
/// progress.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/sim/network.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

enum class fault_kind : std::uint8_t {
  crash,    ///< the site stops; what it had not synced is lost or torn
  restart,  ///< it comes back on the same disk
  cut,      ///< nothing from `site` reaches `peer` any more
  heal,     ///< it does again
  weather,  ///< every link is like `usual` from now on
};

[[nodiscard]] constexpr std::string_view name_of(fault_kind k) {
  constexpr std::string_view names[] = {"crash", "restart", "cut", "heal", "weather"};
  return names[static_cast<std::size_t>(k)];
}

struct fault {
  duration after{};  ///< since the start of the run
  fault_kind what = fault_kind::weather;
  site_id site{};
  site_id peer{};  ///< for cut and heal
  link usual{};    ///< for weather
};

/// How much of what, over `length`.
struct fault_options {
  duration length = std::chrono::seconds{20};
  std::size_t crashes = 0;     ///< each of one site; at most one is down at any time
  std::size_t partitions = 0;  ///< each cuts one site off from some or all others, one way or both
  duration outage_max = std::chrono::seconds{4};  ///< of a crash or a partition
  link fair{};                                    ///< the weather before, and again after `length`
  link foul{};                                    ///< the weather in between
};

/// Sorted by time. The same seed gives the same plan. @pre two sites or more where there are partitions
[[nodiscard]] inline std::vector<fault> plan_faults(std::span<const site_id> sites, std::uint64_t seed,
                                                    const fault_options& options) {
  FORESHIFT_EXPECT(!sites.empty() && (options.partitions == 0 || sites.size() > 1));
  random_stream random{seed, 0x66617565};
  const auto within = [&](duration from, duration to) {
    return from + duration{static_cast<std::int64_t>(random.below(
                      static_cast<std::uint64_t>(std::max<std::int64_t>(1, (to - from).count()))))};
  };
  std::vector<fault> plan;
  plan.push_back({.after = duration{}, .what = fault_kind::weather, .usual = options.foul});

  // A crash has a share of the time to itself, so that no two overlap.
  for (std::size_t i = 0; i < options.crashes; ++i) {
    const duration share = options.length / static_cast<std::int64_t>(options.crashes);
    const duration begin = share * static_cast<std::int64_t>(i);
    const duration down = within(begin, begin + share / 2);
    const duration up = std::min(within(down, down + options.outage_max), begin + share - share / 8);
    const site_id site = sites[random.below(sites.size())];
    plan.push_back({.after = down, .what = fault_kind::crash, .site = site});
    plan.push_back({.after = up, .what = fault_kind::restart, .site = site});
  }
  for (std::size_t i = 0; i < options.partitions; ++i) {
    const duration begin = within(duration{}, options.length);
    const duration end = std::min(within(begin, begin + options.outage_max), options.length);
    const site_id lonely = sites[random.below(sites.size())];
    const auto direction = random.below(3);  // out, in or both
    const bool from_all = random.chance(0.5);
    for (const site_id other : sites) {
      if (other == lonely || (!from_all && random.chance(0.5))) continue;
      for (const bool out : {true, false}) {
        if (direction != 2 && (direction == 0) != out) continue;
        const site_id from = out ? lonely : other;
        const site_id to = out ? other : lonely;
        plan.push_back({.after = begin, .what = fault_kind::cut, .site = from, .peer = to});
        plan.push_back({.after = end, .what = fault_kind::heal, .site = from, .peer = to});
      }
    }
  }
  plan.push_back({.after = options.length, .what = fault_kind::weather, .usual = options.fair});
  std::stable_sort(plan.begin(), plan.end(),
                   [](const fault& a, const fault& b) { return a.after < b.after; });
  return plan;
}

}  // namespace foreshift::inline FORESHIFT_ABI::sim
