#pragma once
/// @file
/// How wrong the recent forecasts were, step by step: the memory from which intervals and joint paths are
/// drawn.
///
/// A block is the errors of one past forecast at all its steps. The blocks of the last K + H forecasts stand
/// in one flat ring; a block is written as a curve of means and turned into errors as the observations come
/// in. The errors of one block belong together: adding a whole block to a new mean keeps their
/// autocorrelation.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/forecast/observation.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// A regular value; allocates only in its constructor.
class error_blocks {
 public:
  struct shape {
    std::size_t horizon = 12;  ///< H, steps of a block, at least 1
    std::size_t kept = 288;    ///< K, complete blocks remembered, at least 1
  };

  explicit error_blocks(const shape& s) : shape_(s), rows_(s.kept + s.horizon), values_(rows_ * s.horizon) {
    FORESHIFT_EXPECT(s.horizon >= 1 && s.kept >= 1);
  }

  /// Where the mean curve of a forecast made now has to be written: H values.
  std::span<double> open() {
    head_ = head_ + 1 == rows_ ? 0 : head_ + 1;
    begun_ = std::min(begun_ + 1, rows_);
    return row(0);
  }
  /// Takes the observation of the next step, before the next `open`. H operations.
  /// A gap says nothing about the step: the error of the step before is kept, so that paths stay whole.
  void observe(double y) {
    const std::size_t last = std::min(shape_.horizon, begun_);
    const bool seen = is_observed(y);
    for (std::size_t lead = 0; lead < last; ++lead) {
      const auto block = row(lead);
      if (seen)
        block[lead] = y - block[lead];
      else
        block[lead] = lead > 0 ? block[lead - 1] : 0.0;
    }
  }

  [[nodiscard]] std::size_t horizon() const { return shape_.horizon; }
  /// Blocks all of whose steps have been observed.
  /// @note between `observe` and `open` the youngest block counts as one step further than it seems; call
  /// after open
  [[nodiscard]] std::size_t complete() const {
    return begun_ > shape_.horizon ? std::min(begun_ - shape_.horizon, shape_.kept) : 0;
  }
  /// The complete block of the given age; 0 is the youngest. @pre age < complete()
  [[nodiscard]] std::span<const double> block(std::size_t age) const {
    FORESHIFT_EXPECT(age < complete());
    return row(age + shape_.horizon);
  }
  /// The curve last opened.
  [[nodiscard]] std::span<double> latest() { return row(0); }
  [[nodiscard]] std::span<const double> latest() const { return row(0); }
  /// How many errors are known at a step; shorter leads know of younger forecasts. @pre lead < horizon()
  [[nodiscard]] std::size_t known(std::size_t lead) const {
    return begun_ > lead + 1 ? std::min(begun_ - lead - 1, shape_.kept) : 0;
  }
  /// Copies the errors known at a step behind out's end.
  void append_errors(std::size_t lead, std::vector<double>& out) const {
    for (std::size_t age = 0; age < known(lead); ++age) out.push_back(row(age + lead + 1)[lead]);
  }

 private:
  [[nodiscard]] std::size_t start_of(std::size_t back) const {
    return (head_ >= back ? head_ - back : head_ + rows_ - back) * shape_.horizon;
  }
  [[nodiscard]] std::span<double> row(std::size_t back) {
    return std::span{values_}.subspan(start_of(back), shape_.horizon);
  }
  [[nodiscard]] std::span<const double> row(std::size_t back) const {
    return std::span{values_}.subspan(start_of(back), shape_.horizon);
  }

  shape shape_;
  std::size_t rows_;
  std::vector<double> values_;
  std::size_t head_ = 0;
  std::size_t begun_ = 0;
};

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
  if (p < 1.0 / (n + 1.0) || p > n / (n + 1.0)) {
    const double edge = p < 0.5 ? sorted.front() : sorted.back();
    const bool outwards = p < 0.5 ? edge < 0 : edge > 0;
    const double reach =
        foreshift::detail::portable_normal_quantile(p) /
        foreshift::detail::portable_normal_quantile(p < 0.5 ? 0.75 / (n + 1.0) : 1 - 0.75 / (n + 1.0));
    return outwards ? edge * std::max(reach, 1.0) : edge;
  }
  // Nudged by a rounding unit: (n + 1) p is meant exactly when it is a whole number.
  const double rank = (n + 1.0) * p;
  const double whole = p < 0.5 ? std::floor(rank + 1e-9) : std::ceil(rank - 1e-9);
  return sorted[static_cast<std::size_t>(std::clamp(whole, 1.0, n)) - 1];
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
