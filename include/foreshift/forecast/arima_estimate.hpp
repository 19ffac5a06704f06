#pragma once
/// @file
/// Maximum likelihood for the coefficients of an ARIMA, and how surely they are known.
///
/// Minus the log-likelihood is, up to a monotone function, the sum of squares of the innovations times a
/// common factor (arima_likelihood.hpp), so it is minimised as one: a round costs one likelihood a
/// coefficient. Coefficients stay stationary and invertible because what is varied is the inverse hyperbolic
/// tangent of their partial autocorrelations.
///
/// Source: G. E. P. Box, G. M. Jenkins, G. C. Reinsel, "Time Series Analysis", 4th ed., section 7.3
/// (nonlinear estimation by least squares); standard errors from the observed information, as R's arima gives
/// them.

#include <foreshift/forecast/arima_css.hpp>
#include <foreshift/forecast/arima_likelihood.hpp>
#include <foreshift/numeric/levenberg_marquardt.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// In the units of the sample.
struct arima_estimate {
  std::vector<double> coefficients{};  ///< ARMA
  std::vector<double> beta{};          ///< one for each gap, then one for each regressor
  double variance = 0;                 ///< of the innovations
  double log_likelihood = 0;
  bool converged = false;
  bool fixed = false;  ///< the ARMA coefficients were given, not estimated
};

namespace detail {

/// Applies f to each of the four polynomials, written as an autoregression.
template <class F>
bool each_polynomial(const arima_order& order, std::span<double> flat, F f) {
  const arma_parts<double> part{order, flat};
  const auto turned = [&](std::span<double> ma) {
    for (double& c : ma) c = -c;
    const bool good = f(ma);
    for (double& c : ma) c = -c;
    return good;
  };
  return f(part.ar) && turned(part.ma) && f(part.seasonal_ar) && turned(part.seasonal_ma);
}

/// Coefficients of unconstrained parameters, in place.
inline void constrain(const arima_order& order, std::span<double> x) {
  static constexpr double edge = 7;  // tanh(7) = 1 - 1.7e-6: as near to a unit root as the filter can bear
  (void)each_polynomial(order, x, [](std::span<double> a) {
    for (double& c : a) c = std::tanh(std::clamp(c, -edge, edge));
    partials_to_coefficients(a);
    return true;
  });
}
/// The way back. Coefficients outside the region are drawn in first.
inline void release(const arima_order& order, std::span<double> x) {
  (void)each_polynomial(order, x, [](std::span<double> a) {
    std::vector<double> partial;
    for (double shrink = 1;; shrink *= 0.98) {
      partial.assign(a.begin(), a.end());
      double power = 1;
      for (double& c : partial) c *= (power *= shrink);
      if (coefficients_to_partials(partial) &&
          std::ranges::all_of(partial, [](double r) { return std::abs(r) < 0.9999; }))
        break;
    }
    for (std::size_t i = 0; i < a.size(); ++i) a[i] = std::atanh(partial[i]);
    return true;
  });
}

}  // namespace detail

/// What the likelihood says of everything else at given ARMA coefficients. `log_likelihood` is minus infinity
/// when they are not stationary.
[[nodiscard]] inline arima_estimate estimate_at(const arima_sample& sample,
                                                std::vector<double> coefficients) {
  detail::arima_profile profile{sample};
  arima_estimate out{.coefficients = std::move(coefficients), .converged = true, .fixed = true};
  if (!profile.evaluate(out.coefficients)) {
    out.log_likelihood = -std::numeric_limits<double>::infinity();
    return out;
  }
  out.beta.assign(profile.beta().begin(), profile.beta().end());
  out.variance = profile.variance();
  out.log_likelihood = profile.log_likelihood();
  return out;
}

/// Maximises the exact likelihood from a start. The likelihood at the start itself is a lower bound of what
/// comes back. Not converging is an answer. `log_likelihood` is minus infinity when the columns are
/// collinear. O(rounds x coefficients) likelihoods.
[[nodiscard]] inline arima_estimate fit_likelihood(const arima_sample& sample, std::vector<double> start,
                                                   const numeric::least_squares_options& options = {
                                                       .rounds_max = 60, .tolerance = 1e-9}) {
  detail::arima_profile profile{sample};
  std::vector<double> coefficients;
  const auto residuals = [&](std::span<const double> x, std::span<double> out) {
    coefficients.assign(x.begin(), x.end());
    detail::constrain(sample.order, coefficients);
    if (!profile.evaluate(coefficients)) return false;
    numeric::as_vector(out) = profile.factor() * numeric::as_vector(profile.residuals());
    return true;
  };
  detail::release(sample.order, start);
  auto found = numeric::minimize_squares(residuals, std::move(start), sample.size(), options);
  detail::constrain(sample.order, found.x);
  auto out = estimate_at(sample, std::move(found.x));
  out.converged = found.converged;
  out.fixed = false;
  return out;
}

/// Whether the regressors, after differencing, determine their coefficients.
[[nodiscard]] inline bool collinear(const arima_sample& sample) {
  detail::arima_profile profile{sample};
  const std::vector<double> zeros(sample.order.coefficients());
  return !profile.evaluate(zeros) && profile.collinear();
}

/// Whether nothing random is left once the regressors are taken out: an ARMA of it has no likelihood.
[[nodiscard]] inline bool without_noise(const arima_sample& sample) {
  detail::arima_profile profile{sample};
  const std::vector<double> zeros(sample.order.coefficients());
  if (!profile.evaluate(zeros)) return false;
  const double rounding = 1e-15 * (4 + std::abs(sample.scale.centre) / sample.scale.unit);
  return profile.variance() <= 100 * rounding * rounding;
}

/// The covariance of the estimates, ARMA coefficients and regressors, row by row, in the units of the sample:
/// the inverse of minus the second derivatives of the log-likelihood. Empty when these have no inverse, as at
/// the edge of the region. O(k^2) likelihoods.
[[nodiscard]] inline std::vector<double> covariance_of(const arima_sample& sample,
                                                       const arima_estimate& estimate) {
  const std::size_t arma = estimate.coefficients.size(), k = arma + sample.regressors;
  if (k == 0) return {};
  detail::arima_profile profile{sample};
  std::vector<double> x = estimate.coefficients;
  x.insert(x.end(), estimate.beta.end() - static_cast<std::ptrdiff_t>(sample.regressors),
           estimate.beta.end());
  bool good = true;
  std::vector<double> evaluated;
  const auto value = [&] {
    const auto coefficients = std::span<const double>{x}.first(arma);
    if (!std::ranges::equal(coefficients, evaluated)) {  // regressors alone need no new filter
      evaluated.assign(coefficients.begin(), coefficients.end());
      good = good && profile.evaluate(coefficients);
    }
    return good ? profile.log_likelihood(std::span<const double>{x}.subspan(arma)) : 0.0;
  };
  if (profile.evaluate(std::span<const double>{x}.first(arma))) evaluated = estimate.coefficients;
  std::vector<double> step(k, 1e-3);
  for (std::size_t i = arma; i < k; ++i)  // a regressor's own standard error sets its step
    step[i] = std::max(profile.standard_error(i - arma), 1e-12) * 0.1;
  const double at = value();
  numeric::matrix information(numeric::to_index(k), numeric::to_index(k));
  std::vector<double> up(k), down(k);
  const auto moved = [&](std::size_t i, std::size_t j, double sign) {
    const auto before = x;
    x[i] += sign * step[i];
    x[j] += i == j ? 0.0 : sign * step[j];
    const double v = value();
    x = before;
    return v;
  };
  for (std::size_t i = 0; i < k; ++i) {
    up[i] = moved(i, i, 1);
    down[i] = moved(i, i, -1);
    information(numeric::to_index(i), numeric::to_index(i)) =
        (2 * at - up[i] - down[i]) / (step[i] * step[i]);
  }
  for (std::size_t i = 0; i < k && good; ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const double both = moved(i, j, 1) + moved(i, j, -1);
      const double second = (up[i] + up[j] + down[i] + down[j] - both - 2 * at) / (2 * step[i] * step[j]);
      information(numeric::to_index(i), numeric::to_index(j)) = second;
      information(numeric::to_index(j), numeric::to_index(i)) = second;
    }
  if (!good || !information.allFinite()) return {};
  const Eigen::LLT<numeric::matrix> solver{information};
  if (solver.info() != Eigen::Success) return {};
  const numeric::matrix inverse =
      solver.solve(numeric::matrix::Identity(numeric::to_index(k), numeric::to_index(k)));
  if (!inverse.allFinite()) return {};
  return {inverse.data(), inverse.data() + inverse.size()};
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
