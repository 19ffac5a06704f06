#pragma once
/// @file
/// Reads that no write which was finished before them can be missing from.
///
/// The distinguished proposer notes how far it knows the log to be chosen when a read arrives, and has a
/// phase-2 quorum of the newest epoch confirm its ballot by answering a beat sent after that: then no higher
/// ballot had chosen anything by the time the read arrived. Reads that arrive during a round wait for the
/// next one, so a beat serves many.
///
/// Source: the idea of the read index in D. Ongaro, "Consensus: bridging theory and practice", 2014,
/// section 6.4.

#include <foreshift/consensus/ready.hpp>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// A regular value.
class read_round {
 public:
  static constexpr std::size_t reads_max = std::size_t{1} << 16;

  /// False when too many wait already: to be refused at once.
  [[nodiscard]] bool add(std::uint64_t id) {
    if (waiting_.size() + asked_.size() >= reads_max) return false;
    waiting_.push_back(id);
    return true;
  }
  /// Reads that no round has begun for.
  [[nodiscard]] bool waits() const { return !waiting_.empty(); }
  [[nodiscard]] bool empty() const { return waiting_.empty() && asked_.empty(); }
  /// True when a round may begin: the reads that wait become part of it.
  [[nodiscard]] bool may_begin() const { return asked_.empty() && !waiting_.empty(); }
  /// @param chosen what is known to be chosen now; beat: the number of a beat that has not been sent before
  void begin(slot chosen, std::uint64_t beat) {
    asked_ = std::exchange(waiting_, {});
    chosen_ = chosen;
    beat_ = beat;
    confirmed_.clear();
  }
  /// The ballot was still good at a site when this beat came.
  void hear(site_id from, std::uint64_t beat) {
    if (!asked_.empty() && beat >= beat_ &&
        std::find(confirmed_.begin(), confirmed_.end(), from) == confirmed_.end())
      confirmed_.push_back(from);
  }
  /// The reads that a quorum has confirmed; they are to be served once applied through the slot.
  void take_confirmed(const electorate& members, site_id self, std::vector<read_duty>& out) {
    if (asked_.empty()) return;
    tally held;
    held.record(members.electors, self);
    for (const site_id site : confirmed_) held.record(members.electors, site);
    if (!held.won_accepts(members)) return;
    for (const auto id : std::exchange(asked_, {})) out.push_back({id, chosen_, true});
  }
  /// All of them, while nobody else can lead (lease.hpp).
  void serve_all(slot chosen, std::vector<read_duty>& out) {
    restart();
    for (const auto id : std::exchange(waiting_, {})) out.push_back({id, chosen, true});
  }
  /// Another epoch is in force: its members are to confirm, and the reads count as arriving now.
  void restart() {
    waiting_.insert(waiting_.begin(), asked_.begin(), asked_.end());
    asked_.clear();
  }
  /// Not the distinguished proposer, or no more.
  void refuse_all(std::vector<read_duty>& out) {
    restart();
    for (const auto id : std::exchange(waiting_, {})) out.push_back({id, {}, false});
  }
  friend bool operator==(const read_round&, const read_round&) = default;

 private:
  std::vector<std::uint64_t> waiting_;
  std::vector<std::uint64_t> asked_;
  std::vector<site_id> confirmed_;
  slot chosen_;
  std::uint64_t beat_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
