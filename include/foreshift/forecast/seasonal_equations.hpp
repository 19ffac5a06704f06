#pragma once
/// @file
/// Least squares with a few dense columns and many season dummies, row by row, at the price of the dense
/// columns.
///
/// In each row exactly one dummy is 1. The dummies' block of the normal equations is therefore diagonal and
/// is eliminated in closed form; what remains to be factored has the size of the dense block. Six lags and 24
/// hours cost a factorisation of size 7, not 31. The sums are kept rather than an inverse, so that the ridge
/// never fades, and nothing blows up when a column has been constant for long (the wind-up of recursive least
/// squares).
///
/// Source: A. Björck, "Numerical Methods for Least Squares Problems", 1996, sections 2.3 (normal equations)
/// and 6.3 (block elimination); exponential forgetting as in L. Ljung, "System Identification", 2nd ed.,
/// section 11.2.

#include <foreshift/core/archive.hpp>
#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// min sum_t w_t (y_t - x_t b - g[place_t])^2 + sum_j ridge_j (b_j - prior_j)^2 + ridge_place sum_p g_p^2
///
/// The weight of a row fades by `fade` with each call of `age`. A regular value; allocates only in its
/// constructor.
class seasonal_equations {
 public:
  struct shape {
    std::size_t columns = 1;   ///< k, dense, at least 1
    std::size_t places = 0;    ///< d; 0 means no dummies
    double fade = 1.0;         ///< in (0, 1]
    double ridge_place = 1.0;  ///< > 0

    static void members(auto& self, auto& archive) {
      archive(self.columns, self.places, self.fade, self.ridge_place);
    }
    [[nodiscard]] bool consistent() const {
      return is_archived_size(columns) && places <= archived_size_max && fade > 0 && fade <= 1 &&
             ridge_place > 0;
    }
  };

  /// @param ridge,prior k values each, ridge > 0
  seasonal_equations(const shape& s, std::span<const double> ridge, std::span<const double> prior)
      : shape_(s),
        ridge_(ridge.begin(), ridge.end()),
        prior_(prior.begin(), prior.end()),
        gram_(s.columns * s.columns),
        moment_(s.columns),
        cross_(s.places * s.columns),
        place_weight_(s.places),
        place_moment_(s.places),
        factor_(s.columns * s.columns),
        share_(s.columns) {
    FORESHIFT_EXPECT(s.columns >= 1 && ridge.size() == s.columns && prior.size() == s.columns);
    FORESHIFT_EXPECT(s.fade > 0 && s.fade <= 1 && s.ridge_place > 0);
  }

  /// Lets all that was learned fade by one step. O(1) amortised: new rows gain weight instead.
  void age() {
    gain_ /= shape_.fade;
    if (gain_ > 1e9) rescale();
  }

  /// Takes a row. O(k^2). @pre x has k finite values, place < d (or d = 0), weight >= 0
  void add(std::span<const double> x, std::size_t place, double y, double weight) {
    const std::size_t k = shape_.columns;
    const double w = weight * gain_;
    for (std::size_t i = 0; i < k; ++i) {
      const double wx = w * x[i];
      double* g = &gram_[i * k];
      for (std::size_t j = 0; j <= i; ++j) g[j] += wx * x[j];
      moment_[i] += wx * y;
    }
    if (shape_.places == 0) return;
    FORESHIFT_EXPECT(place < shape_.places);
    double* c = &cross_[place * k];
    for (std::size_t i = 0; i < k; ++i) c[i] += w * x[i];
    place_weight_[place] += w;
    place_moment_[place] += w * y;
  }

  /// Writes the minimiser. O(k^2 (k + d)), no allocation. A pivot lost in rounding gives the coefficient 0.
  /// @pre b has k values, g has d
  void solve(std::span<double> b, std::span<double> g) {
    const std::size_t k = shape_.columns;
    for (std::size_t i = 0; i < k; ++i) {
      for (std::size_t j = 0; j <= i; ++j) factor_[i * k + j] = gram_[i * k + j];
      factor_[i * k + i] += gain_ * ridge_[i];
      b[i] = moment_[i] + gain_ * ridge_[i] * prior_[i];
    }
    const double ridge = gain_ * shape_.ridge_place;
    for (std::size_t p = 0; p < shape_.places; ++p) {
      if (place_weight_[p] == 0) continue;
      const double* c = &cross_[p * k];
      const double inverse = 1.0 / (place_weight_[p] + ridge);
      const double moment = place_moment_[p];
      for (std::size_t i = 0; i < k; ++i) {
        const double s = inverse * c[i];
        double* f = &factor_[i * k];
        for (std::size_t j = 0; j <= i; ++j) f[j] -= s * c[j];
        b[i] -= s * moment;
      }
    }
    factor_and_substitute(b);
    for (std::size_t p = 0; p < shape_.places; ++p) {
      double explained = 0;
      for (std::size_t i = 0; i < k; ++i) explained += cross_[p * k + i] * b[i];
      g[p] = (place_moment_[p] - explained) / (place_weight_[p] + ridge);
    }
  }

  [[nodiscard]] std::size_t columns() const { return shape_.columns; }
  [[nodiscard]] std::size_t places() const { return shape_.places; }

  /// Forgets all rows.
  void clear() {
    gain_ = 1.0;
    for (auto* sums : {&gram_, &moment_, &cross_, &place_weight_, &place_moment_})
      for (double& s : *sums) s = 0;
  }

 private:
  friend struct foreshift::archive_access;
  seasonal_equations() = default;
  static void members(auto& self, auto& archive) {
    archive(self.shape_, self.ridge_, self.prior_, self.gram_, self.moment_, self.cross_, self.place_weight_,
            self.place_moment_, self.gain_);
    if constexpr (std::remove_reference_t<decltype(archive)>::reading) {
      self.factor_.resize(self.gram_.size());
      self.share_.resize(self.moment_.size());
    }
  }
  /// What the sums hold is not asked: `solve` ends with any, and the model bounds what comes of it.
  [[nodiscard]] bool consistent() const {
    const std::size_t k = shape_.columns, d = shape_.places;
    return ridge_.size() == k && prior_.size() == k && gram_.size() == k * k && moment_.size() == k &&
           cross_.size() == d * k && place_weight_.size() == d && place_moment_.size() == d && gain_ >= 1 &&
           std::ranges::all_of(ridge_, [](double r) { return r > 0; });
  }

  // Cholesky of the lower triangle in factor_, then both substitutions in b.
  void factor_and_substitute(std::span<double> b) {
    const std::size_t k = shape_.columns;
    for (std::size_t i = 0; i < k; ++i) {
      const double own = gram_[i * k + i] + gain_ * ridge_[i];
      for (std::size_t j = 0; j <= i; ++j) {
        double s = factor_[i * k + j];
        for (std::size_t m = 0; m < j; ++m) s -= factor_[i * k + m] * factor_[j * k + m];
        if (j < i)
          factor_[i * k + j] = s * share_[j];
        else
          share_[i] = s > 1e-13 * own ? 1.0 / std::sqrt(s) : 0.0;  // 0: the column adds nothing
      }
      double s = b[i];
      for (std::size_t m = 0; m < i; ++m) s -= factor_[i * k + m] * b[m];
      b[i] = s * share_[i];
    }
    for (std::size_t i = k; i-- > 0;) {
      double s = b[i];
      for (std::size_t m = i + 1; m < k; ++m) s -= factor_[m * k + i] * b[m];
      b[i] = s * share_[i];
    }
  }

  void rescale() {
    const double down = 1.0 / gain_;
    for (auto* sums : {&gram_, &moment_, &cross_, &place_weight_, &place_moment_})
      for (double& s : *sums) s *= down;
    gain_ = 1.0;
  }

  shape shape_;
  std::vector<double> ridge_, prior_;
  std::vector<double> gram_;          ///< k x k, lower triangle: X'WX
  std::vector<double> moment_;        ///< k: X'Wy
  std::vector<double> cross_;         ///< d x k: the rows' sums by place
  std::vector<double> place_weight_;  ///< d
  std::vector<double> place_moment_;  ///< d
  std::vector<double> factor_, share_;
  double gain_ = 1.0;  ///< weight of a row of today
};

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
