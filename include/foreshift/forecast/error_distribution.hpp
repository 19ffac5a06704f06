#pragma once
/// @file
/// From past errors to the distribution of the next one, step by step.
///
/// Where a step has many errors, its own order statistics are the quantiles (split conformal prediction).
/// Where it has few, the steps share one shape: errors are divided by the scale of their step, and the
/// quantiles of all of them together, halfway between one-sided and symmetric, are multiplied by the scale of
/// the step again.
///
/// Source: V. Vovk et al., "Algorithmic Learning in a Random World", 2005; J. Lei et al., "Distribution-free
/// predictive inference for regression", JASA 113, 2018, sections 2.2 and 5.2 (locally weighted).

#include <foreshift/core/contract.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/forecast/error_blocks.hpp>
#include <foreshift/forecast/error_likeness.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

namespace detail {

/// Where n errors are too few for a level, their outermost one, stretched outwards in the proportion of
/// normal quantiles.
[[nodiscard]] inline double stretched_edge(double edge, double n, double p) {
  const bool outwards = p < 0.5 ? edge < 0 : edge > 0;
  const double reach =
      foreshift::detail::portable_normal_quantile(p) /
      foreshift::detail::portable_normal_quantile(p < 0.5 ? 0.75 / (n + 1.0) : 1 - 0.75 / (n + 1.0));
  return outwards ? edge * std::max(reach, 1.0) : edge;
}

}  // namespace detail

/// The p-quantile of the next error, given n exchangeable errors so far: the order statistic whose coverage
/// is at least p for p > 1/2, and at most p for p < 1/2 (split conformal prediction).
///
/// Where n is too small for the level, conformal prediction has only infinity to offer. We extend the
/// outermost error in the proportion of normal quantiles instead: an honest guess in place of a useless
/// guarantee. Source: J. Lei et al., "Distribution-free predictive inference for regression", JASA 113, 2018,
/// section 2.2.
/// @pre sorted ascending and not empty, 0 < p < 1
[[nodiscard]] inline double conformal_quantile(std::span<const double> sorted, double p) {
  FORESHIFT_EXPECT(!sorted.empty() && p > 0 && p < 1);
  const auto n = static_cast<double>(sorted.size());
  if (p < 1.0 / (n + 1.0) || p > n / (n + 1.0))
    return detail::stretched_edge(p < 0.5 ? sorted.front() : sorted.back(), n, p);
  // Nudged by a rounding unit: (n + 1) p is meant exactly when it is a whole number.
  const double rank = (n + 1.0) * p;
  const double whole = p < 0.5 ? std::floor(rank + 1e-9) : std::ceil(rank - 1e-9);
  return sorted[static_cast<std::size_t>(std::clamp(whole, 1.0, n)) - 1];
}

/// Errors in ascending order, and behind each the sum of the weights up to and with it.
struct weighted_sample {
  std::span<const double> sorted;
  std::span<const double> cumulative;
};

/// The same where errors have weights > 0, and the error to come, which counts 1, is like each of them
/// in proportion. With weights of 1 it is the quantile above. Source: R. J. Tibshirani et al., "Conformal
/// prediction under covariate shift", NeurIPS 2019, lemma 3.
/// @pre not empty, 0 < p < 1
[[nodiscard]] inline double conformal_quantile(const weighted_sample& sample, double p) {
  FORESHIFT_EXPECT(!sample.sorted.empty() && sample.sorted.size() == sample.cumulative.size());
  FORESHIFT_EXPECT(p > 0 && p < 1);
  const auto sums = sample.cumulative;
  const double n = sums.back(), rank = (n + 1.0) * p;
  const auto at = p < 0.5 ? std::ranges::upper_bound(sums, rank + 1e-9) - sums.begin() - 1
                          : std::ranges::lower_bound(sums, rank - 1e-9) - sums.begin();
  if (at < 0) return detail::stretched_edge(sample.sorted.front(), n, p);
  if (at >= std::ssize(sums)) return detail::stretched_edge(sample.sorted.back(), n, p);
  return sample.sorted[static_cast<std::size_t>(at)];
}

/// The distribution of the error at each step of the horizon. Built once for a prediction; the numbers are
/// copied.
class error_distribution {
 public:
  /// @param enough a step with fewer errors than this takes part in the common shape
  /// @pre errors.known(0) >= 1. O(n log n) in the number of errors.
  error_distribution(const error_blocks& errors, std::size_t enough) {
    const std::size_t horizon = errors.horizon();
    enough = std::max<std::size_t>(enough, 1);
    own_.resize(horizon);
    bool few = false;
    for (std::size_t h = 0; h < horizon; ++h) {
      errors.append_errors(h, own_[h]);
      few = few || own_[h].size() < enough;
    }
    if (few) find_shape(enough);
    for (auto& sample : own_) std::ranges::sort(sample);
  }
  /// The same where errors count by how like the forecasts `means` they were; steps in the common shape take
  /// no part. @pre errors.keeps_means(), means.size() <= horizon; bandwidth > 0, see error_likeness
  error_distribution(const error_blocks& errors, std::size_t enough, std::span<const double> means,
                     double bandwidth)
      : error_distribution(errors, enough) {
    FORESHIFT_EXPECT(means.size() <= own_.size());
    sums_.resize(own_.size());
    std::vector<std::pair<double, double>> weighed;
    for (std::size_t h = 0; h < means.size(); ++h) {
      if (shared(h)) continue;
      weighed.clear();
      const error_likeness like{errors, h, means[h], bandwidth};
      for (std::size_t age = 0; age < own_[h].size(); ++age)
        weighed.emplace_back(errors.error(h, age), like.weight(age));
      std::ranges::sort(weighed);
      double sum = 0;
      for (std::size_t i = 0; i < weighed.size(); ++i) {
        own_[h][i] = weighed[i].first;
        sums_[h].push_back(sum += weighed[i].second);
      }
    }
  }

  /// The p-quantile of the error at a step. Never crossing in p. @pre step < horizon, 0 < p < 1
  [[nodiscard]] double quantile(std::size_t step, double p) const {
    if (!shared(step))
      return sums_.empty() || sums_[step].empty()
                 ? conformal_quantile(own_[step], p)
                 : conformal_quantile(weighted_sample{own_[step], sums_[step]}, p);
    const double one_sided = conformal_quantile(shape_, p);
    const double size = conformal_quantile(sizes_, std::clamp(std::abs(2 * p - 1), 1e-9, 1 - 1e-9));
    return scale_[step] * 0.5 * (one_sided + (p < 0.5 ? -size : size));
  }
  /// P(error > e) at a step, by bisection over the quantiles, to 1e-6; 0 and 1 are never said.
  [[nodiscard]] double probability_above(std::size_t step, double e) const {
    double low = 1e-6, high = 1 - 1e-6;
    while (high - low > 1e-6) {
      const double middle = 0.5 * (low + high);
      (quantile(step, middle) <= e ? low : high) = middle;
    }
    return 1 - 0.5 * (low + high);
  }

 private:
  [[nodiscard]] bool shared(std::size_t step) const { return !scale_.empty() && scale_[step] >= 0; }
  /// Scales from a moving mean over three steps of the squared errors; a scale that is itself estimated from
  /// b errors is too small too often, hence 1 + 1 / b (chosen on the training part of M4 hourly).
  void find_shape(std::size_t enough) {
    const std::size_t horizon = own_.size();
    std::vector<double> square(horizon);
    double all = 0, count = 0;
    for (std::size_t h = 0; h < horizon; ++h) {
      for (const double e : own_[h]) square[h] += e * e;
      all += square[h];
      count += static_cast<double>(own_[h].size());
    }
    scale_.resize(horizon);
    for (std::size_t h = 0; h < horizon; ++h) {
      double sum = 0, n = 0;
      for (std::size_t i = h > 0 ? h - 1 : 0; i <= std::min(h + 1, horizon - 1); ++i) {
        sum += square[i];
        n += static_cast<double>(own_[i].size());
      }
      // A step nobody has reached yet is as uncertain as all of them.
      scale_[h] = std::sqrt(n > 0 ? sum / n : all / count);
      if (scale_[h] > 0)
        for (const double e : own_[h]) shape_.push_back(e / scale_[h]);
    }
    if (shape_.empty()) shape_.push_back(0);
    for (const double z : shape_) sizes_.push_back(std::abs(z));
    std::ranges::sort(shape_);
    std::ranges::sort(sizes_);
    for (std::size_t h = 0; h < horizon; ++h) {
      const auto b = static_cast<double>(std::max<std::size_t>(own_[h].size(), 2));
      scale_[h] = own_[h].size() >= enough ? -1.0 : scale_[h] * (1 + 1 / b);  // -1: has its own quantiles
    }
  }

  std::vector<std::vector<double>> own_;   ///< errors of each step, ascending
  std::vector<std::vector<double>> sums_;  ///< of their weights; empty where all count alike
  std::vector<double> scale_;              ///< of each step; empty when every step has enough
  std::vector<double> shape_, sizes_;      ///< errors over their scale, ascending; their absolute values
};

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
