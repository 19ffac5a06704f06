#pragma once
/// @file
/// What will go wrong, and when: a schedule drawn from a seed before the run begins.
///
/// The plan is data. A cluster carries it out, a person can read it, and a failing seed can be made smaller
/// by leaving out classes: each draws from a stream of its own, so the others' faults stay where they are.
/// Each seed has only some of the classes on (swarm testing), since faults of one kind can hide what another
/// would have found. At the end of its length everything has healed that can heal, so that a test may ask for
/// progress.
///
/// Source: A. Groce, C. Zhang, E. Eide, Y. Chen, J. Regehr, "Swarm testing", ISSTA 2012.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/sim/fault.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

struct fault_options {
  duration length = std::chrono::seconds{20};
  nemesis_set classes = nemesis_set::all();       ///< those that may be on
  duration outage_max = std::chrono::seconds{4};  ///< of anything that heals
  std::size_t disks_lost_max = 0;  ///< sites whose disk may be damaged or blank for good: f of the epoch
  link fair{};                     ///< the weather between storms, and after `length`
};

/// The classes that are on for this seed: each that may be, with an even chance.
[[nodiscard]] inline nemesis_set swarm(std::uint64_t seed, nemesis_set may_be) {
  random_stream random{seed, 0x737761726d};
  for (const nemesis n : every_nemesis())
    if (random.chance(0.5)) may_be.erase(n);
  return may_be;
}

namespace detail {

/// A plan in the making, for one class: what its fault of one kind draws upon.
struct fault_draft {
  std::span<const site_id> sites;
  const fault_options& options;
  random_stream random;
  nemesis cause;
  std::vector<fault>& plan;

  [[nodiscard]] duration within(duration from, duration to) {
    const auto span = static_cast<std::uint64_t>(std::max<std::int64_t>(1, (to - from).count()));
    return from + duration{static_cast<std::int64_t>(random.below(span))};
  }
  [[nodiscard]] site_id any() { return sites[random.below(sites.size())]; }
  void strike(fault f) {
    f.cause = cause;
    plan.push_back(f);
  }
  void end(fault f) { plan.push_back(f); }
  /// Calls `one(begin, end)` about once in `apart`, at least once.
  template <class One>
  void scatter(duration apart, One one) {
    const auto most = static_cast<std::uint64_t>(2 * options.length / apart);
    for (std::uint64_t left = 1 + random.below(std::max<std::uint64_t>(most, 1)); left > 0; --left) {
      const duration begin = within(duration{}, options.length);
      one(begin, std::min(within(begin, begin + options.outage_max), options.length));
    }
  }
  void cut(site_id from, site_id to, duration begin, duration end_at) {
    if (from == to) return;
    strike({.after = begin, .what = fault_kind::cut, .site = from, .peer = to});
    end({.after = end_at, .what = fault_kind::heal, .site = from, .peer = to});
  }
};

inline void plan_partitions(fault_draft draft) {
  draft.scatter(std::chrono::seconds{12}, [&](duration begin, duration end) {
    std::uint64_t side = draft.random();
    for (std::size_t i = 0; i < draft.sites.size(); ++i)
      for (std::size_t k = 0; k < draft.sites.size(); ++k)
        if ((side >> i & 1U) != (side >> k & 1U)) draft.cut(draft.sites[i], draft.sites[k], begin, end);
  });
}
inline void plan_one_way(fault_draft draft) {
  draft.scatter(std::chrono::seconds{12}, [&](duration begin, duration end) {
    const site_id lonely = draft.any();
    const bool deaf = draft.random.chance(0.5), to_all = draft.random.chance(0.5);
    for (const site_id other : draft.sites)
      if (to_all || draft.random.chance(0.5))
        draft.cut(deaf ? other : lonely, deaf ? lonely : other, begin, end);
  });
}
inline void plan_bridges(fault_draft draft) {
  draft.scatter(std::chrono::seconds{12}, [&](duration begin, duration end) {
    const std::size_t n = draft.sites.size(), first = draft.random.below(n), middle = n / 2;
    const auto place = [&](std::size_t i) { return draft.sites[(first + i) % n]; };
    for (std::size_t i = 0; i < middle; ++i)
      for (std::size_t k = middle + 1; k < n; ++k) {
        draft.cut(place(i), place(k), begin, end);
        draft.cut(place(k), place(i), begin, end);
      }
  });
}
inline void plan_clock_jumps(fault_draft draft) {
  draft.scatter(std::chrono::seconds{6}, [&](duration begin, duration) {
    constexpr duration farthest[] = {std::chrono::milliseconds{200}, std::chrono::seconds{5},
                                     std::chrono::hours{1}};
    const auto reach = farthest[draft.random.below(3)].count();
    // Backwards it stands still, and must not do so beyond the run.
    const bool back = draft.random.chance(0.4);
    const auto by = static_cast<std::int64_t>(draft.random.below(static_cast<std::uint64_t>(reach)));
    draft.strike({.after = begin,
                  .what = fault_kind::clock_jump,
                  .site = draft.any(),
                  .amount = back ? -std::min(by, (draft.options.length - begin).count()) : by});
  });
}
inline void plan_drift(fault_draft draft) {
  for (const site_id site : draft.sites) {
    const auto ppm = static_cast<std::int64_t>(draft.random.below(20'001)) - 10'000;
    draft.strike({.after = duration{}, .what = fault_kind::clock_rate, .site = site, .amount = ppm});
    draft.end(
        {.after = draft.options.length, .what = fault_kind::clock_rate, .site = site, .amount = ppm / 20});
  }
}
inline void plan_fast_clocks(fault_draft draft) {
  draft.scatter(std::chrono::seconds{15}, [&](duration begin, duration end) {
    const site_id site = draft.any();
    draft.strike({.after = begin, .what = fault_kind::clock_rate, .site = site, .amount = 9'000'000});
    draft.end({.after = end, .what = fault_kind::clock_rate, .site = site, .amount = 0});
  });
}
inline void plan_pauses(fault_draft draft) {
  draft.scatter(std::chrono::seconds{5}, [&](duration begin, duration end) {
    const site_id site = draft.any();
    draft.strike({.after = begin, .what = fault_kind::pause, .site = site});
    draft.end({.after = end, .what = fault_kind::resume, .site = site});
  });
}
/// Whatever stops a site, and its return.
inline void plan_stops(fault_draft draft, fault_kind what, duration apart) {
  draft.scatter(apart, [&](duration begin, duration end) {
    const bool everybody = what == fault_kind::crash && draft.random.chance(0.1);
    const site_id one = draft.any();
    for (const site_id site : draft.sites) {
      if (!everybody && site != one) continue;
      const auto writes = static_cast<std::int64_t>(1 + draft.random.below(12));
      draft.strike({.after = begin, .what = what, .site = site, .amount = writes});
      draft.end({.after = end, .what = fault_kind::restart, .site = site});
    }
  });
}
/// Damage that does not heal, to the sites whose disks may be lost. It is found when the site starts again.
inline void plan_damage(fault_draft draft, fault_kind what, std::span<const site_id> victims) {
  for (const site_id site : victims) {
    const duration begin = draft.within(draft.options.length / 8, draft.options.length);
    draft.strike({.after = begin, .what = what, .site = site});
    draft.end({.after = std::min(draft.within(begin, begin + draft.options.outage_max), draft.options.length),
               .what = fault_kind::restart,
               .site = site});
  }
}
/// Storms of a few seconds, each with its share of loss, repetition and delay as far as these are on.
inline void plan_weather(fault_draft draft, nemesis_set on) {
  random_stream loss{draft.random(), 1}, repetition{draft.random(), 2}, delay{draft.random(), 3};
  for (duration at{}; at < draft.options.length; at = draft.within(at, at + 3 * draft.options.outage_max)) {
    link foul = draft.options.fair;
    const double heavy = draft.random.uniform();
    if (on.has(nemesis::drop)) foul.loss = 0.4 * heavy * loss.uniform();
    if (on.has(nemesis::duplication)) foul.duplication = 0.5 * repetition.uniform();
    if (on.has(nemesis::reordering)) {
      foul.reordering = 0.5 * delay.uniform();
      foul.held_max = std::chrono::milliseconds{400};
    }
    draft.end({.after = at, .what = fault_kind::weather, .usual = foul});
  }
}

}  // namespace detail

/// Sorted by time; for one seed the same. Of `options.classes`, those are on that `swarm` says.
[[nodiscard]] inline std::vector<fault> plan_faults(std::span<const site_id> sites, std::uint64_t seed,
                                                    const fault_options& options) {
  FORESHIFT_EXPECT(!sites.empty() && options.length > duration{} && options.outage_max > duration{});
  const nemesis_set on = swarm(seed, options.classes);
  std::vector<fault> plan;
  const auto draft = [&](nemesis n) {
    return detail::fault_draft{sites, options,
                               random_stream{seed, 0x66617500 + static_cast<std::uint64_t>(n)}, n, plan};
  };
  const auto plan_one = [&](nemesis n, auto how, auto... more) {
    if (on.has(n)) how(draft(n), more...);
  };
  using std::chrono::seconds;
  detail::plan_weather(draft(nemesis::drop), on);
  plan_one(nemesis::partition, detail::plan_partitions);
  plan_one(nemesis::one_way, detail::plan_one_way);
  plan_one(nemesis::bridge, detail::plan_bridges);
  plan_one(nemesis::clock_jump, detail::plan_clock_jumps);
  plan_one(nemesis::drift, detail::plan_drift);
  plan_one(nemesis::fast_clock, detail::plan_fast_clocks);
  plan_one(nemesis::pause, detail::plan_pauses);
  plan_one(nemesis::crash, detail::plan_stops, fault_kind::crash, seconds{10});
  plan_one(nemesis::torn_write, detail::plan_stops, fault_kind::power_loss, seconds{6});
  plan_one(nemesis::lost_sync, detail::plan_stops, fault_kind::fail_sync, seconds{10});
  plan_one(nemesis::full_disk, detail::plan_stops, fault_kind::fill, seconds{15});

  // Whose disks are lost is drawn once for all classes: together they must leave a quorum.
  std::vector<site_id> order(sites.begin(), sites.end());
  random_stream victims{seed, 0x64697363};
  shuffle(std::span{order}, victims);
  order.resize(std::min(options.disks_lost_max, order.size()));
  for (std::size_t i = 0; i < order.size(); ++i) {
    constexpr std::pair<nemesis, fault_kind> damage[] = {{nemesis::bit_rot, fault_kind::rot},
                                                         {nemesis::misdirected_write, fault_kind::misdirect},
                                                         {nemesis::wipe, fault_kind::wipe}};
    const auto& [cause, what] = damage[victims.below(3)];
    plan_one(cause, detail::plan_damage, what, std::span<const site_id>{&order[i], 1});
  }
  plan.push_back({.after = options.length, .what = fault_kind::weather, .usual = options.fair});
  std::stable_sort(plan.begin(), plan.end(),
                   [](const fault& a, const fault& b) { return a.after < b.after; });
  return plan;
}

}  // namespace foreshift::inline FORESHIFT_ABI::sim
