#pragma once
/// @file
/// What a site is at the moment: it follows, asks around, gathers promises, or leads.

#include <foreshift/consensus/command_queue.hpp>
#include <foreshift/consensus/lease.hpp>
#include <foreshift/consensus/phase_one.hpp>
#include <foreshift/consensus/proposer.hpp>

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// Accepts and learns. Knows who leads, or does not.
struct following {
  ballot leader;  ///< round 0: nobody known
  friend bool operator==(const following&, const following&) = default;
};

/// Asks the others whether they hear nobody either.
struct probing {
  friend bool operator==(const probing&, const probing&) = default;
};

/// Has opened a ballot.
template <class PhaseOne>
struct preparing {
  PhaseOne promises;
  time_point since;
  time_point asked_at;
  friend bool operator==(const preparing&, const preparing&) = default;
};

/// Is the distinguished proposer, as long as it hears a quorum.
template <class Proposer>
class leading {
 public:
  leading(Proposer phase_two, time_point now)
      : proposing(std::move(phase_two)), promises_asked_at(now), since_(now) {}

  Proposer proposing;
  proposal_queue queue;
  time_point promises_asked_at;  ///< promises that the next epoch needs as well
  held_lease lease;

  /// A site that is to lead instead, until when.
  struct hand_over_plan {
    site_id to;
    time_point until;
    friend bool operator==(const hand_over_plan&, const hand_over_plan&) = default;
  };
  std::optional<hand_over_plan> handing_over;

  /// A value of its own, not one found by phase 1, was proposed at `at`, in the epoch that begins at
  /// `begins`.
  void on_own_entry(slot at, slot begins) {
    if (!own_entry_ || *own_entry_ < begins) own_entry_ = at;
  }
  /// Whether an entry of its own is chosen in the epoch that begins at `begins`. Before that a lower ballot
  /// may have chosen values in that epoch which this one has not heard of.
  [[nodiscard]] bool settled(slot begins, slot chosen_through) const {
    return own_entry_ && *own_entry_ >= begins && *own_entry_ <= chosen_through;
  }
  /// How far a member says that it has come.
  void on_progress(site_id from, slot through) {
    auto& known = progress_[from];
    known = std::max(known, through);
  }
  [[nodiscard]] slot progress(site_id of) const {
    const auto* known = progress_.find(of);
    return known != nullptr ? *known : slot{};
  }

  /// A member has answered under this ballot.
  void hear(site_id from, time_point now) { heard_.insert_or_assign(from, now); }
  /// False when no quorum, oneself included, has been heard for `patience`: then others may lead already.
  [[nodiscard]] bool supported(const electorate& members, site_id self, time_point now,
                               duration patience) const {
    if (now - since_ < patience) return true;
    tally recent;
    recent.record(members.electors, self);
    for (const auto& [site, at] : heard_)
      if (now - at < patience) recent.record(members.electors, site);
    return recent.won_accepts(members);
  }
  /// Other members count from now on: they get the time to be heard, and those who left are forgotten.
  template <class Stays>
  void begin_epoch(time_point now, Stays stays) {
    since_ = now;
    heard_.erase_if([&](site_id site, time_point) { return !stays(site); });
    progress_.erase_if([&](site_id site, slot) { return !stays(site); });
    proposing.retire(stays);
    lease.retire(stays);
  }
  /// The next beat, if one is due.
  [[nodiscard]] std::optional<std::uint64_t> beat(time_point now, duration interval) {
    if (beaten_at_ && now - *beaten_at_ < interval) return std::nullopt;
    beaten_at_ = now;
    return ++beat_;
  }
  friend bool operator==(const leading&, const leading&) = default;

 private:
  time_point since_;
  flat_map<site_id, time_point> heard_;
  flat_map<site_id, slot> progress_;
  std::optional<slot> own_entry_;
  std::optional<time_point> beaten_at_;
  std::uint64_t beat_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
