#pragma once
/// @file
/// An epoch: who counts for how much, how many may fail, and how far the pipeline reaches.
///
/// An epoch is checked when it is made and never changes. Its digest travels on every message, so that two
/// sites that count with different tables notice before they count. Which epoch governs which slot is the
/// business of `epoch_table`. The credits behind merit stand beside the epoch with a version of their own:
/// no quorum counts them, so a change of credits needs no pipeline to run dry.
///
/// Source: L. Lamport, D. Malkhi, L. Zhou, "Reconfiguring a state machine", SIGACT News 41(1), 2010.

#include <foreshift/consensus/quorum.hpp>
#include <foreshift/core/result.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>
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
  /// Members without weight: they follow, submit and own, and count nowhere. Sorted, each once, no electors.
  std::vector<site_id> learners{};
  quorum_weight promises{};  ///< weight that phase 1 needs; zero: more than half
  quorum_weight accepts{};   ///< weight that phase 2 needs; zero: more than half
  friend bool operator==(const epoch_spec&, const epoch_spec&) = default;
  static constexpr void fields(auto& self, auto&& f) {
    f(self.number, self.electors, self.tolerated, self.alpha, self.theta, self.theta_of, self.learners,
      self.promises, self.accepts);
  }
};

enum class epoch_error : std::uint8_t {
  no_members,
  too_many_members,
  members_not_sorted,     ///< or one appears twice
  weight_out_of_bounds,   ///< zero or above `quorum_weight_max`
  cannot_tolerate,        ///< without the f heaviest members there is no quorum
  alpha_out_of_bounds,    ///< zero or above 1,024
  theta_out_of_bounds,    ///< not between 500 and 999, or for too many classes
  quorums_need_not_meet,  ///< a phase-1 and a phase-2 quorum without a common member are possible
};
constexpr epoch_error last_of(epoch_error) { return epoch_error::quorums_need_not_meet; }

[[nodiscard]] constexpr std::string_view explain(epoch_error e) {
  constexpr std::string_view names[] = {"no members",
                                        "too many members",
                                        "members not sorted by site, or one of them twice",
                                        "a weight is zero or too large",
                                        "without the f heaviest members there is no quorum",
                                        "alpha is zero or too large",
                                        "theta is not between 500 and 999 permille",
                                        "a phase-1 and a phase-2 quorum need not meet"};
  return names[static_cast<std::size_t>(e)];
}

/// True when any `f` members may be silent and the rest still holds a quorum of either phase; for majorities:
/// 2 * (the f heaviest) < total.
[[nodiscard]] inline bool tolerates(const electorate& all, std::size_t f) {
  const auto electors = all.electors;
  std::vector<quorum_weight> weights;
  for (const auto& e : electors) weights.push_back(e.weight);
  std::sort(weights.begin(), weights.end(), std::greater{});
  quorum_weight heaviest{};
  for (std::size_t i = 0; i < std::min(f, weights.size()); ++i) heaviest += weights[i];
  return heaviest + std::max(all.promises, all.accepts) <= total_weight(electors);
}

/// A checked epoch. A regular value whose copies share their content; the default has no members and can do
/// nothing.
class epoch {
 public:
  epoch() = default;

  [[nodiscard]] static result<epoch, epoch_error> make(epoch_spec spec);

  [[nodiscard]] const epoch_spec& spec() const { return held().spec; }
  [[nodiscard]] epoch_number number() const { return spec().number; }
  /// The canonical digest of everything in it.
  [[nodiscard]] const digest& identity() const { return held().identity; }
  [[nodiscard]] std::span<const elector> electors() const { return spec().electors; }
  /// Members without weight.
  [[nodiscard]] std::span<const site_id> learners() const { return spec().learners; }
  /// Who counts, and what a quorum is.
  [[nodiscard]] electorate voters() const { return {electors(), held().promises, held().accepts}; }
  [[nodiscard]] std::uint64_t alpha() const { return spec().alpha; }
  [[nodiscard]] std::uint32_t tolerated() const { return spec().tolerated; }
  [[nodiscard]] bool is_elector(site_id site) const {
    return std::any_of(electors().begin(), electors().end(),
                       [&](const elector& e) { return e.site == site; });
  }
  /// A member, with weight or without.
  [[nodiscard]] bool has(site_id site) const {
    return is_elector(site) || std::binary_search(learners().begin(), learners().end(), site);
  }
  [[nodiscard]] permille theta(class_id on) const {
    const auto* own = spec().theta_of.find(on);
    return own != nullptr ? *own : spec().theta;
  }
  /// The largest theta that can apply to any proposal.
  [[nodiscard]] permille theta_max() const {
    permille largest = spec().theta;
    for (const auto& [on, theta] : spec().theta_of) largest = std::max(largest, theta);
    return largest;
  }
  friend bool operator==(const epoch& a, const epoch& b) {
    return a.content_ == b.content_ || a.held() == b.held();
  }
  static void fields(auto& self, auto&& f) {
    epoch_spec of_it = self.spec();
    f(of_it);
    if constexpr (!std::is_const_v<std::remove_reference_t<decltype(self)>>)
      self.content_ = std::make_shared<const content>(content{std::move(of_it), {}});
  }
  /// What was read is checked as if it had been made anew; the epoch without members is the default.
  [[nodiscard]] bool restored();

 private:
  struct content {
    epoch_spec spec{};
    digest identity{};
    quorum_weight promises = majority_of({});
    quorum_weight accepts = majority_of({});
    friend bool operator==(const content&, const content&) = default;
  };
  [[nodiscard]] const content& held() const {
    if (content_) return *content_;
    static const content nothing{};
    return nothing;
  }
  std::shared_ptr<const content> content_;
};

inline result<epoch, epoch_error> epoch::make(epoch_spec spec) {
  const auto& electors = spec.electors;
  const auto theta_ok = [](permille theta) { return theta >= permille{500} && theta <= permille{999}; };
  if (electors.empty()) return failure{epoch_error::no_members};
  if (electors.size() + spec.learners.size() > site_count_max) return failure{epoch_error::too_many_members};
  for (std::size_t i = 1; i < electors.size(); ++i)
    if (electors[i - 1].site >= electors[i].site) return failure{epoch_error::members_not_sorted};
  for (std::size_t i = 0; i < spec.learners.size(); ++i) {
    const auto twice = [&](const elector& e) { return e.site == spec.learners[i]; };
    if ((i > 0 && spec.learners[i - 1] >= spec.learners[i]) ||
        std::any_of(electors.begin(), electors.end(), twice))
      return failure{epoch_error::members_not_sorted};
  }
  for (const auto& e : electors)
    if (e.weight == quorum_weight{} || e.weight > quorum_weight_max)
      return failure{epoch_error::weight_out_of_bounds};
  const quorum_weight total = total_weight(electors);
  const auto needed = [&](quorum_weight asked) {
    return asked == quorum_weight{} ? majority_of(total) : asked;
  };
  const quorum_weight promises = needed(spec.promises), accepts = needed(spec.accepts);
  if (std::max(promises, accepts) > total) return failure{epoch_error::cannot_tolerate};
  if (promises + accepts <= total) return failure{epoch_error::quorums_need_not_meet};
  if (!tolerates({electors, promises, accepts}, spec.tolerated)) return failure{epoch_error::cannot_tolerate};
  if (spec.alpha == 0 || spec.alpha > 1024) return failure{epoch_error::alpha_out_of_bounds};
  if (!theta_ok(spec.theta) || spec.theta_of.size() > class_count_max)
    return failure{epoch_error::theta_out_of_bounds};
  for (const auto& [on, theta] : spec.theta_of)
    if (!theta_ok(theta)) return failure{epoch_error::theta_out_of_bounds};

  const digest identity = canonical_digest(spec);
  epoch made;
  made.content_ = std::make_shared<const content>(content{std::move(spec), identity, promises, accepts});
  return made;
}

inline bool epoch::restored() {
  if (spec() == epoch_spec{}) {
    content_.reset();
    return true;
  }
  auto made = make(spec());
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
