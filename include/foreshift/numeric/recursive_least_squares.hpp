#pragma once
/// @file
/// Linear regression that learns row by row and forgets slowly.
///
/// Each row costs O(k^2) and no allocation. The covariance is kept as U D U' with unit upper triangular U and
/// D >= 0, so it can never lose its symmetry or turn negative. A coefficient whose column is silent for long,
/// such as a campaign's, would have its variance grow without bound under plain exponential forgetting and
/// then jump at the first new row (wind-up): forgetting is therefore done per coefficient and stops at a cap.
///
/// Source: G. J. Bierman, "Factorization Methods for Discrete Sequential Estimation", 1977, chapter V
/// (update); J. Parkum, N. Poulsen, J. Holst, "Recursive forgetting algorithms", Int. J. Control 55, 1992
/// (selective forgetting; the cap as a diagonal scaling of U D U' is ours).

#include <foreshift/core/contract.hpp>
#include <foreshift/numeric/least_squares.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::numeric {

struct rls_options {
  double forgetting = 0.999;         ///< in (0, 1]: a row's weight after a steps is forgetting^a
  double variance_growth_max = 100;  ///< >= 1: no coefficient's variance exceeds this times its first one
};

/// One row of regression data. A row with anything not finite, or with weight 0, teaches nothing.
struct regression_row {
  std::span<const double> x{};
  double y = 0;
  double weight = 1;  ///< >= 0
};

/// A regular value: a copy learns on its own.
class recursive_least_squares {
 public:
  using options = rls_options;

  /// Starts from b = 0 with the same variance for each coefficient (in units of the noise variance).
  /// @pre prior_variance > 0
  recursive_least_squares(std::size_t columns, double prior_variance, options wanted = {})
      : wanted_(wanted),
        b_(columns),
        d_(columns, prior_variance),
        u_(columns * (columns - (columns > 0 ? 1 : 0)) / 2),
        cap_(columns),
        gain_(columns),
        rise_(columns) {
    FORESHIFT_EXPECT(prior_variance > 0);
    start();
  }

  /// Goes on from a batch fit. O(k^3).
  explicit recursive_least_squares(const regression_fit& fit, options wanted = {})
      : recursive_least_squares(fit.coefficients.size(), 1.0, wanted) {
    b_ = fit.coefficients;
    factor(fit.covariance);
    start();
  }

  [[nodiscard]] std::size_t columns() const { return b_.size(); }
  [[nodiscard]] std::span<const double> coefficients() const { return b_; }
  /// @pre x has a value for each column
  [[nodiscard]] double predict(std::span<const double> x) const {
    FORESHIFT_EXPECT(x.size() == columns());
    return dot(b_, x);
  }
  /// The variance of coefficient j, in units of the noise variance. O(k).
  [[nodiscard]] double variance(std::size_t j) const {
    double v = d_[j];
    for (std::size_t m = j + 1; m < columns(); ++m) v += column(m)[j] * column(m)[j] * d_[m];
    return v;
  }

  /// Learns from one row; returns the innovation, y minus what was predicted for it (NaN where y or x is
  /// missing). O(k^2), no allocation.
  double update(const regression_row& row) {
    FORESHIFT_EXPECT(row.x.size() == columns() && row.weight >= 0);
    const double innovation = row.y - predict(row.x);
    if (!std::isfinite(innovation) || !(row.weight > 0)) return innovation;
    forget();
    correct(row.x, 1.0 / row.weight, innovation);
    return innovation;
  }

 private:
  // U is stored by columns: column j holds its j entries above the diagonal.
  [[nodiscard]] std::span<double> column(std::size_t j) { return std::span{u_}.subspan(j * (j - 1) / 2, j); }
  [[nodiscard]] std::span<const double> column(std::size_t j) const {
    return std::span{u_}.subspan(j * (j - 1) / 2, j);
  }

  void start() {
    FORESHIFT_EXPECT(wanted_.forgetting > 0 && wanted_.forgetting <= 1 && wanted_.variance_growth_max >= 1);
    for (std::size_t j = 0; j < columns(); ++j) cap_[j] = wanted_.variance_growth_max * variance(j);
  }

  /// P = U D U', from the last column to the first; a pivot lost in rounding counts as 0 (the value is
  /// known).
  void factor(std::vector<double> p) {
    const std::size_t k = columns();
    FORESHIFT_EXPECT(p.size() == k * k);
    for (std::size_t j = k; j-- > 0;) {
      d_[j] = std::max(p[j * k + j], 0.0);
      for (std::size_t i = 0; i < j; ++i) column(j)[i] = d_[j] > 0 ? p[i * k + j] / d_[j] : 0.0;
      for (std::size_t i = 0; i < j; ++i)
        for (std::size_t m = 0; m <= i; ++m) p[m * k + i] -= column(j)[i] * column(j)[m] * d_[j];
    }
  }

  /// Each coefficient's variance grows by 1 / forgetting, but not past its cap: P becomes S P S with S
  /// diagonal.
  void forget() {
    if (wanted_.forgetting == 1.0) return;
    const std::size_t k = columns();
    std::copy(d_.begin(), d_.end(), rise_.begin());
    for (std::size_t j = 1; j < k; ++j)
      for (std::size_t i = 0; i < j; ++i) rise_[i] += column(j)[i] * column(j)[i] * d_[j];
    for (std::size_t j = 0; j < k; ++j)
      rise_[j] =
          rise_[j] > 0 ? std::sqrt(std::clamp(cap_[j] / rise_[j], 1.0, 1.0 / wanted_.forgetting)) : 1.0;
    for (std::size_t j = 0; j < k; ++j) {
      d_[j] *= rise_[j] * rise_[j];
      if (j == 0) continue;
      for (std::size_t i = 0; i < j; ++i) column(j)[i] *= rise_[i] / rise_[j];
    }
  }

  /// Bierman's update with one observation of variance `noise` > 0.
  void correct(std::span<const double> x, double noise, double innovation) {
    double alpha = noise;
    for (std::size_t j = 0; j < columns(); ++j) {
      double f = x[j];
      if (j > 0) f += dot(column(j), x.first(j));
      const double v = d_[j] * f;
      const double before = alpha;
      alpha += f * v;
      d_[j] *= before / alpha;
      gain_[j] = v;
      if (j == 0) continue;
      const double shift = -f / before;
      const auto u = column(j);
      for (std::size_t i = 0; i < j; ++i) {
        const double old = u[i];
        u[i] += gain_[i] * shift;
        gain_[i] += v * old;
      }
    }
    for (std::size_t j = 0; j < columns(); ++j) b_[j] += gain_[j] / alpha * innovation;
  }

  options wanted_;
  std::vector<double> b_;     // coefficients
  std::vector<double> d_;     // diagonal of D
  std::vector<double> u_;     // strict upper triangle of U, by columns
  std::vector<double> cap_;   // largest variance of each coefficient
  std::vector<double> gain_;  // scratch, kept to avoid allocation
  std::vector<double> rise_;  // scratch
};

}  // namespace foreshift::inline FORESHIFT_ABI::numeric
