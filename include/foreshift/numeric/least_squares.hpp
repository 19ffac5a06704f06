#pragma once
/// @file
/// Linear regression that a few wild rows cannot bend and collinear columns cannot break.
///
/// Rows far from the fit are weighted down by Huber's rule, iterated to a fixed point (IRLS); columns are
/// shrunk by a ridge in proportion to their own spread, so the ridge means the same whatever the units.
///
/// Source: P. J. Huber, "Robust estimation of a location parameter", Ann. Math. Statist. 35, 1964; iteration
/// and scale (median absolute residual / 0.6745 in each round) as in Venables and Ripley, "Modern Applied
/// Statistics with S", 4th ed., section 6.5, function rlm.

#include <foreshift/core/result.hpp>
#include <foreshift/numeric/linalg.hpp>
#include <foreshift/numeric/normal_equations.hpp>
#include <foreshift/numeric/statistics.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::numeric {

struct ridge_huber_options {
  double ridge = 0;  ///< >= 0; the penalty on b_j is ridge x (weighted squared spread of column j)
  std::size_t free_columns = 1;  ///< the first so many columns are not shrunk: the constant comes first
  double huber_k = 1.345;        ///< > 0, in standard deviations; infinity gives ordinary least squares
  std::size_t rounds_max = 30;   ///< of reweighting
  double tolerance = 1e-6;       ///< stop when the residuals change by less than this share
};

enum class regression_error : std::uint8_t {
  no_rows,   ///< no row is finite and has weight
  singular,  ///< a column is, to rounding, a combination of others, and nothing shrinks it
};

[[nodiscard]] constexpr std::string_view explain(regression_error e) {
  return e == regression_error::no_rows ? "no row of the regression is finite and has weight"
                                        : "the columns are collinear: drop one or ask for a ridge";
}

struct regression_fit {
  std::vector<double> coefficients;  ///< one a column
  /// columns x columns: inverse of the penalised normal matrix; times the noise variance, the coefficients'
  std::vector<double> covariance;
  double scale = 0;        ///< robust standard deviation of the residuals
  std::size_t rows = 0;    ///< rows that took part
  std::size_t rounds = 0;  ///< of reweighting
  bool converged = true;   ///< false: rounds_max came first; the fit is the last round's
};

/// Huber's weight of a residual: 1 within k standard deviations, falling as 1/|residual| outside.
[[nodiscard]] inline double huber_weight(double residual, double scale, double k) {
  const double size = std::abs(residual);
  return size <= k * scale ? 1.0 : k * scale / size;
}

namespace detail {

/// The given weights, or ones; 0 where a row is not finite.
[[nodiscard]] inline std::vector<double> usable_weights(const regression_data& data) {
  std::vector<double> weights(data.weights.begin(), data.weights.end());
  if (weights.empty()) weights.assign(data.y.size(), 1.0);
  const auto x = as_matrix(data.x, data.columns);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    FORESHIFT_EXPECT(weights[i] >= 0);
    if (!std::isfinite(data.y[i]) || !x.row(to_index(i)).allFinite()) weights[i] = 0;
  }
  return weights;
}

}  // namespace detail

/// Fits b. Cost O(n k^2) a round, memory O(n + k^2); deterministic.
/// @pre columns > 0, x has columns values for each y, weights is empty or has one for each y
[[nodiscard]] inline result<regression_fit, regression_error> ridge_huber_fit(
    const regression_data& data, const ridge_huber_options& options = {}) {
  FORESHIFT_EXPECT(data.columns > 0 && data.x.size() == data.y.size() * data.columns);
  FORESHIFT_EXPECT(data.weights.empty() || data.weights.size() == data.y.size());
  FORESHIFT_EXPECT(options.ridge >= 0 && options.huber_k > 0);
  const std::vector<double> base = detail::usable_weights(data);
  regression_fit out;
  out.rows =
      static_cast<std::size_t>(std::count_if(base.begin(), base.end(), [](double w) { return w > 0; }));
  if (out.rows == 0) return failure{regression_error::no_rows};

  normal_equations equations(data);
  equations.gather(base);
  equations.set_ridge(base, {.share = options.ridge, .free_columns = options.free_columns});
  vector b;
  if (!equations.solve(b)) return failure{regression_error::singular};

  const auto x = as_matrix(data.x, data.columns);
  std::vector<double> residual(base.size()), before, weights = base, tried(base.size()), sizes;
  const auto judge = [&] {  // residuals and their scale
    as_vector(std::span{residual}) = as_vector(data.y) - x * b;
    sizes.clear();
    for (std::size_t i = 0; i < base.size(); ++i)
      if (base[i] > 0) sizes.push_back(std::abs(residual[i]));
    out.scale = mad_to_sigma * median_in_place(sizes);
  };
  judge();
  double exact = 0;  // residuals of this size are rounding
  for (std::size_t i = 0; i < base.size(); ++i)
    if (base[i] > 0) exact = std::max(exact, 1e-13 * std::abs(data.y[i]));
  const bool robust = std::isfinite(options.huber_k);
  out.converged = !robust;
  while (robust && out.rounds < options.rounds_max) {
    if (!(out.scale > exact)) {  // half of the rows are met exactly: nothing is left to weigh against
      out.converged = true;
      break;
    }
    for (std::size_t i = 0; i < base.size(); ++i)
      tried[i] = base[i] > 0 ? base[i] * huber_weight(residual[i], out.scale, options.huber_k) : 0;
    equations.gather(tried);
    if (!equations.solve(b)) {  // the rows that still count no longer determine b: back to the round before
      equations.gather(weights);
      FORESHIFT_EXPECT(equations.solve(b));
      break;
    }
    weights.swap(tried);
    ++out.rounds;
    before = residual;
    judge();
    double change = 0, size = 0;
    for (std::size_t i = 0; i < base.size(); ++i) {
      if (!(base[i] > 0)) continue;
      change += (residual[i] - before[i]) * (residual[i] - before[i]);
      size += before[i] * before[i];
    }
    if (change <= options.tolerance * options.tolerance * std::max(size, 1e-300)) {
      out.converged = true;
      break;
    }
  }
  out.coefficients.assign(b.data(), b.data() + b.size());
  const matrix inverse = equations.inverse();
  out.covariance.assign(inverse.data(), inverse.data() + inverse.size());
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::numeric
