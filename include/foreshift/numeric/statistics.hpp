#pragma once
/// @file
/// What a handful of numbers says: mean, spread, median, quantiles.
///
/// Missing readings are NaN, and every function here treats them alike: NaN is skipped, and when nothing is
/// left the answer is NaN. Infinities are values. Functions that end in `_in_place` reorder their argument
/// instead of copying it, and then do not allocate.
///
/// Source: R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages", American Statistician 50,
/// 1996 (definition 7, the default of R and NumPy).

#include <foreshift/core/contract.hpp>
#include <foreshift/numeric/summation.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::numeric {

inline constexpr double missing = std::numeric_limits<double>::quiet_NaN();

/// For normal data, the median absolute deviation times this is the standard deviation: 1 / quantile(3/4).
inline constexpr double mad_to_sigma = 1.4826022185056018;

/// How many values are not NaN.
[[nodiscard]] inline std::size_t count_present(std::span<const double> values) {
  return static_cast<std::size_t>(
      std::count_if(values.begin(), values.end(), [](double x) { return !std::isnan(x); }));
}

/// O(n), no allocation.
[[nodiscard]] inline double mean(std::span<const double> values) {
  compensated_sum total;
  std::size_t n = 0;
  for (const double x : values)
    if (!std::isnan(x)) total.add(x), ++n;
  return n == 0 ? missing : total.value() / static_cast<double>(n);
}

/// The unbiased variance (n - 1 in the denominator), about the mean in a second pass; NaN below two values.
/// O(n).
[[nodiscard]] inline double variance(std::span<const double> values) {
  const double centre = mean(values);
  compensated_sum squares;
  std::size_t n = 0;
  for (const double x : values)
    if (!std::isnan(x)) squares.add((x - centre) * (x - centre)), ++n;
  return n < 2 ? missing : squares.value() / static_cast<double>(n - 1);
}

[[nodiscard]] inline double standard_deviation(std::span<const double> values) {
  return std::sqrt(variance(values));
}

/// Moves the NaN to the end and returns the rest. O(n), keeps the order of the rest.
inline std::span<double> drop_missing_in_place(std::span<double> values) {
  const auto kept =
      std::stable_partition(values.begin(), values.end(), [](double x) { return !std::isnan(x); });
  return values.first(static_cast<std::size_t>(kept - values.begin()));
}

/// The value below which a share p of the others lies, linear between neighbours (type 7). O(n) on average.
/// @pre 0 <= p <= 1
[[nodiscard]] inline double quantile_in_place(std::span<double> values, double p) {
  FORESHIFT_EXPECT(p >= 0 && p <= 1);
  const auto present = drop_missing_in_place(values);
  if (present.empty()) return missing;
  const double position = p * static_cast<double>(present.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const auto at = present.begin() + static_cast<std::ptrdiff_t>(below);
  std::nth_element(present.begin(), at, present.end());
  const double rest = position - static_cast<double>(below);
  if (rest == 0) return *at;
  const double above = *std::min_element(at + 1, present.end());  // exists: position is not the last index
  return *at == above ? *at : std::lerp(*at, above, rest);
}

[[nodiscard]] inline double quantile(std::span<const double> values, double p) {
  std::vector<double> copy(values.begin(), values.end());
  return quantile_in_place(copy, p);
}

/// Several quantiles from one sort: out[i] belongs to levels[i]. O(n log n).
/// @pre every level is in [0, 1], out has their number
inline void quantiles_in_place(std::span<double> values, std::span<const double> levels,
                               std::span<double> out) {
  FORESHIFT_EXPECT(levels.size() == out.size());
  const auto present = drop_missing_in_place(values);
  std::sort(present.begin(), present.end());
  for (std::size_t i = 0; i < levels.size(); ++i) {
    FORESHIFT_EXPECT(levels[i] >= 0 && levels[i] <= 1);
    if (present.empty()) {
      out[i] = missing;
      continue;
    }
    const double position = levels[i] * static_cast<double>(present.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const double low = present[below];
    const double high = present[std::min(below + 1, present.size() - 1)];
    out[i] = low == high ? low : std::lerp(low, high, position - static_cast<double>(below));
  }
}

/// The middle value, or the mean of the middle two.
[[nodiscard]] inline double median_in_place(std::span<double> values) {
  return quantile_in_place(values, 0.5);
}
[[nodiscard]] inline double median(std::span<const double> values) { return quantile(values, 0.5); }

/// The median distance from the median, unscaled; see `mad_to_sigma`. The values are replaced by distances.
[[nodiscard]] inline double median_absolute_deviation_in_place(std::span<double> values) {
  const double centre = median_in_place(values);
  for (double& x : values) x = std::abs(x - centre);
  return median_in_place(values);
}
[[nodiscard]] inline double median_absolute_deviation(std::span<const double> values) {
  std::vector<double> copy(values.begin(), values.end());
  return median_absolute_deviation_in_place(copy);
}

}  // namespace foreshift::inline FORESHIFT_ABI::numeric
