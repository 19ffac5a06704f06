#pragma once
/// @file
/// Prophet's model: a bending trend, seasons, holidays and regressors, fitted in about a millisecond.
///
/// The specification is `additive` (additive_options.hpp), the parameters are the most probable ones as in
/// Prophet (additive_map.hpp), the fitted model predicts and learns (additive_model.hpp), and
/// `predict_uncertainty` gives Prophet's intervals (additive_uncertainty.hpp). Here a history becomes the
/// scaled problem, and its solution a model.
///
/// Source: S. J. Taylor, B. Letham, "Forecasting at scale", The American Statistician 72, 2018. Where we
/// differ: the cap and the floor are constants, a holiday's day is a day in UTC, and a history of equal steps
/// with gaps stands for the table of dates. A series of months is one of days that is observed once a month.

#include <foreshift/core/contract.hpp>
#include <foreshift/forecast/additive_map.hpp>
#include <foreshift/forecast/additive_model.hpp>
#include <foreshift/forecast/additive_options.hpp>
#include <foreshift/forecast/additive_uncertainty.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/observation.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

namespace detail {

/// One fit. @pre at least two observations, the regressors are finite and match
class additive_fit {
 public:
  additive_fit(const additive& spec, telemetry::series_view y, regressor_view x) : spec_(spec), y_(y), x_(x) {
    m_.grid_ = {y.start, y.step, y.size()};
    m_.now_ = y.size() - 1;
    m_.growth_ = spec.growth;
    m_.floor_ = spec.growth == trend_growth::logistic ? spec.floor : 0.0;
    for (std::size_t i = 0; i < y.size(); ++i)
      if (is_observed(y.values[i])) seen_.push_back(i);
    m_.first_ = time_of(seen_.front());
    m_.span_ = std::max(time_of(seen_.back()) - m_.first_, y.step);
    make_columns();
    scale();
    place_changepoints();
  }

  /// The scaled problem.
  [[nodiscard]] const additive_problem& problem() const { return p_; }

  [[nodiscard]] additive_model run() {
    const double now = m_.clock(time_of(y_.size() - 1));
    additive_search search{p_};
    const auto [least, most] = std::ranges::minmax(p_.y);
    const bool constant = least == most && spec_.growth != trend_growth::logistic;
    additive_estimate found = constant ? search.constant(now) : search.run(now);
    hinge_walk walk{spec_.growth, found.at, p_.changepoints};
    m_.line_ = walk.at(now);
    m_.rate_ = walk.rate();
    m_.fitted_until_ = now;
    m_.drift_ = drift(found.at.delta);
    m_.memory_ = std::clamp(static_cast<double>(seen_.size()), 20.0, 1000.0);
    m_.variance_ = found.sigma * found.sigma;
    m_.loss_ = found.loss;
    m_.converged_ = found.converged;
    m_.covariance_ = std::move(found.covariance);
    m_.beta_ = std::exchange(found.at.beta, {});
    m_.fitted_ = std::move(found.at);
    m_.changepoints_ = p_.changepoints;
    m_.interval_width_ = spec_.interval_width;
    m_.samples_ = spec_.uncertainty_samples;
    m_.seed_ = spec_.seed;
    return std::move(m_);
  }

 private:
  [[nodiscard]] time_point time_of(std::size_t i) const { return step_time(m_.grid_, i); }

  void make_columns() {
    std::size_t shortest = y_.size();
    for (std::size_t i = 1; i < seen_.size(); ++i) shortest = std::min(shortest, seen_[i] - seen_[i - 1]);
    const double step_days = to_seconds(y_.step) / 86400.0;
    m_.columns_ = columns_of(spec_, {.days = step_days * static_cast<double>(seen_.back() - seen_.front()),
                                     .days_between = step_days * static_cast<double>(shortest)});
    std::vector<double> values(seen_.size());
    for (std::size_t c = 0; c < x_.columns; ++c) {
      for (std::size_t i = 0; i < seen_.size(); ++i) values[i] = x_.row(seen_[i])[c];
      add_regressor(m_.columns_, spec_, values);
    }
    for (const auto& c : m_.columns_.components) {
      p_.prior_scale.insert(p_.prior_scale.end(), c.columns, c.prior_scale);
      p_.multiplies.insert(p_.multiplies.end(), c.columns, c.mode == effect_mode::multiplicative ? 1 : 0);
    }
    m_.multiplies_ = p_.multiplies;
  }
  void scale() {
    double most = 0;
    for (const std::size_t i : seen_) most = std::max(most, std::abs(y_.values[i] - m_.floor_));
    m_.scale_ = most > 0 ? most : 1.0;
    p_.growth = spec_.growth;
    p_.tau = spec_.changepoint_prior_scale;
    if (spec_.growth == trend_growth::logistic)
      p_.cap = m_.cap_ = std::clamp((*spec_.cap - spec_.floor) / m_.scale_, 1e-200, 1e200);
    const std::size_t q = p_.features();
    p_.x.resize(seen_.size() * q);
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      const time_point at = time_of(seen_[i]);
      p_.t.push_back(m_.clock(at));
      p_.y.push_back((y_.values[seen_[i]] - m_.floor_) / m_.scale_);
      m_.columns_.write_row(at, x_.columns == 0 ? std::span<const double>{} : x_.row(seen_[i]),
                            std::span{p_.x}.subspan(i * q, q));
    }
  }
  /// The ones asked for, or at equal numbers of observations, half to even as Prophet rounds.
  void place_changepoints() {
    auto& at = p_.changepoints;
    if (spec_.growth == trend_growth::flat) return;
    if (spec_.changepoints) {
      for (const time_point t : *spec_.changepoints)
        if (const double s = m_.clock(t); s > 0 && s < 1) at.push_back(s);
      std::ranges::sort(at);
      at.erase(std::ranges::unique(at).begin(), at.end());
      return;
    }
    const auto range =
        static_cast<std::size_t>(std::floor(static_cast<double>(seen_.size()) * spec_.changepoint_range));
    const std::size_t count = std::min(spec_.n_changepoints, range > 0 ? range - 1 : 0);
    for (std::size_t j = 1; j <= count; ++j)
      at.push_back(p_.t[static_cast<std::size_t>(std::nearbyint(
          static_cast<double>(j) * static_cast<double>(range - 1) / static_cast<double>(count)))]);
  }
  /// The variance of the rate's random walk: change points come at the past pace, each Laplace with the past
  /// mean size. One more of the prior's size is counted in, since a trend that never bent may yet.
  [[nodiscard]] double drift(std::span<const double> delta) const {
    if (delta.empty()) return 0;
    double sum = spec_.changepoint_prior_scale;
    for (const double d : delta) sum += std::abs(d);
    const double count = static_cast<double>(delta.size()), size = sum / (count + 1);
    return std::min(count * 2 * size * size, 1e20);
  }

  const additive& spec_;
  telemetry::series_view y_;
  regressor_view x_;
  std::vector<std::size_t> seen_;  ///< the steps that were observed
  additive_model m_{};
  additive_problem p_{};
};

}  // namespace detail

/// The most probable parameters given the history. `too_short` below two observations; `all_missing`;
/// `bad_regressors` when x has not one finite row for each y, or `spec.regressors` names another number of
/// columns. A constant series stays constant, unless growth is logistic. O(n q^2 + (q + change points)^3),
/// some ten times that when growth is logistic or an effect multiplies. @pre spec.consistent(), y.step > 0
[[nodiscard]] inline result<additive_model, errc> fit(const additive& spec, telemetry::series_view y,
                                                      regressor_view x) {
  FORESHIFT_EXPECT(spec.consistent() && y.step > duration::zero());
  if (x.columns > 0 && (x.rows() != y.size() || !std::ranges::all_of(x.values, is_observed)))
    return failure{errc::bad_regressors};
  if (!spec.regressors.empty() && spec.regressors.size() != x.columns) return failure{errc::bad_regressors};
  const std::size_t observed = count_observed(y.values);
  if (observed == 0 && y.size() > 0) return failure{errc::all_missing};
  if (observed < 2) return failure{errc::too_short};
  return detail::additive_fit{spec, y, x}.run();
}

static_assert(Forecaster<additive>);

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
