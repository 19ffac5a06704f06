#pragma once
/// @file
/// The two loops of STL, for callers that have settled every option.
///
/// The inner loop alternates: the detrended series is smoothed phase by phase, what is slow in the result is
/// taken out again, and what remains of the series without that season is smoothed to the trend. The outer
/// loop gives values that fit badly less weight and starts over.
///
/// Source: R. B. Cleveland, W. S. Cleveland, J. E. McRae, I. Terpenning, "STL: a seasonal-trend decomposition
/// procedure based on loess", J. Official Statistics 6, 1990, sections 2.3 to 2.5. Departures: observations
/// carry weights of their own from the start (0 in a gap); a window fitted at the last position is always
/// the last one, also when the jumps are longer than half a window; and the median is the median (the
/// authors' program hands its partial sort two ranks in the wrong order, so that for even n it now and then
/// is not).

#include <foreshift/forecast/loess.hpp>
#include <foreshift/forecast/moving_average.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

struct stl_settings {
  std::size_t season_length = 24;
  loess_options season, trend, low_pass;
  std::size_t inner = 2;
  std::size_t outer = 0;
};

/// Keeps its memory for the next series or season. Rows of one season stand one after the other, so the
/// cycle-subseries of all phases are the columns of the series as it is.
class stl_loop {
 public:
  /// Decomposes y into seasonal + trend + rest. `observed` has 1 or 0 for each value, or is empty for all 1;
  /// `weights` receives it times the robustness weights. O(n) each time round.
  /// @pre y.size() > 2 * season_length, all of y finite, the outputs have y's size
  void run(std::span<const double> y, std::span<const double> observed, const stl_settings& settings,
           std::span<double> seasonal, std::span<double> trend, std::span<double> weights) {
    const std::size_t n = y.size(), m = settings.season_length;
    FORESHIFT_EXPECT(n > 2 * m && m >= 2);
    cycles_.resize(n + 2 * m);
    first_.resize(n + m + 1);
    second_.resize(n + 2);
    work_.resize(n);
    std::ranges::fill(trend, 0.0);
    std::ranges::fill(weights, 1.0);
    if (!observed.empty()) std::ranges::copy(observed, weights.begin());
    const double* in_use = observed.empty() ? nullptr : weights.data();
    for (std::size_t k = 0;; ++k) {
      for (std::size_t i = 0; i < settings.inner; ++i) pass(y, in_use, settings, seasonal, trend);
      if (k == settings.outer) return;
      reweigh(y, observed, seasonal, trend, weights);
      in_use = weights.data();
    }
  }

 private:
  void pass(std::span<const double> y, const double* weights, const stl_settings& s,
            std::span<double> seasonal, std::span<double> trend) {
    const std::size_t n = y.size(), m = s.season_length;
    for (std::size_t i = 0; i < n; ++i) work_[i] = y[i] - trend[i];
    smooth_cycles(weights, s);
    // What is slower than a season belongs to the trend.
    moving_average(cycles_, m, first_, scratch_);
    moving_average(first_, m, second_, scratch_);
    moving_average(second_, 3, work_, scratch_);
    smoother_.smooth({work_.data(), nullptr, n, 1, 1}, s.low_pass, first_.data());
    for (std::size_t i = 0; i < n; ++i) seasonal[i] = cycles_[m + i] - first_[i];
    for (std::size_t i = 0; i < n; ++i) work_[i] = y[i] - seasonal[i];
    smoother_.smooth({work_.data(), weights, n, 1, 1}, s.trend, trend.data());
  }

  // work_ -> cycles_: each phase smoothed and extended by one season on either side. The phases of an
  // unfinished last season have a row more.
  void smooth_cycles(const double* weights, const stl_settings& s) {
    const std::size_t n = work_.size(), m = s.season_length;
    const std::size_t whole = n / m, longer = n % m;
    const auto columns = [&](std::size_t from, std::size_t to, std::size_t rows) {
      if (from == to) return;
      const interleaved_view in{work_.data() + from, weights == nullptr ? nullptr : weights + from, rows,
                                to - from, m};
      double* const out = cycles_.data() + m + from;
      smoother_.smooth(in, s.season, out);
      smoother_.extend(in, s.season, out, cycles_.data() + from, out + rows * m);
    };
    columns(0, longer, whole + 1);
    columns(longer, m, whole);
  }

  // Bisquare weights: 1 near the fit, 0 beyond six median absolute residuals.
  void reweigh(std::span<const double> y, std::span<const double> observed, std::span<const double> seasonal,
               std::span<const double> trend, std::span<double> weights) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
      weights[i] = std::abs(y[i] - seasonal[i] - trend[i]);
      if (observed.empty() || observed[i] > 0) work_[count++] = weights[i];
    }
    const auto begin = work_.begin(), end = begin + static_cast<std::ptrdiff_t>(count);
    const auto middle = begin + static_cast<std::ptrdiff_t>(count / 2);
    std::nth_element(begin, middle, end);
    const double lower = count % 2 == 1 ? *middle : *std::max_element(begin, middle);
    const double limit = 3 * (lower + *middle);
    for (std::size_t i = 0; i < y.size(); ++i) {
      const double r = weights[i];
      const double u = r / limit;
      weights[i] = r <= 0.001 * limit ? 1.0 : r <= 0.999 * limit ? (1 - u * u) * (1 - u * u) : 0.0;
      if (!observed.empty()) weights[i] *= observed[i];
    }
  }

  loess_smoother smoother_;
  std::vector<double> cycles_, first_, second_, work_, scratch_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
