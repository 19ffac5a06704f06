#pragma once
/// @file
/// How right each site's forecasts have been, for each class of workload.
///
/// Credit is skill: how much of the Brier score of a reference forecast a site's own claims save. The
/// reference is the site's base rate in hindsight, the best claim that never changes, whose score is r (1 -
/// r) for the rate r of what happened (the uncertainty in Murphy's decomposition). A site that always says
/// the same can therefore never earn credit, however rare the event is and however good that makes its plain
/// score. Old claims fade, and a prior stands for a site of which little is known. Everything is in integers:
/// all sites compute the same credit.
///
/// Source: A. H. Murphy, A new vector partition of the probability score, J. Applied Meteorology 12 (1973);
/// discounting as in N. Cesa-Bianchi, G. Lugosi, Prediction, Learning, and Games (2006), section 2.11.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/feedback/claim.hpp>

#include <algorithm>
#include <compare>
#include <cstdint>

namespace foreshift::inline FORESHIFT_ABI::feedback {

/// Skill in parts per 10^4. @invariant value <= 10000; 0 is no better than a base rate, 10000 is always
/// right.
using skill_bp = strong<struct skill_bp_tag, std::uint32_t>;

struct credit_options {
  std::uint32_t memory = 200;  ///< claims after which an old one counts for 1/e; 2 to 1024
  skill_bp prior{1000};        ///< skill of a site of which nothing is known
  std::uint32_t prior_claims =
      20;  ///< how many even chances (base rate one half) the prior is worth; 1 to 1024
};

/// The discounted past of one site in one class, each sum in parts per 10^8.
struct track_record {
  std::uint64_t claims = 0;    ///< how many
  std::uint64_t happened = 0;  ///< how many came true
  std::uint64_t loss = 0;      ///< Brier scores
  friend constexpr bool operator==(const track_record&, const track_record&) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.claims, self.happened, self.loss); }

  /// What the best constant claim would have lost: happened (1 - happened / claims), rounded down.
  [[nodiscard]] constexpr std::uint64_t reference_loss() const {
    if (claims == 0) return 0;
    // The rate in parts of 2^26, rounded up, so that the reference is never flattered into giving credit.
    // happened <= claims <= 1024 x 10^8 < 2^37: no product reaches 2^63.
    const std::uint64_t rate = ((happened << 26) + claims - 1) / claims;
    const std::uint64_t share = (happened * rate + (1U << 26) - 1) >> 26;
    return share < happened ? happened - share : 0;
  }
};

/// The credit of every site in every class. A regular value; the same settlements in the same order give the
/// same state on every host.
class credit_book {
 public:
  struct key {
    site_id site;
    class_id workload_class;
    friend constexpr auto operator<=>(const key&, const key&) = default;
    static constexpr void fields(auto& self, auto&& f) { f(self.site, self.workload_class); }
  };

  explicit credit_book(const credit_options& options = {}) : options_(options) {
    FORESHIFT_EXPECT(options.memory >= 2 && options.memory <= 1024);
    FORESHIFT_EXPECT(options.prior_claims >= 1 && options.prior_claims <= 1024 &&
                     options.prior.value <= 10'000);
  }

  /// Learns from one claim whose outcome is known. O(log n), O(n) for a new site or class.
  void learn(const settlement& s) {
    FORESHIFT_EXPECT(s.score <= brier_worst);
    auto& record = records_[key{s.what.id.site, s.what.workload_class}];
    for (auto* sum : {&record.claims, &record.happened, &record.loss}) *sum -= *sum / options_.memory;
    record.claims += brier_worst.value;
    record.happened += s.happened ? brier_worst.value : 0;
    record.loss += s.score.value;
  }

  /// (prior x weight + reference - loss) / (weight + reference), within [0, 1]. The reference and not the
  /// number of claims weighs against the prior: claims about what never happens say little, however many they
  /// are.
  [[nodiscard]] skill_bp skill(site_id site, class_id workload_class) const {
    const auto* record = records_.find(key{site, workload_class});
    if (record == nullptr) return options_.prior;
    const auto weight =
        static_cast<std::int64_t>(options_.prior_claims) * (static_cast<std::int64_t>(brier_worst.value) / 4);
    const auto reference = static_cast<std::int64_t>(record->reference_loss());
    const auto saved =
        weight / 10'000 * options_.prior.value + reference - static_cast<std::int64_t>(record->loss);
    if (saved <= 0) return {0};
    // saved <= weight + reference < 2^36: the product stays below 2^50.
    return {static_cast<std::uint32_t>(saved * 10'000 / (weight + reference))};
  }

  /// Sites that have left: what they were worth is forgotten.
  template <class Predicate>
  void keep(Predicate is_member) {
    records_.erase_if([&](const key& k, const track_record&) { return !is_member(k.site); });
  }

  /// By site and class.
  [[nodiscard]] const flat_map<key, track_record>& records() const { return records_; }
  friend bool operator==(const credit_book& a, const credit_book& b) { return a.records_ == b.records_; }

  /// What has been learned; the options are not a part of it.
  static constexpr void fields(auto& self, auto&& f) { f(self.records_); }
  /// True when what was read is within what learning leads to.
  [[nodiscard]] bool restored() const {
    const auto sane = [&](const auto& held) {
      const auto& r = held.second;
      return r.claims <= options_.memory * brier_worst.value && r.happened <= r.claims && r.loss <= r.claims;
    };
    return std::all_of(records_.begin(), records_.end(), sane);
  }

 private:
  credit_options options_;
  flat_map<key, track_record> records_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::feedback
