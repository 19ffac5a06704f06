#pragma once
/// @file
/// Which of the past errors speak for the forecast at hand: those of forecasts that were like it.
///
/// A quiet machine's errors are small and a loaded one's are large, and a load near its ceiling can only err
/// downwards. Errors are therefore weighted by how near the value that was forecast then is to the one now,
/// measured in mean errors. A few of them count whatever they are like, so that a forecast without precedent
/// has a distribution too. The weights are scaled to add up to the number of equally heavy errors that would
/// know as much, so that a forecast without precedent is not taken for one with few errors.
///
/// Source: L. Guan, "Localized conformal prediction: a generalized inference framework for conformal
/// prediction", Biometrika 110, 2023. The kernel is a power of Cauchy's density rather than a Gaussian: it
/// needs no exponential. The effective number: L. Kish, "Survey Sampling", 1965, section 11.7.

#include <foreshift/core/contract.hpp>
#include <foreshift/forecast/adaptive_conformal.hpp>
#include <foreshift/forecast/error_blocks.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// The weights of the errors known at one step. Refers to the errors; valid until they change.
class error_likeness {
 public:
  /// @param mean what is forecast now for this step
  /// @param bandwidth in mean absolute errors of the step: at this distance an error counts a quarter; 0:
  /// all count alike
  /// @pre bandwidth >= 0; errors.keeps_means() unless it is 0. O(errors).
  error_likeness(const error_blocks& errors, std::size_t step, double mean, double bandwidth)
      : errors_(&errors), step_(step), mean_(mean), known_(errors.known(step)) {
    FORESHIFT_EXPECT(bandwidth >= 0 && (bandwidth == 0 || errors.keeps_means()));
    if (bandwidth == 0 || known_ == 0) return;
    double sum = 0;
    for (std::size_t age = 0; age < known_; ++age) sum += std::abs(errors.error(step, age));
    const double reach = bandwidth * sum / static_cast<double>(known_);
    if (!(reach > 0)) return;  // no error yet: no forecast is unlike another
    per_reach_ = std::min(1 / reach, 1e150);
    double total = 0, squares = 0;
    for (std::size_t age = 0; age < known_; ++age) {
      const double w = kernel(age);
      total += w;
      squares += w * w;
    }
    unit_ = total / squares;
  }

  /// > 0. They add up to (sum k)^2 / sum k^2, where k is the kernel. @pre age < errors.known(step)
  [[nodiscard]] double weight(std::size_t age) const { return unit_ * kernel(age); }

  /// Where an error stands among them. O(errors), no allocation.
  [[nodiscard]] rank_span rank(double error) const {
    double below = 0, equal = 0, all = 0;
    for (std::size_t age = 0; age < known_; ++age) {
      const double w = weight(age), e = errors_->error(step_, age);
      all += w;
      if (e < error) below += w;
      if (e == error) equal += w;
    }
    return {below / (all + 1), (below + equal + 1) / (all + 1)};
  }

 private:
  [[nodiscard]] double kernel(std::size_t age) const {
    if (per_reach_ == 0) return 1;
    const double z = std::min(std::abs(errors_->mean(step_, age) - mean_) * per_reach_, 1e10);
    const double near = 1 / (1 + z * z);
    return std::max(near * near, least);
  }

  static constexpr double least = 1.0 / 32;  ///< of 288 errors nine count in any case
  const error_blocks* errors_;
  std::size_t step_;
  double mean_;
  std::size_t known_;
  double unit_ = 1;
  double per_reach_ = 0;  ///< 1 / bandwidth in the units of the series; 0: all count alike
};

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
