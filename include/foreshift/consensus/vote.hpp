#pragma once
/// @file
/// The ballot box: where the distinguished proposer collects votes on the merit of proposals.
///
/// It turns votes into a `decide` command as soon as the outcome is certain, or when the proposal's time is
/// over. The sums it computes only decide when to ask; at apply every site computes them again from the
/// certificate.

#include <foreshift/consensus/command.hpp>
#include <foreshift/consensus/merit.hpp>
#include <foreshift/core/flat_map.hpp>

#include <optional>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// What became of a vote that came in.
enum class vote_receipt : std::uint8_t {
  counted,
  repeated,    ///< the same vote again
  excluded,    ///< the voter has voted differently before: neither vote counts any more; raise an alarm
  stranger,    ///< not a member with weight, or sent in another's name
  unknown,     ///< no such proposal is open, or another attempt of it
  mismatched,  ///< on another content under the same id
  stale,       ///< made under another epoch or other credits
};

/// Collects votes. A regular value: a copy forks the count. Bounded by `capacity` open proposals.
class ballot_box {
 public:
  explicit ballot_box(std::size_t capacity = 1024) : capacity_(capacity) {}

  /// Opens a proposal, or a later attempt of it, whose votes start from nothing. False when it is malformed,
  /// when there is no room, or for an attempt that is open or over.
  [[nodiscard]] bool open(const proposal_header& header, std::uint32_t attempt, const credit_basis& basis) {
    if (!well_formed(header)) return false;
    const auto* held = polls_.find(header.id);
    if (held == nullptr ? polls_.size() >= capacity_ : held->attempt >= attempt) return false;
    polls_.insert_or_assign(header.id, poll{header, canonical_digest(header), attempt, basis, {}, {}});
    return true;
  }
  [[nodiscard]] bool is_open(proposal_id proposal) const { return polls_.contains(proposal); }
  void erase(proposal_id proposal) { polls_.erase(proposal); }

  /// @param from who sent it; a vote counts only from its voter. O(members + open proposals).
  vote_receipt record(site_id from, const vote& paper, const epoch& members);

  /// The command that closes the poll, once it can be closed; the poll stays open until it is erased, so that
  /// the command can be submitted again.
  [[nodiscard]] std::optional<decide> close(proposal_id proposal, const epoch& members,
                                            const credit_table& credits, time_point log_time) const;

  /// Calls `visit(proposal_id)` for every open proposal, by id.
  template <class F>
  void for_each_open(F visit) const {
    for (const auto& [id, held] : polls_) visit(id);
  }
  friend bool operator==(const ballot_box&, const ballot_box&) = default;

 private:
  struct poll {
    proposal_header header;
    digest name;
    std::uint32_t attempt = 0;
    credit_basis basis;
    flat_map<site_id, vote> votes;
    flat_map<site_id, bool> excluded;
    friend bool operator==(const poll&, const poll&) = default;
  };
  std::size_t capacity_;
  flat_map<proposal_id, poll> polls_;
};

inline vote_receipt ballot_box::record(site_id from, const vote& paper, const epoch& members) {
  if (from != paper.voter || !members.is_elector(from)) return vote_receipt::stranger;
  auto* held = polls_.find(paper.proposal);
  if (held == nullptr || held->attempt != paper.attempt) return vote_receipt::unknown;
  if (held->excluded.contains(from)) return vote_receipt::excluded;
  if (const auto* first = held->votes.find(from); first != nullptr) {
    if (*first == paper) return vote_receipt::repeated;
    held->votes.erase(from);
    held->excluded[from] = true;
    return vote_receipt::excluded;
  }
  if (paper.header != held->name) return vote_receipt::mismatched;
  if (paper.basis != held->basis) return vote_receipt::stale;
  held->votes.insert_or_assign(from, paper);
  return vote_receipt::counted;
}

inline std::optional<decide> ballot_box::close(proposal_id proposal, const epoch& members,
                                               const credit_table& credits, time_point log_time) const {
  const auto* held = polls_.find(proposal);
  if (held == nullptr) return std::nullopt;
  decide command{held->header, {held->attempt, held->name, held->basis, vote_outcome::deadline, {}}};
  for (const auto& [site, paper] : held->votes)
    command.evidence.votes.push_back({site, paper.opinion, paper.reason});
  const auto count = count_merit(command.evidence.votes, held->header.stakes, members, credits);
  if (!count) return std::nullopt;
  // Late is late: an approval that comes after the deadline would be refused at apply.
  if (log_time > held->header.expires_at) return command;
  if (count->passes())
    command.evidence.outcome = vote_outcome::approved;
  else if (count->fails())
    command.evidence.outcome = vote_outcome::rejected;
  else
    return std::nullopt;
  return command;
}

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
