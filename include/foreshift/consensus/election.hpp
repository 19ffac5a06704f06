#pragma once
/// @file
/// When to try to become the distinguished proposer, and when to keep still.
///
/// A site that has heard nobody lead for an election timeout (plus a seeded jitter) first asks the others
/// whether they hear nobody either. Only if a quorum is willing does it open a ballot, so a site that comes
/// back from a partition disrupts nobody. None of this matters for safety: any site may open any ballot of
/// its own at any time.
///
/// Source: D. Ongaro, "Consensus: bridging theory and practice", 2014, section 9.6 (the probe), in Paxos's
/// words.

#include <foreshift/consensus/message.hpp>
#include <foreshift/consensus/quorum.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/core/time.hpp>

#include <algorithm>
#include <cstdint>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// How patient a replica is. heartbeat < retransmit <= election_timeout makes sense.
struct timing {
  duration heartbeat = std::chrono::milliseconds{100};
  duration retransmit = std::chrono::milliseconds{200};
  duration election_timeout = std::chrono::milliseconds{1000};
  friend bool operator==(const timing&, const timing&) = default;
};

/// A regular value. Time comes in with every call and never goes back.
class election {
 public:
  election() : election(timing{}, 0, 0) {}
  /// @param stream tells sites with one seed apart
  /// @param deference how many half timeouts longer this site waits than one that is preferred. It halves
  /// with every attempt that nobody follows, so it shifts who goes first and keeps nobody from going.
  election(timing times, std::uint64_t seed, std::uint64_t stream, std::uint32_t deference = 0)
      : times_(times), seed_(mix(mix(seed) ^ stream)), deference_(std::min(deference, deference_max)) {}

  /// Somebody leads: be patient again.
  void rest(time_point now) {
    if (quiet_since_ == now && attempts_ == 0 && due_ > now) return;  // has rested at this moment already
    quiet_since_ = now;
    attempts_ = 0;
    wait(now);
  }
  /// An attempt begins: the next one is due after a timeout and a jitter of up to half of it. The jitter is a
  /// function of seed, site and time: the same call twice changes nothing, and states that a model checker
  /// visits stay finite.
  void retry(time_point now) {
    if (attempts_ < 63) ++attempts_;
    wait(now);
  }
  /// The own patience is at its end.
  [[nodiscard]] bool due(time_point now) const { return now >= due_; }
  /// Nobody has led for an election timeout: another site's ballot is welcome.
  [[nodiscard]] bool willing(time_point now) const { return now - quiet_since_ >= times_.election_timeout; }

  /// Starts a round of asking. The own answer is yes.
  [[nodiscard]] probe ask(site_id self, slot chosen_through) {
    willing_ = {};
    willing_.insert_or_assign(self, true);
    return {++number_, chosen_through};
  }
  /// Answers to earlier rounds count nothing.
  void on_answer(site_id from, const probe_answer& answer) {
    if (answer.number == number_ && answer.willing) willing_.insert_or_assign(from, true);
  }
  /// Whether those who are willing are a phase-1 quorum.
  [[nodiscard]] bool supported(const electorate& members) const {
    tally held;
    for (const auto& [site, yes] : willing_) held.record(members.electors, site);
    return held.won_promises(members);
  }

  friend bool operator==(const election&, const election&) = default;

 private:
  static constexpr std::uint32_t deference_max = 8;
  void wait(time_point now) {
    const auto half = static_cast<std::uint64_t>(times_.election_timeout.count()) / 2;
    const auto draw = mix(seed_ ^ static_cast<std::uint64_t>(now.time_since_epoch().count()));
    const auto shift = (half * deference_) >> attempts_;
    due_ = now + times_.election_timeout + duration{static_cast<duration::rep>(draw % (half + 1) + shift)};
  }

  timing times_;
  std::uint64_t seed_;
  std::uint32_t deference_ = 0;
  std::uint32_t attempts_ = 0;  // since somebody led
  time_point quiet_since_{};
  time_point due_{};
  flat_map<site_id, bool> willing_;
  std::uint64_t number_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
