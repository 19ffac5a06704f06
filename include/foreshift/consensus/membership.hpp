#pragma once
/// @file
/// An epoch: who counts for how much, how many may fail, and how far the pipeline reaches.
///
/// An epoch is checked when it is made and never changes. Its digest travels on every message, so that two
/// sites that count with different tables notice before they count. This version of the log has one epoch.
///
/// Source: L. Lamport, D. Malkhi, L. Zhou, "Reconfiguring a state machine", SIGACT News 41(1), 2010.

#include <foreshift/consensus/quorum.hpp>
#include <foreshift/core/result.hpp>

#include <algorithm>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// What an epoch is made from.
struct epoch_spec {
  epoch_number number{1};
  std::vector<elector> electors{};          ///< sorted by site, each once, at least one unit of weight each
  std::uint32_t tolerated = 0;              ///< f: any f members may fail
  std::uint32_t alpha = 16;                 ///< slots that may be open beyond the chosen prefix
  permille theta{600};                      ///< merit needed: strictly more than this share of ALL members
  flat_map<class_id, permille> theta_of{};  ///< other shares for single classes of workloads
  friend bool operator==(const epoch_spec&, const epoch_spec&) = default;
  static constexpr void fields(auto& self, auto&& f) {
    f(self.number, self.electors, self.tolerated, self.alpha, self.theta, self.theta_of);
  }
};

enum class epoch_error : std::uint8_t {
  no_members,
  too_many_members,
  members_not_sorted,    ///< or one appears twice
  weight_out_of_bounds,  ///< zero or above `quorum_weight_max`
  cannot_tolerate,       ///< the f heaviest members hold half of the weight or more
  alpha_out_of_bounds,   ///< zero or above 1,024
  theta_out_of_bounds,   ///< not between 500 and 999, or for too many classes
};

[[nodiscard]] constexpr std::string_view explain(epoch_error e) {
  constexpr std::string_view names[] = {"no members",
                                        "too many members",
                                        "members not sorted by site, or one of them twice",
                                        "a weight is zero or too large",
                                        "the f heaviest members hold half of the weight or more",
                                        "alpha is zero or too large",
                                        "theta is not between 500 and 999 permille"};
  return names[static_cast<std::size_t>(e)];
}

/// True when any `f` members may be silent and the rest still holds a quorum: 2 * (the f heaviest) < total.
[[nodiscard]] inline bool tolerates(std::span<const elector> electors, std::size_t f) {
  std::vector<quorum_weight> weights;
  for (const auto& e : electors) weights.push_back(e.weight);
  std::sort(weights.begin(), weights.end(), std::greater{});
  quorum_weight heaviest{};
  for (std::size_t i = 0; i < std::min(f, weights.size()); ++i) heaviest += weights[i];
  return 2 * heaviest.value < total_weight(electors).value;
}

/// A checked epoch. A regular value; the default has no members and can do nothing.
class epoch {
 public:
  epoch() = default;

  [[nodiscard]] static result<epoch, epoch_error> make(epoch_spec spec);

  [[nodiscard]] epoch_number number() const { return spec_.number; }
  /// The canonical digest of everything in it.
  [[nodiscard]] const digest& identity() const { return identity_; }
  [[nodiscard]] std::span<const elector> electors() const { return spec_.electors; }
  [[nodiscard]] std::uint64_t alpha() const { return spec_.alpha; }
  [[nodiscard]] std::uint32_t tolerated() const { return spec_.tolerated; }
  [[nodiscard]] bool has(site_id site) const {
    return std::any_of(spec_.electors.begin(), spec_.electors.end(),
                       [&](const elector& e) { return e.site == site; });
  }
  [[nodiscard]] permille theta(class_id on) const {
    const auto* own = spec_.theta_of.find(on);
    return own != nullptr ? *own : spec_.theta;
  }
  /// The largest theta that can apply to any proposal.
  [[nodiscard]] permille theta_max() const {
    permille largest = spec_.theta;
    for (const auto& [on, theta] : spec_.theta_of) largest = std::max(largest, theta);
    return largest;
  }
  friend bool operator==(const epoch&, const epoch&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.spec_); }
  /// What was read is checked as if it had been made anew; the epoch without members is the default.
  [[nodiscard]] bool restored();

 private:
  epoch_spec spec_;
  digest identity_;
};

inline result<epoch, epoch_error> epoch::make(epoch_spec spec) {
  const auto& electors = spec.electors;
  const auto theta_ok = [](permille theta) { return theta >= permille{500} && theta <= permille{999}; };
  if (electors.empty()) return failure{epoch_error::no_members};
  if (electors.size() > site_count_max) return failure{epoch_error::too_many_members};
  for (std::size_t i = 1; i < electors.size(); ++i)
    if (electors[i - 1].site >= electors[i].site) return failure{epoch_error::members_not_sorted};
  for (const auto& e : electors)
    if (e.weight == quorum_weight{} || e.weight > quorum_weight_max)
      return failure{epoch_error::weight_out_of_bounds};
  if (!tolerates(electors, spec.tolerated)) return failure{epoch_error::cannot_tolerate};
  if (spec.alpha == 0 || spec.alpha > 1024) return failure{epoch_error::alpha_out_of_bounds};
  if (!theta_ok(spec.theta) || spec.theta_of.size() > class_count_max)
    return failure{epoch_error::theta_out_of_bounds};
  for (const auto& [on, theta] : spec.theta_of)
    if (!theta_ok(theta)) return failure{epoch_error::theta_out_of_bounds};

  epoch made;
  made.identity_ = canonical_digest(spec);
  made.spec_ = std::move(spec);
  return made;
}

inline bool epoch::restored() {
  if (spec_ == epoch_spec{}) {
    identity_ = {};
    return true;
  }
  auto made = make(std::move(spec_));
  if (made) *this = std::move(*made);
  return made.has_value();
}

/// Members of weight 1, tolerating what a majority tolerates. With n = 2f+1 capped weights ARE the
/// majorities, so this is the default and loses nothing. @pre sites are sorted, each once, 1 to 64 of them
[[nodiscard]] inline epoch uniform_epoch(std::span<const site_id> sites, epoch_spec others = {}) {
  others.electors.clear();
  for (const site_id site : sites) others.electors.push_back({site, quorum_weight{1}});
  others.tolerated = static_cast<std::uint32_t>((sites.size() - 1) / 2);
  return epoch::make(std::move(others)).value();
}

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
