#pragma once
/// @file
/// Conditional least squares: ARMA coefficients as if everything before the sample had been zero.
///
/// Ten times faster than the exact likelihood and close to it on long series, so it screens orders and gives
/// the exact fit its start. The innovations are the series filtered by AR(B)/MA(B); their derivatives by the
/// coefficients of one polynomial are one more filtered series, at successive lags, so a Gauss-Newton round
/// costs four filters whatever the order.
///
/// Source: G. E. P. Box, G. M. Jenkins, G. C. Reinsel, "Time Series Analysis", 4th ed., sections 7.1.2 and
/// 7.2.3. The first p + P m innovations are left out, as R's arima does.

#include <foreshift/forecast/arima_sample.hpp>
#include <foreshift/forecast/lag_polynomial.hpp>
#include <foreshift/numeric/levenberg_marquardt.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

struct css_fit {
  std::vector<double> coefficients{};  ///< ARMA; stationary and invertible
  std::vector<double> beta{};          ///< of the sample's regressors, in its units
  double variance = 0;                 ///< sum of squares / innovations that count, in the sample's units
  bool converged = false;
};

namespace detail {

/// out_t = in_t - sum of terms of out before t, from `from` on; zero before.
inline void divide(const lag_terms& terms, std::span<const double> in, std::span<double> out,
                   std::size_t from) {
  const std::size_t n = in.size();
  std::fill_n(out.begin(), std::min(from, n), 0.0);
  for (std::size_t t = from; t < n; ++t) {
    double sum = in[t];
    for (const auto& [lag, value] : terms)
      if (lag <= t) sum -= value * out[t - lag];
    out[t] = sum;
  }
}
/// out_t = in_t - sum of terms of in before t, from the longest lag on; zero before.
inline void multiply(const lag_terms& terms, std::span<const double> in, std::span<double> out) {
  const std::size_t from = std::min(longest_lag(terms), in.size());
  std::fill_n(out.begin(), from, 0.0);
  for (std::size_t t = from; t < in.size(); ++t) {
    double sum = in[t];
    for (const auto& [lag, value] : terms) sum -= value * in[t - lag];
    out[t] = sum;
  }
}

/// Residuals and derivatives for `minimize_squares`; parameters: ARMA coefficients, then one a regressor.
class css_problem {
 public:
  explicit css_problem(const arima_sample& s)
      : s_(&s), n_(s.size()), rest_(n_), scratch_(n_), passed_(n_), weight_(n_, 1.0) {
    const auto terms = difference_terms(s.order);
    const auto spoil = [&](std::size_t t) {  // what a gap has touched tells nothing
      if (t >= s.order.lost() && t - s.order.lost() < n_) weight_[t - s.order.lost()] = 0;
    };
    for (const std::size_t g : s.gaps) {
      spoil(g);
      for (const auto& term : terms) spoil(g + term.lag);
    }
    from_ = std::min(s.order.ar_lag(), n_);
    for (std::size_t t = from_; t < n_; ++t) counted_ += weight_[t];
  }
  [[nodiscard]] double counted() const { return counted_; }

  bool operator()(std::span<const double> x, std::span<double> out) {
    const auto arma = x.first(s_->order.coefficients());
    if (!roots_beyond(s_->order, arma, 1.0001)) return false;
    const auto process = multiply_out(s_->order, arma);
    take_regressors(x.subspan(arma.size()));
    multiply(process.ar, rest_, scratch_);
    divide(process.ma, scratch_, out, from_);
    double size = 0;
    for (std::size_t t = 0; t < n_; ++t) size += (out[t] *= weight_[t]) * out[t];
    return std::isfinite(size);
  }
  void operator()(std::span<const double> x, std::span<const double> innovation, std::span<double> rows) {
    const arima_order& order = s_->order;
    const auto arma = x.first(order.coefficients());
    const arma_parts<const double> part{order, arma};
    const std::size_t m = order.season_length;
    const auto process = multiply_out(order, arma);
    take_regressors(x.subspan(arma.size()));
    std::size_t row = 0;
    const auto shifted = [&](std::size_t count, std::size_t step) {
      for (std::size_t i = 1; i <= count; ++i, ++row) {
        const auto to = rows.subspan(row * n_, n_);
        std::fill_n(to.begin(), std::min(i * step, n_), 0.0);
        for (std::size_t t = i * step; t < n_; ++t) to[t] = -weight_[t] * passed_[t - i * step];
        std::fill_n(to.begin(), from_, 0.0);
      }
    };
    const auto by_ar = [&](std::span<const double> other, std::size_t other_season, std::size_t count,
                           std::size_t step) {
      if (count == 0) return;
      const auto terms =
          other_season == 1 ? lag_product(other, {}, 1, -1.0) : lag_product({}, other, m, -1.0);
      multiply(terms, rest_, scratch_);
      divide(process.ma, scratch_, passed_, longest_lag(terms));
      shifted(count, step);
    };
    const auto by_ma = [&](const lag_terms& own, std::size_t count, std::size_t step) {
      if (count == 0) return;
      divide(own, innovation, passed_, 0);
      shifted(count, step);
    };
    by_ar(part.seasonal_ar, m, order.p, 1);
    by_ma(lag_product(part.ma, {}, 1, 1.0), order.q, 1);
    by_ar(part.ar, 1, order.P, m);
    by_ma(lag_product({}, part.seasonal_ma, m, 1.0), order.Q, m);
    for (std::size_t c = 0; c < s_->regressors; ++c, ++row) {
      multiply(process.ar, s_->column(s_->gaps.size() + c), scratch_);
      divide(process.ma, scratch_, passed_, from_);
      const auto to = rows.subspan(row * n_, n_);
      for (std::size_t t = 0; t < n_; ++t) to[t] = t < from_ ? 0.0 : -weight_[t] * passed_[t];
    }
  }

 private:
  void take_regressors(std::span<const double> beta) {
    rest_ = s_->w;
    for (std::size_t c = 0; c < beta.size(); ++c) {
      const auto column = s_->column(s_->gaps.size() + c);
      for (std::size_t t = 0; t < n_; ++t) rest_[t] -= beta[c] * column[t];
    }
  }
  const arima_sample* s_;
  std::size_t n_, from_ = 0;
  std::vector<double> rest_, scratch_, passed_, weight_;
  double counted_ = 0;
};

}  // namespace detail

/// @param start ARMA coefficients to begin with, stationary and invertible; empty: zeros
/// @param beta regressors' coefficients to begin with; empty: zeros
[[nodiscard]] inline css_fit fit_css(const arima_sample& sample, std::vector<double> start = {},
                                     std::span<const double> beta = {},
                                     const numeric::least_squares_options& options = {.rounds_max = 30,
                                                                                      .tolerance = 1e-6}) {
  start.resize(sample.order.coefficients(), 0.0);
  start.insert(start.end(), beta.begin(), beta.end());
  start.resize(sample.order.coefficients() + sample.regressors, 0.0);
  detail::css_problem problem{sample};
  auto found = numeric::minimize_squares(problem, problem, std::move(start), sample.size(), options);
  css_fit out{.variance = problem.counted() > 0 ? found.sum / problem.counted() : 0.0,
              .converged = found.converged};
  const auto split = found.x.begin() + static_cast<std::ptrdiff_t>(sample.order.coefficients());
  out.coefficients.assign(found.x.begin(), split);
  out.beta.assign(split, found.x.end());
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
