#pragma once
/// @file
/// A site keeps its word, also over crashes: one vote per attempt, one run per ballot, and a chosen value for
/// good.
///
/// It listens to the wire as a whole, which no site can, so it knows that a value is chosen as soon as a
/// quorum has said that it accepted it (what a proposer says to itself is not on the wire: then the first
/// site that applies it says so), and sees at once when a later ballot proposes another. That is the claim
/// the proof of Paxos rests on; sites themselves would notice the breach much later, or never.
///
/// Source: L. Lamport, "Paxos made simple", 2001, P2b.

#include <foreshift/consensus/epoch_table.hpp>
#include <foreshift/consensus/invariants.hpp>
#include <foreshift/consensus/quorum.hpp>
#include <foreshift/core/flat_map.hpp>

#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// Counts every slot under its own epoch.
class word_checker {
 public:
  explicit word_checker(consensus::epoch first) : epochs_{{slot{}, std::move(first)}} {}

  /// An epoch has been decided. Before anything is proposed in a slot that it governs.
  void governs(consensus::decided_epoch next) { epochs_.push_back(std::move(next)); }

  /// A site has started, the first time or again.
  void started(site_id site) { ++runs_[site]; }

  [[nodiscard]] std::optional<consensus::violation> sent(site_id from, const consensus::message_body& body) {
    if (const auto* paper = std::get_if<consensus::vote>(&body)) return on(*paper);
    if (const auto* asked = std::get_if<consensus::prepare>(&body)) {
      if (proposed_.contains(asked->number)) ++recounted_;
      return opened(from, asked->number);
    }
    if (const auto* asked = std::get_if<consensus::accept>(&body)) return on(from, *asked);
    if (const auto* said = std::get_if<consensus::accepted>(&body)) return on(from, *said);
    return std::nullopt;
  }
  /// A site has applied an entry: it was chosen, under one of the ballots seen so far.
  void learned(slot at, const consensus::entry& value) {
    const auto* numbers = open_.find(at);
    if (chosen_.contains(at) || numbers == nullptr || numbers->empty()) return;
    chosen_.insert_or_assign(at, {std::prev(numbers->end())->first, canonical_digest(value)});
  }
  /// How many values were proposed again under a later ballot.
  [[nodiscard]] std::uint64_t adopted() const { return adopted_; }
  /// How many requests for promises came under a ballot that was proposed under already.
  [[nodiscard]] std::uint64_t recounted() const { return recounted_; }

 private:
  using violation = consensus::violation;
  struct candidate {
    digest name;
    consensus::tally accepted_by;
  };
  using ballot = consensus::ballot;
  struct choice {
    ballot number;
    digest name;
  };

  std::optional<violation> on(const consensus::vote& paper) {
    const auto [first, fresh] = votes_.try_emplace({paper.voter, paper.proposal, paper.attempt}, paper);
    if (fresh || first->second == paper) return std::nullopt;
    return violation{"asked again a voter repeats its vote", "site " + std::to_string(paper.voter.value) +
                                                                 " on proposal " +
                                                                 std::to_string(paper.proposal.sequence)};
  }
  std::optional<violation> opened(site_id from, ballot number) {
    if (number.site != from) return std::nullopt;
    const std::uint32_t run = runs_[from];
    const auto [first, fresh] = ballots_.try_emplace(number, run);
    if (fresh || first->second == run) return std::nullopt;
    return violation{"a ballot belongs to one run of its site", consensus::detail::text_of(number)};
  }
  std::optional<violation> on(site_id from, const consensus::accept& asked) {
    if (auto broken = opened(from, asked.number)) return broken;
    proposed_.insert(asked.number);
    auto& numbers = open_[asked.at];
    const auto [known, fresh] = numbers.try_emplace(asked.number);
    if (!fresh) return std::nullopt;  // that its value is the same is somebody else's claim
    known->second.name = canonical_digest(asked.value);
    if (known != numbers.begin() && std::prev(known)->second.name == known->second.name) ++adopted_;
    const choice* chosen = chosen_.find(asked.at);
    if (chosen == nullptr || asked.number < chosen->number || chosen->name == known->second.name)
      return std::nullopt;
    return violation{"a chosen value is reported by every later phase-1 quorum",
                     consensus::detail::text_of(asked.at) + " was chosen under " +
                         consensus::detail::text_of(chosen->number) + ", another value is proposed under " +
                         consensus::detail::text_of(asked.number)};
  }
  std::optional<violation> on(site_id from, const consensus::accepted& said) {
    auto& numbers = open_[said.at];
    const auto known = numbers.find(said.number);
    const consensus::electorate all = members(said.at).voters();
    if (known == numbers.end() || !known->second.accepted_by.record(all.electors, from)) return std::nullopt;
    if (!known->second.accepted_by.won_accepts(all)) return std::nullopt;
    const choice* before = chosen_.find(said.at);
    if (before != nullptr && before->name != known->second.name)
      return violation{"agreement per slot", consensus::detail::text_of(said.at) + " is chosen twice"};
    if (before == nullptr || said.number < before->number)
      chosen_.insert_or_assign(said.at, {said.number, known->second.name});
    return std::nullopt;
  }

  [[nodiscard]] const consensus::epoch& members(slot at) const {
    auto row = epochs_.end() - 1;
    while (row->from > at) --row;
    return row->members;
  }

  std::vector<consensus::decided_epoch> epochs_;  // never empty, oldest first
  flat_map<site_id, std::uint32_t> runs_;
  std::map<std::tuple<site_id, proposal_id, std::uint32_t>, consensus::vote> votes_;
  std::map<ballot, std::uint32_t> ballots_;
  std::set<ballot> proposed_;
  flat_map<slot, std::map<ballot, candidate>> open_;
  flat_map<slot, choice> chosen_;
  std::uint64_t adopted_ = 0, recounted_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI::sim
