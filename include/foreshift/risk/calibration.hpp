#pragma once
/// @file
/// Whether probabilities mean what they say, and a correction for when they do not.
///
/// Of all the times that 30 % was claimed, the event should have come in 30 %. A reliability table keeps, for
/// each bin of claimed probabilities, how often the event came. From it follows a calibration map: the
/// observed rates, held back towards the claims by some pseudo-outcomes, made monotone by pooling adjacent
/// violators, and joined by lines. Bins are equal on the arcsine scale, where a rate is equally hard to
/// measure everywhere: overloads are rare, and most claims are near 0.
///
/// Sources: M. Ayer et al., An Empirical Distribution Function for Sampling with Incomplete Information,
/// Annals of Mathematical Statistics 26 (1955); B. Zadrozny, C. Elkan, Transforming Classifier Scores into
/// Accurate Multiclass Probability Estimates (KDD 2002); the calibration error as in M. P. Naeini et al.
/// (AAAI 2015).

#include <foreshift/core/archive.hpp>
#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace foreshift::inline FORESHIFT_ABI::risk {

inline constexpr std::size_t reliability_bins = 20;

/// The bin of a probability. @pre 0 <= p <= 1
[[nodiscard]] inline std::size_t reliability_bin(double p) {
  FORESHIFT_EXPECT(p >= 0 && p <= 1);
  const double angle = std::asin(std::sqrt(p)) * 2 * std::numbers::inv_pi;  // in [0, 1]
  return std::min(static_cast<std::size_t>(angle * reliability_bins), reliability_bins - 1);
}

/// Pairs of a claim and its outcome, counted. A regular value of fixed size; no allocation.
class reliability_table {
 public:
  struct bin {
    double claims = 0;       ///< how many; a fraction once old ones fade
    double claimed_sum = 0;  ///< of the probabilities
    double happened = 0;     ///< how many came true
    static void members(auto& self, auto& archive) { archive(self.claims, self.claimed_sum, self.happened); }
    [[nodiscard]] bool consistent() const {
      return claims <= 1e18 && happened >= 0 && happened <= claims && claimed_sum >= 0 &&
             claimed_sum <= claims * (1 + 1e-9);
    }
    friend bool operator==(const bin&, const bin&) = default;
  };

  /// @pre 0 <= claimed <= 1. O(1).
  void record(double claimed, bool happened) {
    auto& b = bins_[reliability_bin(claimed)];
    b.claims += 1, b.claimed_sum += claimed, b.happened += happened ? 1 : 0;
  }
  /// Lets everything recorded so far count for less. @pre 0 <= share_kept <= 1
  void fade(double share_kept) {
    FORESHIFT_EXPECT(share_kept >= 0 && share_kept <= 1);
    for (auto& b : bins_) b.claims *= share_kept, b.claimed_sum *= share_kept, b.happened *= share_kept;
  }

  [[nodiscard]] const std::array<bin, reliability_bins>& bins() const { return bins_; }
  [[nodiscard]] double claims() const {
    double sum = 0;
    for (const auto& b : bins_) sum += b.claims;
    return sum;
  }
  /// Expected calibration error: the mean distance of claim and rate, bin by bin, weighted by claims. 0 when
  /// empty.
  [[nodiscard]] double calibration_error() const {
    double sum = 0;
    for (const auto& b : bins_) sum += std::abs(b.claimed_sum - b.happened);
    const double n = claims();
    return n > 0 ? sum / n : 0;
  }
  friend bool operator==(const reliability_table&, const reliability_table&) = default;

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) { archive(self.bins_); }
  std::array<bin, reliability_bins> bins_{};
};

/// A monotone map of probabilities. The default is the identity, to within 0.002 at the ends.
class calibration_map {
 public:
  struct knot {
    double claimed = 0;
    double rate = 0;
    static void members(auto& self, auto& archive) { archive(self.claimed, self.rate); }
  };

  calibration_map() : calibration_map(reliability_table{}, 1) {}

  /// @param pseudo_outcomes how many outcomes in perfect agreement with the claims are added to each bin; >
  /// 0. The
  ///        more, the more has to be seen before the map leaves the identity.
  explicit calibration_map(const reliability_table& seen, double pseudo_outcomes = 20) {
    FORESHIFT_EXPECT(pseudo_outcomes > 0);
    // Blocks of bins that share one rate, pooled from the right whenever a rate falls (pool adjacent
    // violators).
    struct block {
      double weight, sum;
      std::size_t bins;
    };
    std::array<block, reliability_bins> blocks{};
    std::size_t count = 0;
    for (std::size_t i = 0; i < reliability_bins; ++i) {
      const auto& b = seen.bins()[i];
      knots_[i].claimed = b.claims > least_claims ? b.claimed_sum / b.claims : middle(i);
      blocks[count++] = {b.claims + pseudo_outcomes, b.happened + pseudo_outcomes * knots_[i].claimed, 1};
      while (count > 1 && blocks[count - 2].sum * blocks[count - 1].weight >
                              blocks[count - 1].sum * blocks[count - 2].weight) {
        blocks[count - 2].weight += blocks[count - 1].weight;
        blocks[count - 2].sum += blocks[count - 1].sum;
        blocks[count - 2].bins += blocks[count - 1].bins;
        --count;
      }
    }
    for (std::size_t k = 0, i = 0; k < count; ++k)
      for (std::size_t j = 0; j < blocks[k].bins; ++j, ++i)
        knots_[i].rate = std::clamp(blocks[k].sum / blocks[k].weight, 0.0, 1.0);
  }

  /// The probability that `claimed` stands for: linear between the knots, constant beyond them.
  /// @pre 0 <= claimed <= 1. O(log bins).
  [[nodiscard]] double operator()(double claimed) const {
    FORESHIFT_EXPECT(claimed >= 0 && claimed <= 1);
    const auto right = std::lower_bound(knots_.begin(), knots_.end(), claimed,
                                        [](const knot& k, double p) { return k.claimed < p; });
    if (right == knots_.begin()) return right->rate;
    const auto left = right - 1;
    if (right == knots_.end()) return left->rate;
    const double share = (claimed - left->claimed) / (right->claimed - left->claimed);
    return left->rate + share * (right->rate - left->rate);
  }

  [[nodiscard]] const std::array<knot, reliability_bins>& knots() const { return knots_; }

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) { archive(self.knots_); }
  [[nodiscard]] bool consistent() const {
    for (std::size_t i = 0; i < reliability_bins; ++i) {
      const auto& k = knots_[i];
      if (!(k.claimed >= 0 && k.claimed <= 1 && k.rate >= 0 && k.rate <= 1)) return false;
      if (i > 0 && !(k.claimed >= knots_[i - 1].claimed && k.rate >= knots_[i - 1].rate)) return false;
    }
    return true;
  }
  /// The middle of a bin on the arcsine scale.
  [[nodiscard]] static double middle(std::size_t bin) {
    const double root = std::sin((static_cast<double>(bin) + 0.5) / reliability_bins * std::numbers::pi / 2);
    return root * root;
  }
  static constexpr double least_claims = 1e-6;  // below it, fading has left nothing to divide by
  std::array<knot, reliability_bins> knots_{};
};

}  // namespace foreshift::inline FORESHIFT_ABI::risk
