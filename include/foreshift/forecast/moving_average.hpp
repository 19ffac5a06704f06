#pragma once
/// @file
/// Means over a moving window, without the drift of a running sum.
///
/// A sum that is carried along by adding what enters and subtracting what leaves keeps the rounding of every
/// large value it has ever met. Here every window is the end of one block plus the start of the next: three
/// additions a value at any window length, no subtraction, and an outlier is forgotten once it has left.
///
/// Source: M. van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and octagonal
/// kernels", Pattern Recognition Letters 13, 1992 (the blocks; here with sums).

#include <foreshift/core/contract.hpp>

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// out[i] is the mean of y[i .. i + window). O(n); allocates when `scratch` is shorter than the window.
/// @pre 1 <= window <= y.size(), out has y.size() - window + 1 values and does not overlap y
inline void moving_average(std::span<const double> y, std::size_t window, std::span<double> out,
                           std::vector<double>& scratch) {
  FORESHIFT_EXPECT(window >= 1 && window <= y.size() && out.size() == y.size() - window + 1);
  if (scratch.size() < window) scratch.resize(window);
  const double share = 1.0 / static_cast<double>(window);
  for (std::size_t block = 0; block < out.size(); block += window) {
    double tail = 0;
    for (std::size_t j = window; j-- > 0;) scratch[j] = tail += y[block + j];
    double head = 0;
    for (std::size_t j = 0; j < window && block + j < out.size(); ++j) {
      out[block + j] = (scratch[j] + head) * share;
      if (block + window + j < y.size()) head += y[block + window + j];
    }
  }
}

/// The trend of classical decomposition: a mean over one whole season around each value, with half weights
/// at both ends when the season is even. The first and last season_length / 2 values have none and are NaN.
/// @pre 1 <= season_length < y.size(); out has y's size and does not overlap it
inline void centred_moving_average(std::span<const double> y, std::size_t season_length,
                                   std::span<double> out, std::vector<double>& scratch) {
  FORESHIFT_EXPECT(season_length < y.size() && out.size() == y.size());
  const std::size_t half = season_length / 2;
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t i = 0; i < half; ++i) out[i] = out[out.size() - 1 - i] = none;
  if (season_length % 2 == 1)
    return moving_average(y, season_length, out.subspan(half, y.size() - 2 * half), scratch);
  // Two windows, one step apart: their mean has half weights at both ends.
  moving_average(y.first(y.size() - 1), season_length, out.subspan(half, y.size() - 2 * half), scratch);
  double carried = 0;
  for (std::size_t j = y.size() - season_length; j < y.size(); ++j) carried += y[j];
  carried /= static_cast<double>(season_length);
  for (std::size_t i = y.size() - half; i-- > half;) {
    const double before = out[i];
    out[i] = 0.5 * (before + carried);
    carried = before;
  }
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
