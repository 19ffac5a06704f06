#pragma once
/// @file
/// Loess on a regular grid: a smooth curve through a series by weighted lines over moving windows.
///
/// At each position a constant or a line is fitted to the nearest `window` values, with tricube weights that
/// fall to zero at the window's edge, and its value there is the smooth. With `jump` above one only every
/// jump-th position is fitted and the rest lies on lines between. Away from the ends every window has the
/// same weights, so they are computed once; many series of one length (the cycle-subseries of STL) stand
/// interleaved and share them too.
///
/// Source: W. S. Cleveland, "Robust locally weighted regression and smoothing scatterplots", JASA 74, 1979;
/// R. B. Cleveland et al., "STL: a seasonal-trend decomposition procedure based on loess", J. Official
/// Statistics 6, 1990, sections 2.2 and 3.4 (the window that is longer than the series, the jumps).

#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

struct loess_options {
  std::size_t window = 7;  ///< q, how many of the nearest values count; may exceed the series; at least 3
  int degree = 1;          ///< 0: a local constant, 1: a local line
  std::size_t jump = 1;    ///< distance from one fitted position to the next, at least 1
};

/// `columns` series side by side: value i of series c stands at [i * stride + c]. Weights stand at the same
/// places; without any, all values count alike.
struct interleaved_view {
  const double* values = nullptr;
  const double* weights = nullptr;
  std::size_t rows = 0;
  std::size_t columns = 1;
  std::size_t stride = 1;
};

/// Keeps the scratch memory of many passes. A pass over one column costs O(rows * window / jump) and
/// allocates only when its window is longer than any before.
class loess_smoother {
 public:
  /// Writes the smooth of every column at the places that correspond to the input's. A place whose whole
  /// window has weight zero keeps its value. @pre in.rows >= 1, out does not overlap the input
  void smooth(const interleaved_view& in, const loess_options& options, double* out) {
    start(in, options);
    if (in.rows < 2) {
      std::copy_n(in.values, in.columns, out);
      return;
    }
    const std::size_t step = std::min(options.jump, in.rows - 1);
    std::size_t done = 0;
    for (std::size_t i = 0;; i = std::min(i + step, in.rows - 1)) {
      const std::size_t left = window_start(i);
      fit_at(static_cast<double>(i), left, left + count_ - 1, in.values + i * in.stride, out + i * in.stride);
      draw_line(out, done, i);
      done = i;
      if (i == in.rows - 1) break;
    }
  }

  /// The smooth one step before the first value and one step after the last, for each column.
  /// @param smoothed what `smooth` wrote; its ends stand in where a window has no weight
  void extend(const interleaved_view& in, const loess_options& options, const double* smoothed,
              double* before, double* after) {
    start(in, options);
    const std::size_t last = in.rows - 1;
    fit_at(-1.0, 0, count_ - 1, smoothed, before);
    fit_at(static_cast<double>(in.rows), in.rows - count_, last, smoothed + last * in.stride, after);
  }

 private:
  void start(const interleaved_view& in, const loess_options& options) {
    FORESHIFT_EXPECT(in.rows >= 1 && options.window >= 3 && options.jump >= 1 && options.degree >= 0 &&
                     options.degree <= 1);
    in_ = in;
    options_ = options;
    count_ = std::min(options.window, in.rows);
    tricube_.resize(std::max(tricube_.size(), count_));
    operator_.resize(std::max(operator_.size(), count_));
    offset_ = -2.0 * static_cast<double>(count_) - 2.0;  // no window begins there: nothing is computed yet
  }
  [[nodiscard]] std::size_t window_start(std::size_t i) const {
    const std::size_t half = (options_.window + 1) / 2;
    return i + 1 <= half ? 0 : std::min(i + 1 - half, in_.rows - count_);
  }

  // The fit at position x from the rows left .. right, for every column. `instead` where nothing has weight.
  void fit_at(double x, std::size_t left, std::size_t right, const double* instead, double* out) {
    weigh(x - static_cast<double>(left), static_cast<double>(right) - x);
    const std::size_t at = left * in_.stride;
    std::size_t c = 0;
    for (; c + 8 <= in_.columns; c += 8) fit_columns<8>(at + c, instead + c, out + c);
    for (; c < in_.columns; ++c) {
      if (in_.weights == nullptr && in_.stride == 1)
        out[c] = dot(in_.values + at + c);
      else
        fit_columns<1>(at + c, instead + c, out + c);
    }
  }

  // Tricube weights by distance from x, which lies `offset` after the window's first row and `rest` before
  // its last.
  void weigh(double offset, double rest) {
    if (offset == offset_) return;  // windows of one length in one position relative to x have one shape
    offset_ = offset;
    double reach = std::max(offset, rest);
    if (options_.window > in_.rows) reach += static_cast<double>((options_.window - in_.rows) / 2);
    const double outside = 0.999 * reach, centre = 0.001 * reach;
    double s0 = 0, s1 = 0, s2 = 0;
    for (std::size_t j = 0; j < count_; ++j) {
      const double d = static_cast<double>(j) - offset;
      const double r = std::abs(d);
      double w = 0;
      if (r <= centre) {
        w = 1;
      } else if (r <= outside) {
        const double share = r / reach;
        const double body = 1 - share * share * share;
        w = body * body * body;
      }
      tricube_[j] = w;
      s0 += w;
      s1 += w * d;
      s2 += w * d * d;
    }
    if (in_.weights != nullptr) return;
    // Without further weights the fit is one fixed sum of the values.
    const double mean = s1 / s0;
    const double slope = tilt(mean, s2 / s0 - mean * mean);
    for (std::size_t j = 0; j < count_; ++j)
      operator_[j] = tricube_[j] / s0 * (1 + slope * (static_cast<double>(j) - offset - mean));
  }
  // How the fitted line moves weight from its centre towards x. Positions that hardly differ carry no line.
  [[nodiscard]] double tilt(double mean, double spread) const {
    const double least = 0.001 * static_cast<double>(in_.rows - 1);
    return options_.degree > 0 && in_.rows > 1 && spread > least * least ? -mean / spread : 0.0;
  }

  template <std::size_t N>
  void fit_columns(std::size_t at, const double* instead, double* out) const {
    const double* y = in_.values + at;
    if (in_.weights == nullptr) {
      double t0[N] = {};
      for (std::size_t j = 0; j < count_; ++j, y += in_.stride)
        for (std::size_t c = 0; c < N; ++c) t0[c] += operator_[j] * y[c];
      for (std::size_t c = 0; c < N; ++c) out[c] = t0[c];
      return;
    }
    const double* w = in_.weights + at;
    double s0[N] = {}, s1[N] = {}, s2[N] = {}, t0[N] = {}, t1[N] = {};
    for (std::size_t j = 0; j < count_; ++j, y += in_.stride, w += in_.stride) {
      const double d = static_cast<double>(j) - offset_;
      for (std::size_t c = 0; c < N; ++c) {
        const double v = tricube_[j] * w[c];
        const double vd = v * d;
        s0[c] += v;
        s1[c] += vd;
        s2[c] += vd * d;
        t0[c] += v * y[c];
        t1[c] += vd * y[c];
      }
    }
    for (std::size_t c = 0; c < N; ++c) {
      if (!(s0[c] > 0)) {
        out[c] = instead[c];
        continue;
      }
      const double mean = s1[c] / s0[c];
      const double level = t0[c] / s0[c];
      out[c] = level + tilt(mean, s2[c] / s0[c] - mean * mean) * (t1[c] / s0[c] - mean * level);
    }
  }
  // Four sums at a time, so that an addition need not wait for the one before.
  [[nodiscard]] double dot(const double* y) const {
    double s[4] = {};
    std::size_t j = 0;
    for (; j + 4 <= count_; j += 4)
      for (std::size_t k = 0; k < 4; ++k) s[k] += operator_[j + k] * y[j + k];
    for (; j < count_; ++j) s[0] += operator_[j] * y[j];
    return (s[0] + s[1]) + (s[2] + s[3]);
  }

  void draw_line(double* out, std::size_t from, std::size_t to) const {
    if (to < from + 2) return;
    const double share = 1.0 / static_cast<double>(to - from);
    const double* a = out + from * in_.stride;
    const double* b = out + to * in_.stride;
    for (std::size_t i = from + 1; i < to; ++i)
      for (std::size_t c = 0; c < in_.columns; ++c)
        out[i * in_.stride + c] = a[c] + (b[c] - a[c]) * (share * static_cast<double>(i - from));
  }

  interleaved_view in_{};
  loess_options options_{};
  std::size_t count_ = 0;  // values in a window
  double offset_ = 0;      // how far behind its first row the window weighed last has its centre
  std::vector<double> tricube_, operator_;
};

/// The smooth of one series. Weights are as many as values and not negative, or none.
/// @pre y is not empty, out has its size, window >= 3, jump >= 1, degree is 0 or 1
inline void loess(std::span<const double> y, std::span<const double> weights, const loess_options& options,
                  std::span<double> out) {
  FORESHIFT_EXPECT(!y.empty() && out.size() == y.size() && (weights.empty() || weights.size() == y.size()));
  loess_smoother smoother;
  smoother.smooth({y.data(), weights.empty() ? nullptr : weights.data(), y.size(), 1, 1}, options,
                  out.data());
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
