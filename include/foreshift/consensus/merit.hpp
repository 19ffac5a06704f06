#pragma once
/// @file
/// Merit: how much each site's judgement of a proposal weighs.
///
/// A voter's weight is the sum, over the classes of workloads at stake, of the criticality at stake times the
/// site's credit on that class: the site decides that has been right about workloads like these. A proposal
/// passes when strictly more than theta of the weight of ALL members accepts it; an absent voter is an
/// abstention, not a smaller electorate. Nobody reports its own credit: the table is replicated.

#include <foreshift/consensus/certificate.hpp>
#include <foreshift/consensus/membership.hpp>
#include <foreshift/consensus/proposal_header.hpp>
#include <foreshift/consensus/weight.hpp>

#include <optional>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// Credits per (site, class). A pair without a row has the standard credit.
struct credit_table {
  std::uint64_t version = 0;
  credit standard{1000};
  flat_map<std::pair<site_id, class_id>, credit> earned;

  [[nodiscard]] credit of(site_id site, class_id on) const {
    const auto* own = earned.find({site, on});
    return own != nullptr ? *own : standard;
  }
  friend bool operator==(const credit_table&, const credit_table&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.version, self.standard, self.earned); }
  /// Within the bounds under which no sum overflows.
  [[nodiscard]] bool restored() const {
    return standard <= credit_max && earned.size() <= site_count_max * class_count_max &&
           std::all_of(earned.begin(), earned.end(),
                       [](const auto& row) { return row.second <= credit_max; });
  }
};

/// What `voter` weighs on a proposal with these stakes.
[[nodiscard]] inline merit_weight merit_of(site_id voter, std::span<const stake> stakes,
                                           const credit_table& credits) {
  merit_weight sum{};
  for (const auto& s : stakes) sum += weigh(credits.of(voter, s.of), s.sum);
  return sum;
}

[[nodiscard]] inline merit_weight total_merit(const epoch& members, std::span<const stake> stakes,
                                              const credit_table& credits) {
  merit_weight sum{};
  for (const auto& e : members.electors()) sum += merit_of(e.site, stakes, credits);
  return sum;
}

/// A proposal over several classes takes the largest theta among them.
[[nodiscard]] inline permille theta_for(const epoch& members, std::span<const stake> stakes) {
  permille largest{};
  for (const auto& s : stakes) largest = std::max(largest, members.theta(s.of));
  return largest;
}

/// Accepted, strictly: more than theta of the total.
[[nodiscard]] constexpr bool passes(merit_weight accepted, merit_weight total, permille theta) {
  return 1000 * accepted.value > std::uint64_t{theta.value} * total.value;
}
/// Rejected: what is left can not pass any more. Exactly the complement of `passes` for the remaining weight.
[[nodiscard]] constexpr bool fails(merit_weight rejected, merit_weight total, permille theta) {
  return 1000 * rejected.value >= (1000 - std::uint64_t{theta.value}) * total.value;
}

/// What a set of counted votes amounts to.
struct merit_count {
  merit_weight accepted;
  merit_weight rejected;
  merit_weight total;
  permille theta;
  [[nodiscard]] bool passes() const { return consensus::passes(accepted, total, theta); }
  [[nodiscard]] bool fails() const { return consensus::fails(rejected, total, theta); }
};

/// Counts votes with the replicated credits. Nothing, if a voter has no weight or the votes are not sorted by
/// voter, each once.
[[nodiscard]] inline std::optional<merit_count> count_merit(std::span<const counted_vote> votes,
                                                            std::span<const stake> stakes,
                                                            const epoch& members,
                                                            const credit_table& credits) {
  merit_count count{{}, {}, total_merit(members, stakes, credits), theta_for(members, stakes)};
  for (std::size_t i = 0; i < votes.size(); ++i) {
    if (!members.is_elector(votes[i].voter)) return std::nullopt;
    if (i > 0 && votes[i - 1].voter >= votes[i].voter) return std::nullopt;
    (votes[i].opinion == verdict::accept ? count.accepted : count.rejected) +=
        merit_of(votes[i].voter, stakes, credits);
  }
  return count;
}

/// The first class on which f silent voters could block every proposal, whichever theta applies: the f
/// heaviest must weigh less than (1 - theta) of the total. A class without rows is uniform and is checked as
/// class 0.
[[nodiscard]] inline std::optional<class_id> blocked_by_silence(const epoch& members,
                                                                const credit_table& credits) {
  std::vector<class_id> classes{class_id{}};
  for (const auto& [key, earned] : credits.earned) classes.push_back(key.second);
  std::sort(classes.begin(), classes.end());
  classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
  for (const class_id on : classes) {
    std::vector<credit> of_class;
    credit total{}, heaviest{};
    for (const auto& e : members.electors())
      of_class.push_back(credits.of(e.site, on)), total += of_class.back();
    std::sort(of_class.begin(), of_class.end(), std::greater{});
    for (std::size_t i = 0; i < std::min<std::size_t>(members.tolerated(), of_class.size()); ++i)
      heaviest += of_class[i];
    if (1000 * heaviest.value >= (1000 - std::uint64_t{members.theta_max().value}) * total.value) return on;
  }
  return std::nullopt;
}

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
