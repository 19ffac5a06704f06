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
#include <array>
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
    FORESHIFT_EXPECT(x.size() == k && (shape_.places == 0 || place < shape_.places));
    const double w = weight * gain_;
    const double* const row = x.data();
    double *gram = gram_.data(), *const moment = moment_.data();
    for (std::size_t i = 0; i < k; ++i, gram += k) {
      const double wx = w * row[i];
      for (std::size_t j = 0; j <= i; ++j) gram[j] += wx * row[j];
      moment[i] += wx * y;
    }
    if (shape_.places == 0) return;
    double* const cross = cross_.data() + place * k;
    for (std::size_t i = 0; i < k; ++i) cross[i] += w * row[i];
    place_weight_[place] += w;
    place_moment_[place] += w * y;
  }

  /// Writes the minimiser. O(k^2 (k + d)), no allocation. A pivot lost in rounding gives the coefficient 0.
  /// @pre b has k values, g has d
  void solve(std::span<double> b, std::span<double> g) {
    FORESHIFT_EXPECT(b.size() == shape_.columns && g.size() == shape_.places);
    switch (shape_.columns) {
      case 4:
        return solve_in<4>(b.data(), g.data());
      case 6:
        return solve_in<6>(b.data(), g.data());
      case 8:
        return solve_in<8>(b.data(), g.data());
      default:
        return solve_in<0>(b.data(), g.data());
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

  /// @tparam Columns even, so that the compiler knows how long the rows are and takes them in pairs, above
  /// the diagonal too, where nothing is read; or 0 for any number. Either computes what is read in the same
  /// order.
  template <std::size_t Columns>
  void solve_in(double* b, double* g) {
    constexpr bool fixed = Columns > 0;
    const std::size_t k = fixed ? Columns : shape_.columns;
    std::array<double, fixed ? Columns * Columns : 1> square;
    std::array<double, fixed ? Columns : 1> side;
    double* const f = fixed ? square.data() : factor_.data();
    double* const r = fixed ? side.data() : b;
    const double *const gram = gram_.data(), *const ridges = ridge_.data();
    for (std::size_t i = 0; i < k; ++i) {
      for (std::size_t j = 0; j < (fixed ? k : i + 1); ++j) f[i * k + j] = gram[i * k + j];
      f[i * k + i] += gain_ * ridges[i];
      r[i] = moment_[i] + gain_ * ridges[i] * prior_[i];
    }
    const double ridge = gain_ * shape_.ridge_place;
    const double *const cross = cross_.data(), *const weights = place_weight_.data(),
                        *const moments = place_moment_.data();
    for (std::size_t p = 0; p < shape_.places; ++p) {
      if (weights[p] == 0) continue;
      const double* const c = cross + p * k;
      const double inverse = 1.0 / (weights[p] + ridge);
      for (std::size_t i = 0; i < k; ++i) {
        const double s = inverse * c[i];
        for (std::size_t j = 0; j < (fixed ? k : i + 1); ++j) f[i * k + j] -= s * c[j];
        r[i] -= s * moments[p];
      }
    }
    factor_and_substitute<Columns>(f, r);
    if constexpr (fixed) std::ranges::copy(side, b);
    for (std::size_t p = 0; p < shape_.places; ++p) {
      double explained = 0;
      for (std::size_t i = 0; i < k; ++i) explained += cross[p * k + i] * b[i];
      g[p] = (moments[p] - explained) / (weights[p] + ridge);
    }
  }
  /// Cholesky of the lower triangle in f, then both substitutions in b.
  template <std::size_t Columns>
  void factor_and_substitute(double* f, double* b) {
    const std::size_t k = Columns > 0 ? Columns : shape_.columns;
    double* const share = share_.data();
    const double *const gram = gram_.data(), *const ridges = ridge_.data();
    for (std::size_t i = 0; i < k; ++i) {
      const double own = gram[i * k + i] + gain_ * ridges[i];
      for (std::size_t j = 0; j <= i; ++j) {
        double s = f[i * k + j];
        for (std::size_t m = 0; m < j; ++m) s -= f[i * k + m] * f[j * k + m];
        if (j < i)
          f[i * k + j] = s * share[j];
        else
          share[i] = s > 1e-13 * own ? 1.0 / std::sqrt(s) : 0.0;  // 0: the column adds nothing
      }
      double s = b[i];
      for (std::size_t m = 0; m < i; ++m) s -= f[i * k + m] * b[m];
      b[i] = s * share[i];
    }
    for (std::size_t i = k; i-- > 0;) {
      double s = b[i];
      for (std::size_t m = i + 1; m < k; ++m) s -= f[m * k + i] * b[m];
      b[i] = s * share[i];
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
