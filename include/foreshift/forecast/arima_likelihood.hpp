#pragma once
/// @file
/// The exact Gaussian likelihood of a seasonal ARIMA at given coefficients, everything else taken out.
///
/// The series and its regressors go through one filter (arma_filter.hpp), after which generalised least
/// squares is ordinary least squares; the variance of the innovations is then the mean square of what is
/// left. So the likelihood is a function of the ARMA coefficients alone, and it is a sum of squares:
/// maximising it is minimising |residuals|^2, with the determinant as a common factor of the residuals.
///
/// Source: A. C. Harvey, "Forecasting, Structural Time Series Models and the Kalman Filter", 1989,
/// sections 3.4 and 7.3; C. F. Ansley, "An algorithm for the exact likelihood of a mixed
/// autoregressive-moving average process", Biometrika 66, 1979 (the sum of squares).

#include <foreshift/forecast/arima_sample.hpp>
#include <foreshift/forecast/arma_filter.hpp>
#include <foreshift/numeric/linalg.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <optional>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// In the units of the series.
struct arima_likelihood {
  double log_likelihood = 0;
  double variance = 0;   ///< of the innovations: sum of squares / used
  std::size_t used = 0;  ///< observations less the values that differencing costs
};

namespace detail {

/// The likelihood of one sample at any coefficients. Holds its workspace, so evaluations do not allocate
/// much.
class arima_profile {
 public:
  explicit arima_profile(const arima_sample& sample)
      : sample_(&sample),
        filtered_((1 + sample.column_count()) * sample.size()),
        beta_(sample.column_count()) {}

  /// False where the coefficients are not stationary or the columns are collinear; then nothing else may be
  /// asked. O(n (1 + columns) r + n columns^2).
  [[nodiscard]] bool evaluate(std::span<const double> coefficients) {
    const arma_polynomials process = multiply_out(sample_->order, coefficients);
    arma_start start;
    if (!start_of(process, start)) return false;
    filter(process, start);
    return sample_->column_count() == 0 ? take_rest() : regress() && take_rest();
  }
  /// Sum of squares of the innovations, each by its own variance.
  [[nodiscard]] double sum_of_squares() const { return squares_; }
  /// What `size()` residuals have to be multiplied by so that their squares are least where the likelihood is
  /// largest.
  [[nodiscard]] double factor() const {
    return std::exp(log_determinant_ / (2.0 * static_cast<double>(sample_->used())));
  }
  /// The innovations, each by its own standard deviation. size() values.
  [[nodiscard]] std::span<const double> residuals() const {
    return std::span{filtered_}.first(sample_->size());
  }
  /// One for each gap, then one for each regressor.
  [[nodiscard]] std::span<const double> beta() const { return beta_; }
  [[nodiscard]] bool collinear() const { return collinear_; }

  /// Of the estimated coefficient of regressor i, the ARMA coefficients taken as known.
  [[nodiscard]] double standard_error(std::size_t i) const {
    const auto at = numeric::to_index(sample_->gaps.size() + i);
    return std::sqrt(variance()) / (norm_[at] * cholesky_.matrixLLT()(at, at));
  }

  [[nodiscard]] double variance() const { return squares_ / static_cast<double>(sample_->used()); }
  /// With the regressors' coefficients as estimated, in scaled units; see `arima_likelihood`.
  [[nodiscard]] double log_likelihood() const { return log_likelihood_at(squares_); }
  /// With the regressors' coefficients as given: one for each regressor.
  [[nodiscard]] double log_likelihood(std::span<const double> given) const {
    const std::size_t gaps = sample_->gaps.size(), k = sample_->regressors;
    double extra = 0;
    for (std::size_t i = 0; i < k; ++i) {  // |L' (given - estimated)|^2 with L of the regressors
      double sum = 0;
      for (std::size_t j = i; j < k; ++j) {
        const auto row = numeric::to_index(gaps + j), column = numeric::to_index(gaps + i);
        sum += cholesky_.matrixLLT()(row, column) * (given[j] - beta_[gaps + j]) * norm_[row];
      }
      extra += sum * sum;
    }
    return log_likelihood_at(squares_ + extra);
  }

 private:
  [[nodiscard]] double log_likelihood_at(double squares) const {
    const auto n = static_cast<double>(sample_->used());
    const double variance = std::max(squares / n, variance_floor);
    return -0.5 * (n * (std::log(2 * std::numbers::pi * variance) + 1) + log_determinant_);
  }

  void filter(const arma_polynomials& process, const arma_start& start) {
    const std::size_t n = sample_->size(), columns = sample_->column_count(), r = process.state_size();
    if (states_.size() != 1 + columns || states_.front().values().size() != r)
      states_.assign(1 + columns, arma_state{r});
    for (auto& s : states_) s.clear();
    arma_gain gain{process, start};
    double product = 1;
    log_determinant_ = 0;
    // A gap's column is zero until its time has come; gaps are in order.
    const std::size_t gaps = sample_->gaps.size(), lost = sample_->order.lost();
    std::size_t begun = 0;
    std::fill_n(filtered_.begin() + static_cast<std::ptrdiff_t>(n), gaps * n, 0.0);
    for (std::size_t t = 0; t < n; ++t) {
      while (begun < gaps && sample_->gaps[begun] <= t + lost) ++begun;
      const double weight = 1.0 / std::sqrt(gain.variance());
      filtered_[t] = weight * states_[0].learn(process, gain, sample_->w[t]);
      const auto pass = [&](std::size_t c) {
        filtered_[(1 + c) * n + t] =
            weight * states_[1 + c].learn(process, gain, sample_->columns[c * n + t]);
      };
      for (std::size_t c = 0; c < begun; ++c) pass(c);
      for (std::size_t c = gaps; c < columns; ++c) pass(c);
      if (gain.settled()) continue;
      product *= gain.variance();
      if (product > 1e100) log_determinant_ += std::log(product), product = 1;
      gain.advance(process);
    }
    log_determinant_ += std::log(product);
  }

  /// Leaves the residuals of the regression in place of the filtered series.
  [[nodiscard]] bool regress() {
    using namespace numeric;
    const std::size_t n = sample_->size(), columns = sample_->column_count();
    auto y = as_vector(std::span{filtered_}.first(n));
    const auto x = as_matrix(std::span{filtered_}.subspan(n), n);  // a column of the regression is a row here
    matrix gram = matrix::Zero(to_index(columns), to_index(columns));
    gram.selfadjointView<Eigen::Lower>().rankUpdate(x);
    // Where no season ever showed a place, nothing determines a gap there: it keeps its filling.
    for (std::size_t g = 0; g < sample_->gaps.size(); ++g) gram(to_index(g), to_index(g)) += 1e-10;
    norm_ = gram.diagonal().cwiseSqrt();
    collinear_ = true;
    if (!(norm_.minCoeff() > 0)) return false;
    const vector inverse = norm_.cwiseInverse();
    matrix scaled = gram.selfadjointView<Eigen::Lower>();
    scaled = inverse.asDiagonal() * scaled * inverse.asDiagonal();
    cholesky_.compute(scaled);
    if (cholesky_.info() != Eigen::Success) return false;
    const vector pivots = cholesky_.matrixLLT().diagonal();
    if (!(pivots.minCoeff() > 1e-6)) return false;  // squared: a share of 1e-12 of the column is its own
    collinear_ = false;
    as_vector(std::span{beta_}) = inverse.cwiseProduct(cholesky_.solve(inverse.cwiseProduct(vector{x * y})));
    y.noalias() -= x.transpose() * as_vector(std::span<const double>{beta_});
    for (std::size_t g = 0; g < sample_->gaps.size(); ++g)
      log_determinant_ += 2 * std::log(pivots[to_index(g)] * norm_[to_index(g)]);
    return true;
  }

  [[nodiscard]] bool take_rest() {
    squares_ = numeric::as_vector(residuals()).squaredNorm();
    return std::isfinite(squares_) && std::isfinite(log_determinant_);
  }

  /// In scaled units: below this a residual is rounding, and its logarithm means nothing.
  static constexpr double variance_floor = 1e-30;
  const arima_sample* sample_;
  std::vector<arma_state> states_;
  std::vector<double> filtered_;  ///< the series, then each column
  std::vector<double> beta_;
  numeric::vector norm_;
  Eigen::LLT<numeric::matrix> cholesky_;
  double log_determinant_ = 0, squares_ = 0;
  bool collinear_ = false;
};

/// From scaled units to those of the series.
[[nodiscard]] inline double unscaled(double log_likelihood, const arima_sample& s) {
  return log_likelihood - static_cast<double>(s.used()) * std::log(s.scale.unit);
}

}  // namespace detail

/// The likelihood of y, less `mean`, at the given coefficients; NaN and what is not finite are gaps. Nothing
/// when the coefficients are not stationary or fewer than order.lost() + 1 values are observed. The first
/// lost() values have a flat prior, as with a diffuse start of a Kalman filter. O(n r) with r = max(p + P m,
/// q + Q m), and O(n k^2) more with k gaps. @pre one coefficient for each of the order
[[nodiscard]] inline std::optional<arima_likelihood> log_likelihood(const arima_order& order,
                                                                    std::span<const double> coefficients,
                                                                    std::span<const double> y,
                                                                    double mean = 0) {
  std::vector<double> rest(y.begin(), y.end());
  for (double& v : rest) v -= mean;
  const auto sample = arima_sample_of(order, rest, {}, arima_constant::none, 1);
  if (!sample) return std::nullopt;
  detail::arima_profile profile{*sample};
  if (!profile.evaluate(coefficients)) return std::nullopt;
  const double unit = sample->scale.unit;
  return arima_likelihood{.log_likelihood = detail::unscaled(profile.log_likelihood(), *sample),
                          .variance = profile.variance() * unit * unit,
                          .used = sample->used()};
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
