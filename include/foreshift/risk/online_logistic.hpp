#pragma once
/// @file
/// Logistic regression that learns from one outcome at a time.
///
/// The weights have a normal prior, which is the ridge penalty. After each outcome the posterior is
/// approximated by a normal distribution again: one Newton step on the new term alone, with the curvature of
/// all terms so far. With a memory, old outcomes count for less, and what is then known of the weights never
/// falls below the prior.
///
/// Sources: D. J. Spiegelhalter, S. L. Lauritzen, Sequential updating of conditional probabilities on
/// directed graphical structures, Networks 20 (1990), section 6; E. Hazan, A. Agarwal, S. Kale, Logarithmic
/// regret algorithms for online convex optimization, Machine Learning 69 (2007).

#include <foreshift/core/archive.hpp>
#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace foreshift::inline FORESHIFT_ABI::risk {

/// Probabilities nearer to 0 or 1 count as these, wherever their log-odds are taken.
inline constexpr double probability_min = 1e-5;

/// ln(p / (1 - p)), within 11.6 of 0. @pre 0 <= p <= 1
[[nodiscard]] inline double log_odds(double p) {
  FORESHIFT_EXPECT(p >= 0 && p <= 1);
  const double inside = std::clamp(p, probability_min, 1 - probability_min);
  return std::log(inside / (1 - inside));
}
/// The inverse, for any number.
[[nodiscard]] inline double probability_of(double log_odds) { return 1 / (1 + std::exp(-log_odds)); }

/// A value of fixed size; no allocation.
template <std::size_t N>
class online_logistic {
 public:
  using row = std::array<double, N>;
  struct options {
    row prior{};                ///< mean of the weights before anything is seen
    double prior_variance = 1;  ///< of each weight, > 0; its inverse is the ridge penalty
    double memory = 0;          ///< outcomes after which one counts 1/e; 0: all count alike
  };

  explicit online_logistic(const options& o) : options_(o), weights_(o.prior) {
    FORESHIFT_EXPECT(consistent_options());
    for (std::size_t i = 0; i < N; ++i) covariance_[i][i] = o.prior_variance;
  }

  [[nodiscard]] double operator()(const row& x) const { return probability_of(product(weights_, x)); }
  [[nodiscard]] const row& weights() const { return weights_; }

  /// One outcome. @param share of a whole outcome that it counts, > 0: 1 / n where n of them say the same.
  /// @pre x is finite. O(N^2).
  void learn(const row& x, bool happened, double share = 1) {
    FORESHIFT_EXPECT(share > 0);
    forget(share);
    const double p = (*this)(x);
    row spread{};
    for (std::size_t i = 0; i < N; ++i) spread[i] = product(covariance_[i], x);
    const double curvature = share * p * (1 - p);
    const double known = 1 + curvature * product(spread, x);
    if (!(known >= 1 && known < 1e100)) return;  // rounding has eaten the covariance: nothing to learn from
    for (std::size_t i = 0; i < N; ++i)
      for (std::size_t j = 0; j < N; ++j) covariance_[i][j] -= curvature * spread[i] * spread[j] / known;
    // The new covariance times x is the old one times x, divided by `known`.
    const double error = share * ((happened ? 1.0 : 0.0) - p) / known;
    for (std::size_t i = 0; i < N; ++i)
      weights_[i] = std::clamp(weights_[i] + error * spread[i], -weight_max, weight_max);
  }

 private:
  friend struct foreshift::archive_access;
  static constexpr double weight_max = 100;
  static void members(auto& self, auto& archive) {
    archive(self.options_.prior, self.options_.prior_variance, self.options_.memory, self.weights_,
            self.covariance_);
  }
  [[nodiscard]] bool consistent_options() const {
    return options_.prior_variance > 0 && options_.prior_variance <= 1e6 &&
           (options_.memory == 0 || (options_.memory > 1 && options_.memory <= 1e18)) &&
           std::ranges::all_of(options_.prior, [](double w) { return std::abs(w) <= weight_max; });
  }
  [[nodiscard]] bool consistent() const {
    if (!consistent_options()) return false;
    for (std::size_t i = 0; i < N; ++i) {
      if (!(std::abs(weights_[i]) <= weight_max)) return false;
      if (!(covariance_[i][i] >= 0)) return false;
      for (std::size_t j = 0; j < N; ++j)
        if (!(std::abs(covariance_[i][j]) <= 2 * options_.prior_variance)) return false;
    }
    return true;
  }
  [[nodiscard]] static double product(const row& a, const row& b) {
    double sum = 0;
    for (std::size_t i = 0; i < N; ++i) sum += a[i] * b[i];
    return sum;
  }
  /// What is not known grows again, as far as the prior.
  void forget(double share) {
    if (options_.memory == 0) return;
    const double growth = std::exp(share / options_.memory);
    row scale{};
    for (std::size_t i = 0; i < N; ++i) {
      const double now = covariance_[i][i];
      scale[i] = std::sqrt(now > 0 ? std::min(growth, std::max(1.0, options_.prior_variance / now)) : 1.0);
    }
    for (std::size_t i = 0; i < N; ++i)
      for (std::size_t j = 0; j < N; ++j) covariance_[i][j] *= scale[i] * scale[j];
  }

  options options_;
  row weights_;
  std::array<row, N> covariance_{};
};

}  // namespace foreshift::inline FORESHIFT_ABI::risk
