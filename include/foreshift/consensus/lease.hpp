#pragma once
/// @file
/// Reads that ask nobody: for a while no other site can come to lead.
///
/// With every beat the distinguished proposer asks for a lease. A member that grants it promises no other
/// site's ballot until the lease has run out by its own clock; while the grants that have not run out are a
/// phase-2 quorum, no other ballot finds a phase-1 quorum, so nothing is chosen that the holder does not
/// know. No time of day is compared: each side measures a span of its own, the holder from before it asked,
/// the grantor from after it heard, so that clocks need only run at nearly one rate.
///
/// Sources: C. Gray, D. Cheriton, "Leases", SOSP 1989; T. Chandra, R. Griesemer, J. Redstone, "Paxos made
/// live", PODC 2007, section 5.2 (the master lease).

#include <foreshift/consensus/ballot.hpp>
#include <foreshift/consensus/quorum.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// Under which terms a site grants and holds leases. Off until a host asks for it, for it is a promise about
/// clocks: in any real second each member's clock advances by 1 s give or take `drift_ppm`, and
/// neither stands still nor leaps. A clock that somebody may set while the site runs keeps no such promise;
/// without it reads can be stale, and nothing else goes wrong.
///
/// A shorter `length` than before is to be taken only after a stop of the longer one.
struct lease_terms {
  /// Zero: none is granted. Above the heartbeat; half of the election timeout at most, since a hand-over of
  /// the lead waits until the leases have run out.
  duration length{};
  std::uint32_t drift_ppm = 1000;
  friend bool operator==(const lease_terms&, const lease_terms&) = default;

  /// What the holder may rely on of a lease: it runs out for the grantor whose clock is fastest before it
  /// does for the holder whose clock is slowest.
  [[nodiscard]] constexpr duration dependable(duration granted) const {
    const std::int64_t drift = std::min<std::int64_t>(drift_ppm, 1'000'000);
    const std::int64_t most = 1'000'000 + drift, least = 1'000'000 - drift;
    return duration{granted.count() / most * least + granted.count() % most * least / most};
  }
};

/// What a site has granted to whoever leads. A regular value.
class lease_grant {
 public:
  lease_grant() = default;
  /// After a start, when an earlier run may have granted up to `longest` to anybody.
  explicit lease_grant(duration longest) : of_before_(longest) {}

  /// Grants what is asked under a ballot that is not below what was promised; returns how much: nothing if it
  /// is above `longest`, or if a lease was granted to a higher ballot. It runs from the next tick on, for the
  /// last one may be long past.
  duration grant(ballot to, duration asked, duration longest) {
    if (asked <= duration{} || asked > longest || to < holder_) return {};
    holder_ = to;
    fresh_ = std::max(fresh_, asked);
    return asked;
  }
  void on_tick(time_point now) {
    until_ = std::max(until_, now + std::exchange(fresh_, {}));
    if (of_before_ > duration{}) nobody_until_ = now + std::exchange(of_before_, {});
  }
  /// Whether the ballot may be promised. The holder's site may open another one: then it leads under the old
  /// one no more.
  [[nodiscard]] bool allows(ballot candidate, time_point now) const {
    if (of_before_ > duration{} || now < nobody_until_) return false;
    return candidate.site == holder_.site || (fresh_ == duration{} && now >= until_);
  }
  friend bool operator==(const lease_grant&, const lease_grant&) = default;

 private:
  ballot holder_;
  duration fresh_{};      // granted since the last tick
  time_point until_{};    // the end of what was granted before
  duration of_before_{};  // by an earlier run, until the first tick
  time_point nobody_until_{};
};

/// What the distinguished proposer holds, by site; it ends with the ballot. A regular value.
class held_lease {
 public:
  /// @param asked the holder's time when it asked
  void hear(site_id from, time_point asked, duration dependable) {
    if (dependable <= duration{}) return;
    auto& until = until_[from];
    until = std::max(until, asked + dependable);
  }
  [[nodiscard]] bool holds(const electorate& members, time_point now) const {
    tally held;
    for (const auto& [site, until] : until_)
      if (now < until) held.record(members.electors, site);
    return held.won_accepts(members);
  }
  template <class Stays>
  void retire(Stays stays) {
    until_.erase_if([&](site_id site, time_point) { return !stays(site); });
  }
  friend bool operator==(const held_lease&, const held_lease&) = default;

 private:
  flat_map<site_id, time_point> until_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
