#pragma once
/// @file
/// Polynomials in the lag operator B: sparse products, differences, and the region where they are stationary.
///
/// A seasonal model of period m has few coefficients at lags up to p + P m, so a polynomial is kept as the
/// terms that are not zero. Whether all roots lie outside the unit circle is asked of its partial
/// autocorrelations: they do if and only if each is below one in size, and any such set is allowed, which
/// makes an unconstrained parametrisation of it.
///
/// Source: O. Barndorff-Nielsen, G. Schou, "On the parametrization of autoregressive models by partial
/// autocorrelations", J. Multivariate Analysis 3, 1973; J. F. Monahan, "A note on enforcing stationarity in
/// autoregressive-moving average models", Biometrika 71, 1984.

#include <foreshift/core/contract.hpp>
#include <foreshift/forecast/arima_order.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// value x B^lag
struct lag_term {
  std::size_t lag = 0;
  double value = 0;

  static void members(auto& self, auto& archive) { archive(self.lag, self.value); }
  [[nodiscard]] bool consistent() const { return lag >= 1 && std::isfinite(value); }
};
/// Terms of lag >= 1, by ascending lag. The constant term is one and not listed.
using lag_terms = std::vector<lag_term>;

[[nodiscard]] inline std::size_t longest_lag(const lag_terms& terms) {
  return terms.empty() ? 0 : terms.back().lag;
}

/// Terms t with 1 + sign * t = (1 + sign * a_1 B + ...)(1 + sign * b_1 B^m + ...): sign is -1 for
/// autoregressive and +1 for moving-average coefficients. O((p+1)(P+1)).
[[nodiscard]] inline lag_terms lag_product(std::span<const double> a, std::span<const double> b,
                                           std::size_t season_length, double sign) {
  lag_terms out;
  out.reserve((a.size() + 1) * (b.size() + 1));
  for (std::size_t j = 0; j <= b.size(); ++j)
    for (std::size_t i = 0; i <= a.size(); ++i) {
      if (i == 0 && j == 0) continue;
      const double value = j == 0 ? a[i - 1] : i == 0 ? b[j - 1] : sign * a[i - 1] * b[j - 1];
      const std::size_t lag = i + j * season_length;
      const auto at = std::ranges::lower_bound(out, lag, {}, &lag_term::lag);
      if (at != out.end() && at->lag == lag)
        at->value += value;
      else
        out.insert(at, {lag, value});
    }
  return out;
}

/// Both polynomials of a seasonal ARMA, multiplied out.
struct arma_polynomials {
  lag_terms ar, ma;
  /// How many values say everything about the future of the process.
  [[nodiscard]] std::size_t state_size() const {
    return std::max({longest_lag(ar), longest_lag(ma), std::size_t{1}});
  }
};

/// @pre one value for each coefficient of the order
[[nodiscard]] inline arma_polynomials multiply_out(const arima_order& order, std::span<const double> flat) {
  FORESHIFT_EXPECT(flat.size() == order.coefficients());
  const arma_parts<const double> part{order, flat};
  return {lag_product(part.ar, part.seasonal_ar, order.season_length, -1.0),
          lag_product(part.ma, part.seasonal_ma, order.season_length, 1.0)};
}

/// Terms with y = w + sum of terms applied to y, where w = (1-B)^d (1-B^m)^D y.
[[nodiscard]] inline lag_terms difference_terms(const arima_order& order) {
  const auto binomial = [](std::size_t k) {
    return k == 0 ? std::vector<double>{} : k == 1 ? std::vector<double>{1} : std::vector<double>{2, -1};
  };
  FORESHIFT_EXPECT(order.d <= 2 && order.D <= 2);
  auto terms = lag_product(binomial(order.d), binomial(order.D), order.season_length, -1.0);
  std::erase_if(terms, [](const lag_term& t) { return t.value == 0; });
  return terms;
}

/// Autoregressive coefficients of the given partial autocorrelations, in place. O(p^2).
inline void partials_to_coefficients(std::span<double> a) {
  std::vector<double> before;
  for (std::size_t k = 1; k < a.size(); ++k) {
    before.assign(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(k));
    for (std::size_t i = 0; i < k; ++i) a[i] -= a[k] * before[k - 1 - i];
  }
}

/// The way back; false, with `a` in ruins, when not all roots are outside the unit circle. O(p^2).
[[nodiscard]] inline bool coefficients_to_partials(std::span<double> a) {
  std::vector<double> before;
  for (std::size_t k = a.size(); k-- > 0;) {
    const double r = a[k];
    if (!(std::abs(r) < 1)) return false;
    before.assign(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(k));
    for (std::size_t i = 0; i < k; ++i) a[i] = (before[i] + r * before[k - 1 - i]) / (1 - r * r);
  }
  return true;
}

/// Whether every root of 1 - a_1 z - a_2 z^2 - ... is larger than `radius` in modulus.
[[nodiscard]] inline bool roots_beyond(std::span<const double> a, double radius, double sign = 1.0) {
  std::vector<double> scaled(a.begin(), a.end());
  double power = sign;
  for (double& s : scaled) s *= (power *= radius);
  return coefficients_to_partials(scaled);
}

/// Whether each of the four polynomials of a flat coefficient vector has its roots beyond the radius; those
/// of a seasonal one are counted in B^m.
[[nodiscard]] inline bool roots_beyond(const arima_order& order, std::span<const double> flat,
                                       double radius) {
  const arma_parts<const double> part{order, flat};
  return roots_beyond(part.ar, radius) && roots_beyond(part.ma, radius, -1.0) &&
         roots_beyond(part.seasonal_ar, radius) && roots_beyond(part.seasonal_ma, radius, -1.0);
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
