#pragma once
/// @file
/// The likelihood of a differenced model when the values before the series have a wide but proper prior.
///
/// R's arima gives each of the d + D m values before the series a variance of 1e6 times that of the
/// innovations, instead of letting it grow beyond all bounds, and so gives values that differ from the exact
/// ones in the fifth to seventh digit. This is that likelihood, for comparisons with R; models are fitted
/// with the exact one (arima_likelihood.hpp), which is its limit. The values before the series are regressors
/// with a prior, and the first d + D m observations, which do little but determine them, are not counted.
///
/// Source: A. C. Harvey, "Forecasting, Structural Time Series Models and the Kalman Filter", 1989,
/// section 3.3.

#include <foreshift/forecast/arima_likelihood.hpp>
#include <foreshift/numeric/linalg.hpp>

#include <cmath>
#include <cstddef>
#include <numbers>
#include <optional>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// @param prior_variance > 0, in units of the variance of the innovations
/// Nothing when the coefficients are not stationary, a value is no observation, or there are not more than
/// order.lost() of them. O(n r (1 + lost) + n lost^2).
[[nodiscard]] inline std::optional<arima_likelihood> log_likelihood_vague_start(
    const arima_order& order, std::span<const double> coefficients, std::span<const double> y,
    double mean = 0, double prior_variance = 1e6) {
  using namespace numeric;
  FORESHIFT_EXPECT(order.consistent() && prior_variance > 0);
  const std::size_t lost = order.lost(), n = y.size();
  if (n <= lost || count_observed(y) != n) return std::nullopt;
  const auto terms = difference_terms(order);
  const auto process = multiply_out(order, coefficients);
  arma_start start;
  if (!start_of(process, start)) return std::nullopt;

  // Column 0 is the series as if zeros had come before it, column j what the value j steps before it adds.
  arma_gain gain{process, start};
  std::vector<arma_state> states(1 + lost, arma_state{process.state_size()});
  vector row(to_index(1 + lost));
  matrix moments = matrix::Zero(to_index(1 + lost), to_index(1 + lost));
  double log_determinant = 0;
  // Squares and determinant of what has been gathered so far, the values before the series taken out.
  const auto taken_out = [&](double& squares, double& determinant) {
    squares = moments(0, 0);
    determinant = log_determinant;
    if (lost == 0) return;
    matrix gram = moments.bottomRightCorner(to_index(lost), to_index(lost));
    gram.diagonal().array() += 1 / prior_variance;
    const Eigen::LLT<matrix> solver{gram};
    const vector moment = moments.col(0).tail(to_index(lost));
    squares -= moment.dot(solver.solve(moment));
    determinant += 2 * solver.matrixLLT().diagonal().array().log().sum();
  };
  double squares_start = 0, determinant_start = 0;
  for (std::size_t t = 0; t < n; ++t) {
    for (std::size_t j = 0; j <= lost; ++j) {
      double w = j == 0 ? y[t] - mean : 0;
      for (const auto& [lag, value] : terms) {
        if (j == 0 && lag <= t) w -= value * (y[t - lag] - mean);
        if (j > 0 && lag == t + j) w += value;
      }
      row[to_index(j)] = states[j].learn(process, gain, w);
    }
    log_determinant += std::log(gain.variance());
    moments.noalias() += row * row.transpose() / gain.variance();
    gain.advance(process);
    if (t + 1 == lost) taken_out(squares_start, determinant_start);
  }
  double squares = 0, determinant = 0;
  taken_out(squares, determinant);
  const auto used = static_cast<double>(n - lost);
  const double variance = (squares - squares_start) / used;
  return arima_likelihood{.log_likelihood = -0.5 * (used * (std::log(2 * std::numbers::pi * variance) + 1) +
                                                    determinant - determinant_start),
                          .variance = variance,
                          .used = n - lost};
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
