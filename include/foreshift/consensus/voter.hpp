#pragma once
/// @file
/// A site's own votes. It keeps its word: one vote per (proposal, attempt), also across a crash.

#include <foreshift/consensus/certificate.hpp>
#include <foreshift/core/flat_map.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// A regular value.
class voter {
 public:
  explicit voter(std::size_t capacity = 4096) : capacity_(capacity) {}

  /// The vote that stands: this one if it is the first of its (proposal, attempt), else the first. Null when
  /// there is no room, or the first one is lost; the site abstains then. `fresh` says whether it has to be
  /// persisted.
  [[nodiscard]] const vote* cast(const vote& paper, bool& fresh) {
    const std::pair key{paper.proposal, paper.attempt};
    fresh = false;
    if (spoiled_.contains(key)) return nullptr;
    if (const vote* first = cast_.find(key); first != nullptr) return first;
    if (cast_.size() >= capacity_) forget(slot{~std::uint64_t{0}});
    if (cast_.size() >= capacity_) return nullptr;
    fresh = true;
    return &cast_.insert_or_assign(key, paper);
  }
  void restore(const vote& paper) { cast_.insert_or_assign({paper.proposal, paper.attempt}, paper); }
  /// A vote was cast here and nobody knows any more which: no other is cast.
  void spoil(proposal_id proposal, std::uint32_t attempt) { spoiled_[{proposal, attempt}] = true; }
  /// The proposal is decided in a slot up to `by`. Its votes are kept until a snapshot covers that: a site
  /// that starts again on an older one does not know of the decision for a while, and may be asked once more.
  void close(proposal_id decided, slot by) {
    const auto its = [&](const auto& item) { return item.first.first == decided; };
    if (std::any_of(cast_.begin(), cast_.end(), its) || std::any_of(spoiled_.begin(), spoiled_.end(), its))
      closed_.insert_or_assign(decided, by);
  }
  /// Every start from now on knows what was decided up to `through`.
  void forget(slot through) {
    const auto over = [&](proposal_id proposal) {
      const auto* by = closed_.find(proposal);
      return by != nullptr && *by <= through;
    };
    cast_.erase_if([&](const auto& key, const vote&) { return over(key.first); });
    spoiled_.erase_if([&](const auto& key, bool) { return over(key.first); });
    closed_.erase_if([&](proposal_id, slot by) { return by <= through; });
  }
  [[nodiscard]] std::size_t size() const { return cast_.size(); }
  /// The (proposal, attempt) pairs whose vote is lost.
  [[nodiscard]] std::vector<std::pair<proposal_id, std::uint32_t>> spoiled() const {
    std::vector<std::pair<proposal_id, std::uint32_t>> all;
    for (const auto& [key, lost] : spoiled_) all.push_back(key);
    return all;
  }
  /// The votes that stand.
  [[nodiscard]] std::vector<vote> votes() const {
    std::vector<vote> all;
    for (const auto& [key, paper] : cast_) all.push_back(paper);
    return all;
  }
  friend bool operator==(const voter&, const voter&) = default;

 private:
  std::size_t capacity_;
  flat_map<std::pair<proposal_id, std::uint32_t>, vote> cast_;
  flat_map<std::pair<proposal_id, std::uint32_t>, bool> spoiled_;
  flat_map<proposal_id, slot> closed_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
