#pragma once
/// @file
/// A fitted ARIMA: its coefficients, its criteria, and the filter that goes on with every observation.
///
/// An update is one more step of the very filter that the likelihood was computed with, so a model that has
/// been updated forecasts like one of the same coefficients that had seen the whole series at once. At a gap
/// the filter takes the value it predicted; the exact treatment of gaps, which would carry a matrix, is left
/// to the fit.
///
/// Source: G. E. P. Box, G. M. Jenkins, G. C. Reinsel, "Time Series Analysis", 4th ed., chapter 5 (forecasts
/// and their variances); H. Akaike, 1974, and C. M. Hurvich, C.-L. Tsai, Biometrika 76, 1989 (AICc).

#include <foreshift/core/archive.hpp>
#include <foreshift/forecast/arima_estimate.hpp>
#include <foreshift/forecast/arma_filter.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/observation.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// A regular value. `update` O(p + P m + q + Q m + d + D m), no allocation; `predict_mean` O(h x
/// coefficients), no allocation.
class arima_model {
 public:
  /// @param estimate of this sample
  arima_model(const arima_sample& sample, arima_constant constant, const arima_estimate& estimate)
      : order_(sample.order),
        constant_(constant),
        columns_(sample.regressors - (constant == arima_constant::none ? 0U : 1U)),
        scale_(sample.scale),
        coefficients_(estimate.coefficients),
        beta_(estimate.beta.end() - static_cast<std::ptrdiff_t>(sample.regressors), estimate.beta.end()),
        differences_(difference_terms(sample.order)),
        process_(multiply_out(sample.order, coefficients_)),
        state_(process_.state_size()),
        used_(sample.used()),
        estimated_(beta_.size() + (estimate.fixed ? 0U : coefficients_.size())),
        variance_(estimate.variance),
        log_likelihood_(detail::unscaled(estimate.log_likelihood, sample)) {
    for (std::size_t i = 0; i < beta_.size(); ++i) beta_[i] /= sample.column_unit[i];
    arma_start start;
    FORESHIFT_EXPECT(start_of(process_, start));
    gain_ = arma_gain{process_, start};
  }

  friend void update(arima_model& m, double y, std::span<const double> row) {
    FORESHIFT_EXPECT(row.size() == m.columns_);
    const double lifted = m.lift(m.time_, row);
    const bool seen = is_observed(y) && std::isfinite(lifted);
    m.learn(seen ? m.scale_.in(y)-lifted : m.next_level());
  }
  friend void predict_mean(const arima_model& m, regressor_view x, std::span<double> out) {
    FORESHIFT_EXPECT(x.columns == m.columns_ && (x.columns == 0 || x.rows() >= out.size()));
    predict_from(m.process_, m.state_.values(), out);
    m.integrate(out, m.past_);
    for (std::size_t h = 0; h < out.size(); ++h) {
      const double y =
          m.scale_.out(out[h] + m.lift(m.time_ + h, x.columns == 0 ? std::span<const double>{} : x.row(h)));
      out[h] = std::isfinite(y) ? y : h > 0 ? out[h - 1] : m.scale_.centre;
    }
  }
  /// The variance of the error of each of the next steps, the coefficients taken as known. O(h k) once the
  /// filter is settled, and that for each step it has still to go before it is. Allocates.
  friend void predict_variance(const arima_model& m, std::span<double> out) { m.error_variance(out); }

  [[nodiscard]] const arima_order& order() const { return order_; }
  [[nodiscard]] arima_constant constant() const { return constant_; }
  /// ARMA coefficients, as `arima_order` orders them.
  [[nodiscard]] std::span<const double> coefficients() const { return coefficients_; }
  /// The mean of the series, where the model has one; else 0.
  [[nodiscard]] double mean() const { return constant_ == arima_constant::mean ? scale_.out(beta_[0]) : 0.0; }
  /// What a step adds in the long run, where the model has a drift; else 0.
  [[nodiscard]] double drift() const {
    return constant_ == arima_constant::drift ? scale_.unit * beta_[0] : 0.0;
  }
  /// Columns of the regressors that it was fitted with.
  [[nodiscard]] std::size_t regressors() const { return columns_; }
  [[nodiscard]] bool takes(std::size_t regressors) const { return regressors == columns_; }
  /// What one unit of a regressor adds. @pre i < regressors of the fit
  [[nodiscard]] double effect(std::size_t i) const {
    return scale_.unit * beta_.at(i + beta_.size() - columns_);
  }
  /// Of `coefficients()`, then of mean or drift, then of the effects; empty when the likelihood is not curved
  /// in every direction, as at a unit root, or none were asked for.
  [[nodiscard]] std::span<const double> standard_errors() const { return standard_errors_; }

  [[nodiscard]] double log_likelihood() const { return log_likelihood_; }
  /// Observations less what differencing costs.
  [[nodiscard]] std::size_t observations_used() const { return used_; }
  /// Everything that was estimated, the variance included.
  [[nodiscard]] std::size_t parameters() const { return estimated_ + 1; }
  [[nodiscard]] double aic() const { return 2 * (static_cast<double>(parameters()) - log_likelihood_); }
  /// Infinite where there are hardly more observations than parameters.
  [[nodiscard]] double aicc() const {
    const auto k = static_cast<double>(parameters()), n = static_cast<double>(used_);
    return n > k + 1 ? aic() + 2 * k * (k + 1) / (n - k - 1) : std::numeric_limits<double>::infinity();
  }
  [[nodiscard]] double bic() const {
    return std::log(static_cast<double>(used_)) * static_cast<double>(parameters()) - 2 * log_likelihood_;
  }
  /// Of the innovations: the maximum likelihood estimate, sum of squares / used.
  [[nodiscard]] double likelihood_variance() const { return variance_ * scale_.unit * scale_.unit; }
  /// The same, less what fitting takes away; predictions use it.
  [[nodiscard]] double residual_variance() const { return likelihood_variance() * inflation(); }

 private:
  friend struct foreshift::archive_access;
  friend arima_model arima_model_of(const arima_sample&, arima_constant, const arima_estimate&, bool);
  arima_model() = default;

  [[nodiscard]] double inflation() const {
    const auto n = static_cast<double>(used_), k = static_cast<double>(estimated_);
    return n > k ? n / (n - k) : 1.0;
  }
  /// Constant and regressors of a step, in scaled units.
  [[nodiscard]] double lift(std::size_t time, std::span<const double> row) const {
    double sum = 0;
    const std::size_t own = beta_.size() - columns_;
    if (own > 0) sum = beta_[0] * (constant_ == arima_constant::mean ? 1.0 : static_cast<double>(time + 1));
    for (std::size_t i = 0; i < row.size(); ++i) sum += beta_[own + i] * row[i];
    return sum;
  }
  /// What the differences of the past add to the next value. @pre past_ is full
  [[nodiscard]] double carried() const {
    double sum = 0;
    for (const auto& [lag, value] : differences_) sum += value * past_[past_.size() - lag];
    return sum;
  }
  /// The level the next step is expected to have.
  [[nodiscard]] double next_level() const {
    if (past_.size() < order_.lost()) return past_.empty() ? 0.0 : past_.back();
    return state_.predicted() + carried();
  }
  void learn(double level) {
    ++time_;
    if (past_.size() < order_.lost()) return past_.push_back(level);
    state_.learn(process_, gain_, level - carried());
    gain_.advance(process_);
    if (past_.empty()) return;
    std::copy(past_.begin() + 1, past_.end(), past_.begin());
    past_.back() = level;
  }
  /// From differences to levels, in place.
  void integrate(std::span<double> out, std::span<const double> past) const {
    for (std::size_t h = 0; h < out.size(); ++h)
      for (const auto& [lag, value] : differences_) {
        if (lag <= h)
          out[h] += value * out[h - lag];
        else if (lag - h <= past.size())
          out[h] += value * past[past.size() + h - lag];
      }
  }
  void error_variance(std::span<double> out) const {
    const std::size_t n = out.size();
    std::vector<double> response(n), total(n);
    if (n > 0) response[0] = 1;
    for (const auto& [lag, value] : process_.ma)
      if (lag < n) response[lag] += value;
    predict_from(process_, std::vector<double>{response}, response);
    integrate(response, {});
    for (std::size_t h = 0; h < n; ++h) total[h] = response[h] * response[h] + (h > 0 ? total[h - 1] : 0.0);
    // The state is known as well as it will ever be once the filter has settled; until then there is more.
    constexpr std::size_t steps_max = 2000;
    arma_gain gain = gain_;
    for (std::size_t s = 0; s < steps_max && !gain.settled(); ++s, gain.advance(process_)) {
      predict_from(process_, gain.change(), response);
      integrate(response, {});
      for (std::size_t h = 0; h < n; ++h) total[h] += response[h] * response[h] / gain.variance();
    }
    const double largest = std::numeric_limits<double>::max();
    for (std::size_t h = 0; h < n; ++h)
      out[h] = std::min(scale_.unit * (scale_.unit * (variance_ * inflation() * total[h])), largest);
  }

  static void members(auto& self, auto& archive) {
    archive(self.order_, self.constant_, self.columns_, self.scale_, self.coefficients_, self.beta_,
            self.differences_, self.process_.ar, self.process_.ma, self.gain_, self.state_, self.past_,
            self.time_, self.used_, self.estimated_, self.variance_, self.log_likelihood_,
            self.standard_errors_);
  }
  [[nodiscard]] bool consistent() const {
    const auto finite = [](double x) { return std::isfinite(x); };
    const auto same_lags = [](const lag_terms& a, const lag_terms& b) {
      return std::ranges::equal(a, b, {}, &lag_term::lag, &lag_term::lag);
    };
    if (!order_.consistent() || constant_ > arima_constant::drift) return false;
    if (coefficients_.size() != order_.coefficients() || columns_ > 1'000'000) return false;
    if (beta_.size() != columns_ + (constant_ == arima_constant::none ? 0U : 1U)) return false;
    const auto expanded = multiply_out(order_, coefficients_);
    return same_lags(expanded.ar, process_.ar) && same_lags(expanded.ma, process_.ma) &&
           same_lags(differences_, difference_terms(order_)) && gain_.size() == expanded.state_size() &&
           state_.values().size() == expanded.state_size() && past_.size() == order_.lost() &&
           estimated_ <= coefficients_.size() + beta_.size() && time_ <= (std::size_t{1} << 53U) &&
           std::isfinite(variance_) && variance_ >= 0 && std::isfinite(log_likelihood_) &&
           std::ranges::all_of(coefficients_, finite) && std::ranges::all_of(beta_, finite) &&
           std::ranges::all_of(past_, finite) && std::ranges::all_of(standard_errors_, finite);
  }

  arima_order order_;
  arima_constant constant_ = arima_constant::none;
  std::size_t columns_ = 0;  ///< regressors of the caller
  series_scale scale_;
  std::vector<double> coefficients_;
  std::vector<double> beta_;  ///< constant, then regressors; scaled series by unscaled regressor
  lag_terms differences_;
  arma_polynomials process_;
  arma_gain gain_;
  arma_state state_;
  std::vector<double> past_;  ///< the last lost() levels, regressors taken out, oldest first
  std::size_t time_ = 0;      ///< steps since the sample began
  std::size_t used_ = 0, estimated_ = 0;
  double variance_ = 0;
  double log_likelihood_ = 0;
  std::vector<double> standard_errors_;
};

static_assert(FittedModel<arima_model>);

/// The model of an estimate, after the whole sample: gaps take the values that the estimate found most
/// likely. O(n r), and O(k^2) likelihoods more for standard errors.
[[nodiscard]] inline arima_model arima_model_of(const arima_sample& sample, arima_constant constant,
                                                const arima_estimate& estimate, bool standard_errors) {
  arima_model m{sample, constant, estimate};
  std::vector<double> rest = sample.level;
  for (std::size_t g = 0; g < sample.gaps.size(); ++g) rest[sample.gaps[g]] -= estimate.beta[g];
  for (std::size_t t = 0; t < rest.size(); ++t) {
    for (std::size_t c = 0; c < sample.regressors; ++c)
      rest[t] -= m.beta_[c] * sample.column_unit[c] * sample.level_column(c)[t];
    m.learn(rest[t]);
  }
  if (standard_errors) {
    const auto covariance = covariance_of(sample, estimate);
    const std::size_t k = m.coefficients_.size() + m.beta_.size();
    for (std::size_t i = 0; i < k && !covariance.empty(); ++i) {
      const double unit = i < m.coefficients_.size()
                              ? 1.0
                              : sample.scale.unit / sample.column_unit[i - m.coefficients_.size()];
      m.standard_errors_.push_back(unit * std::sqrt(covariance[i * k + i]));
    }
  }
  return m;
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
