#pragma once
/// @file
/// What is known of a stationary ARMA process before anything is observed: its variance, and how its first
/// value bears on the ones after it.
///
/// The autocovariances of the autoregression come from its partial autocorrelations by running the Levinson
/// recursion down and up again; those of the whole process are a short moving sum of them.
///
/// Source: P. J. Brockwell, R. A. Davis, "Time Series: Theory and Methods", 2nd ed., 1991, sections 3.3, 5.2.

#include <foreshift/forecast/lag_polynomial.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// In units of the variance of the innovations.
struct arma_start {
  double variance = 1;             ///< of a value of the process
  std::vector<double> covariance;  ///< r values: of one value with what it adds to the predictions after it
};

namespace detail {

/// Autocovariances of lags 0 to out.size()-1 of the autoregression alone; false when it is not stationary.
/// O(p^2 + n k).
[[nodiscard]] inline bool ar_autocovariances(const lag_terms& ar, std::span<double> out) {
  const std::size_t p = longest_lag(ar);
  std::vector<double> a(p), before(p), partial(p);
  for (const auto& [lag, value] : ar) a[lag - 1] = value;
  double variance = 1;
  partial = a;
  if (!coefficients_to_partials(partial)) return false;
  for (const double r : partial) variance /= (1 - r) * (1 + r);
  if (!std::isfinite(variance)) return false;
  std::vector<double> g(std::max(out.size(), p + 1));
  g[0] = variance;
  double left = variance;  // of the value, given the k before it
  for (std::size_t k = 1; k <= p; ++k) {
    const double r = partial[k - 1];
    g[k] = r * left;
    for (std::size_t i = 0; i + 1 < k; ++i) g[k] += a[i] * g[k - 1 - i];  // a: of order k - 1
    before.assign(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(k - 1));
    a[k - 1] = r;
    for (std::size_t i = 0; i + 1 < k; ++i) a[i] = before[i] - r * before[k - 2 - i];
    left *= (1 - r) * (1 + r);
  }
  for (std::size_t k = p + 1; k < g.size(); ++k)
    for (const auto& [lag, value] : ar) g[k] += value * g[k - lag];
  std::copy_n(g.begin(), out.size(), out.begin());
  return true;
}

}  // namespace detail

/// False when the process is not stationary. O(r^2) at worst, O(r k + p^2) with k coefficients.
[[nodiscard]] inline bool start_of(const arma_polynomials& process, arma_start& out) {
  const std::size_t r = process.state_size(), q = longest_lag(process.ma);
  std::vector<double> g(r + q), psi(r), theta(q + 1), spread(q + 1);
  if (!detail::ar_autocovariances(process.ar, g)) return false;
  theta[0] = 1;
  for (const auto& [lag, value] : process.ma) theta[lag] = value;
  for (std::size_t i = 0; i <= q; ++i)
    if (theta[i] != 0)
      for (std::size_t j = i; j <= q; ++j) spread[j - i] += theta[i] * theta[j];

  std::vector<double> gamma(r);
  for (std::size_t l = 0; l <= q; ++l) {
    if (spread[l] == 0) continue;
    for (std::size_t k = 0; k < r; ++k)
      gamma[k] += spread[l] * (l == 0 ? g[k] : g[k + l] + g[k > l ? k - l : l - k]);
  }
  for (std::size_t k = 0; k < r; ++k) {
    psi[k] = k <= q ? theta[k] : 0.0;
    for (const auto& [lag, value] : process.ar) {
      if (lag > k) break;
      psi[k] += value * psi[k - lag];
    }
  }
  out.variance = gamma[0];
  out.covariance.assign(r, 0.0);
  for (const auto& [lag, value] : process.ar)
    for (std::size_t i = 0; i < lag; ++i) out.covariance[i] += value * gamma[lag - 1 - i];
  for (const auto& [lag, value] : process.ma)
    for (std::size_t i = 0; i < lag; ++i) out.covariance[i] += value * psi[lag - 1 - i];
  return std::isfinite(out.variance) && out.variance >= 1;
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
