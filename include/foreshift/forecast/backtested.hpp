#pragma once
/// @file
/// A point forecast that knows how wrong it has been, and therefore has quantiles and joint paths.
///
/// The wrapped model forecasts its whole horizon at every step, or every few steps, and each forecast is held
/// against what came. The errors of the last K forecasts are the distribution of the next one: their
/// conformal quantiles, lead by lead, and whole blocks of them for paths. They are out-of-sample from the
/// first day, because fitting replays the last part of the history through a model that was fitted before it.
/// On request errors of like forecasts count more, and the levels asked for adapt to what is covered.
///
/// Source: V. Vovk et al., "Algorithmic Learning in a Random World", 2005 (conformal prediction); block
/// resampling of forecast errors as in R. J. Hyndman, G. Athanasopoulos, "Forecasting", 3rd ed., section 5.5
/// (bootstrapped residuals).

#include <foreshift/core/archive.hpp>
#include <foreshift/forecast/adaptive_conformal.hpp>
#include <foreshift/forecast/error_blocks.hpp>
#include <foreshift/forecast/error_distribution.hpp>
#include <foreshift/forecast/error_likeness.hpp>
#include <foreshift/forecast/error_tail.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/observation.hpp>
#include <foreshift/forecast/saved_model.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

template <Forecaster Spec>
class backtested_model;

/// Wraps a specification. `backtested<seasonal_ar>{.inner = {.season_length = 288}, .horizon = 12}`
template <Forecaster Spec>
struct backtested {
  using model = backtested_model<Spec>;
  static constexpr std::string_view name = "backtested";
  Spec inner{};
  std::size_t horizon = 12;       ///< H, the longest horizon that can be predicted, at least 1
  std::size_t errors_kept = 288;  ///< K, forecasts whose errors are remembered, at least 1
  std::size_t every = 1;          ///< steps from one of these forecasts to the next, at least 1
  std::size_t training_min = 8;   ///< observations before the first forecast that is held against what came
  std::size_t pool_below = 40;    ///< leads with fewer errors share the shape of their distribution
  /// Of leads that do not: at this distance between what was forecast then and now, in mean absolute errors,
  /// an error counts a quarter. 0: all count alike. Paths are drawn from all alike in any case.
  double bandwidth = 0;
  /// And how far each miss moves the levels (adaptive_conformal.hpp), e.g. 0.02; in [0, 1]. 0, as on the load
  /// of machines the last day's errors follow a change soon enough, and adapting makes rare levels restless.
  double adapt = 0;
  bool refit =
      true;  ///< fit on all of the history after the replay; false: go on with the model that was replayed
  double lower = -std::numeric_limits<double>::infinity();  ///< no forecast goes below, e.g. 0 for load
  double upper = std::numeric_limits<double>::infinity();   ///< or above, e.g. 100 for percent
};

/// `update`: one update and, every `every` steps, one prediction of the wrapped model, and 2H operations
/// more; where levels adapt, K H / every more to find the ranks of what came. No allocation of its own.
template <Forecaster Spec>
class backtested_model {
 public:
  friend void update(backtested_model& m, double y, std::span<const double> row) {
    m.learn(y, row);
    if (m.errors_.due()) m.foresee(m.held(row));
  }
  /// The same where the regressors of the next H steps are known. Without them the present row is taken to
  /// last.
  /// @pre future has the columns of the fit and at least H rows
  friend void update(backtested_model& m, double y, std::span<const double> row, regressor_view future) {
    m.learn(y, row);
    if (m.errors_.due()) m.foresee(future);
  }
  /// Without regressors any out of at most H steps costs a copy.
  friend void predict_mean(const backtested_model& m, regressor_view x, std::span<double> out) {
    if (const auto known = m.errors_.latest(); x.columns == 0 && out.size() <= known.size()) {
      std::ranges::copy(known.first(out.size()), out.begin());
      return;
    }
    predict_mean(m.inner_, x, out);
    for (double& o : out) o = m.bounded(o);
  }
  /// @pre 1 <= horizon <= H; levels ascending, each in (0, 1)
  friend prediction predict(const backtested_model& m, const predict_request& wanted) {
    prediction out;
    predict_into(m, wanted, out);
    return out;
  }
  /// The same into an object that is used again and again: no allocation once it has its size, save for the
  /// quantiles.
  friend void predict_into(const backtested_model& m, const predict_request& wanted, prediction& out) {
    FORESHIFT_EXPECT(wanted.horizon >= 1 && wanted.horizon <= m.errors_.horizon());
    out.start = m.now_;
    out.step = m.step_;
    out.mean.resize(wanted.horizon);
    predict_mean(m, wanted.regressors, out.mean);
    out.levels.assign(wanted.levels.begin(), wanted.levels.end());
    out.quantiles.resize(wanted.levels.size() * wanted.horizon);
    if (!out.levels.empty()) m.write_quantiles(out);
    if (wanted.plan == nullptr) {
      out.paths = {};
      return;
    }
    if (out.paths.count() != wanted.plan->size() || out.paths.horizon() != wanted.horizon)
      out.paths = sample_paths{wanted.plan->size(), wanted.horizon};
    for (std::size_t p = 0; p < out.paths.count(); ++p) {
      const double* const errors =
          m.errors_.block(wanted.plan->error_age[p] / m.errors_.every() % m.errors_.complete()).data();
      const double* const mean = out.mean.data();
      double* const path = out.paths[p].data();
      for (std::size_t h = 0; h < wanted.horizon; ++h) path[h] = m.bounded(mean[h] + errors[h]);
    }
  }

  /// P(y > limit) at each of the steps of `mean`, the mean curve `predict` gave: as many values. Bounds
  /// count: where no value may be above the limit, the answer is 0. A pass over the errors of each step;
  /// where a step has too few, a sort of all.
  friend std::vector<double> probability_exceeds(const backtested_model& m, std::span<const double> mean,
                                                 double limit) {
    FORESHIFT_EXPECT(mean.size() <= m.errors_.horizon());
    std::vector<double> p(mean.size(), 0.0);
    std::optional<error_distribution> pooled;
    for (std::size_t h = 0; h < mean.size(); ++h) p[h] = m.probability_above(pooled, h, mean[h], limit);
    return p;
  }

  /// The p-quantile of the value h steps ahead, 1 being the next. The regressors are those of `predict`, h
  /// rows or none. Allocates and sorts; for many steps and levels at once take `predict`.
  /// @pre 1 <= h <= H, 0 < p < 1
  friend double quantile(const backtested_model& m, std::size_t h, double p, regressor_view x = {}) {
    FORESHIFT_EXPECT(h >= 1 && h <= m.errors_.horizon() && p > 0 && p < 1);
    std::vector<double> mean(h);
    predict_mean(m, x, mean);
    return m.quantile_at(m.distribution(mean), h - 1, mean[h - 1], p);
  }
  /// P(y > limit) h steps ahead, 1 being the next; no sort where the step has errors enough. @pre 1 <= h <= H
  friend double probability_exceeds(const backtested_model& m, std::size_t h, double limit,
                                    regressor_view x = {}) {
    FORESHIFT_EXPECT(h >= 1 && h <= m.errors_.horizon());
    std::vector<double> mean(h);
    predict_mean(m, x, mean);
    std::optional<error_distribution> pooled;
    return m.probability_above(pooled, h - 1, mean[h - 1], limit);
  }

  [[nodiscard]] const typename Spec::model& inner() const { return inner_; }
  [[nodiscard]] const error_blocks& errors() const { return errors_; }
  [[nodiscard]] const adaptive_conformal& adaptation() const { return adaptive_; }
  /// The first instant not observed yet.
  [[nodiscard]] time_point now() const { return now_; }
  [[nodiscard]] bool takes(std::size_t regressors) const {
    return columns_ == regressors && detail::takes_rows(inner_, regressors);
  }

  /// An empty model to restore into.
  static std::optional<backtested_model> blank(const backtested<Spec>& spec) {
    auto inner = detail::blank_of(spec.inner);
    if (!inner) return std::nullopt;
    return backtested_model{std::move(*inner), archive_access::blank<error_blocks>(),
                            archive_access::blank<adaptive_conformal>()};
  }
  /// See `fit`.
  static result<backtested_model, errc> fitted(const backtested<Spec>& spec, telemetry::series_view y,
                                               regressor_view x) {
    FORESHIFT_EXPECT(spec.horizon >= 1 && spec.errors_kept >= 1 && spec.every >= 1);
    FORESHIFT_EXPECT(spec.lower <= spec.upper && spec.bandwidth >= 0 && spec.adapt >= 0 && spec.adapt <= 1);
    if (x.columns > 0 && x.rows() != y.size()) return failure{errc::bad_regressors};
    if (y.size() < spec.training_min + spec.horizon) return failure{errc::too_short};
    // The youngest part is replayed: as much as is remembered, but not so much that the model starts from
    // nothing.
    const std::size_t least = std::max(spec.training_min, std::min(y.size() / 3, y.size() - spec.horizon));
    std::size_t replay = std::min(y.size() - least, spec.errors_kept * spec.every + spec.horizon);
    if (const std::size_t whole = replay - replay % spec.every; whole >= spec.horizon)
      replay = whole;  // a forecast is due now: its errors are of the same time of day as those it will make
    std::size_t from = y.size() - replay;
    auto inner = fit(spec.inner, y.first(from), x.slice(0, x.columns == 0 ? 0 : from));
    // A model that needs more than the least history gets it as long as one whole forecast can still be
    // checked.
    while (!inner && inner.error() != errc::bad_regressors && from + spec.horizon < y.size()) {
      from = std::min(y.size() - spec.horizon, from + std::max<std::size_t>(1, from / 2));
      inner = fit(spec.inner, y.first(from), x.slice(0, x.columns == 0 ? 0 : from));
    }
    if (!inner) return failure{inner.error()};

    backtested_model m{spec, std::move(*inner), x.columns};
    m.step_ = y.step;
    m.now_ = y.time_at(from);
    std::vector<double> rows(x.values.begin(), x.values.end());  // the last row is taken to last
    for (std::size_t h = 0; x.columns > 0 && h < spec.horizon; ++h) {
      const auto last = x.row(x.rows() - 1);
      rows.insert(rows.end(), last.begin(), last.end());
    }
    const regressor_view known{rows, x.columns};
    m.foresee(known.slice(from, spec.horizon));
    for (std::size_t t = from; t < y.size(); ++t)
      update(m, y.values[t], x.columns == 0 ? std::span<const double>{} : x.row(t),
             known.slice(t + 1, spec.horizon));
    if (!spec.refit) return m;
    if (auto whole =
            fit(spec.inner, y, x)) {  // the errors are of the model fitted before; this one knows all
      m.inner_ = std::move(*whole);
      m.foresee_again(known.slice(y.size(), spec.horizon));
    }
    return m;
  }

 private:
  friend struct foreshift::archive_access;
  // Not of one argument: any_fitted_model could be made from a backtested_model, and that from it.
  backtested_model(typename Spec::model blank, const error_blocks& none, const adaptive_conformal& neither)
      : inner_(std::move(blank)), errors_(none), adaptive_(neither) {}
  static void members(auto& self, auto& archive) {
    archive(self.inner_, self.errors_, self.adaptive_, self.held_, self.columns_, self.pool_below_,
            self.bandwidth_, self.lower_, self.upper_, self.now_, self.step_);
  }
  [[nodiscard]] bool consistent() const {
    // Far enough from the end of time for as many updates as anyone will make.
    const auto age = now_.time_since_epoch().count(), step = step_.count();
    const bool in_time = std::abs(age / 2) <= time_point::duration::max().count() / 4 && step >= 0 &&
                         step <= duration{std::chrono::hours{24 * 366}}.count();
    return in_time && errors_.complete() >= 1 && !errors_.due() && columns_ <= archived_size_max &&
           held_.size() == columns_ * errors_.horizon() && lower_ <= upper_ &&
           lower_ <= largest_observation && upper_ >= -largest_observation &&
           (!adaptive_.adapts() || adaptive_.horizon() == errors_.horizon()) && bandwidth_ >= 0 &&
           (bandwidth_ == 0 || errors_.keeps_means());
  }

  backtested_model(const backtested<Spec>& spec, typename Spec::model inner, std::size_t columns)
      : inner_(std::move(inner)),
        errors_({spec.horizon, spec.errors_kept, spec.every, spec.bandwidth > 0}),
        adaptive_({spec.horizon, spec.adapt}),
        held_(columns * spec.horizon),
        columns_(columns),
        pool_below_(spec.pool_below),
        bandwidth_(spec.bandwidth),
        lower_(spec.lower),
        upper_(spec.upper) {}

  void learn(double y, std::span<const double> row) {
    update(inner_, y, row);
    adapt(y);
    errors_.observe(y);
    now_ += step_;
  }
  /// The rank is taken among the errors known now, not among those of the day the forecast was made: that
  /// needs no memory of old distributions. Leads in the common shape know too little to adapt.
  void adapt(double y) {
    if (!adaptive_.adapts() || !is_observed(y)) return;
    errors_.visit_next([&](std::size_t lead, double mean) {
      if (errors_.known(lead) < std::max<std::size_t>(pool_below_, 1)) return;
      adaptive_.observe(lead, error_likeness{errors_, lead, mean, bandwidth_}.rank(y - mean));
    });
  }
  void foresee(regressor_view future) {
    errors_.open();
    foresee_again(future);
  }
  void foresee_again(regressor_view future) {
    const auto curve = errors_.latest();
    if (curve.empty()) return;
    predict_mean(inner_, future, curve);
    for (double& c : curve) c = bounded(c);
  }
  [[nodiscard]] regressor_view held(std::span<const double> row) {
    FORESHIFT_EXPECT(row.size() == columns_);
    if (columns_ == 0) return {};
    for (std::size_t i = 0; i < held_.size(); ++i) held_[i] = row[i % columns_];
    return {held_, columns_};
  }
  /// As std::clamp, by value: without a branch that is foretold wrongly wherever load is near 0.
  [[nodiscard]] double bounded(double v) const {
    const double low = v < lower_ ? lower_ : v;
    return upper_ < low ? upper_ : low;
  }

  [[nodiscard]] error_distribution distribution(std::span<const double> mean) const {
    FORESHIFT_EXPECT(mean.size() <= errors_.horizon());
    return bandwidth_ > 0 ? error_distribution{errors_, pool_below_, mean, bandwidth_}
                          : error_distribution{errors_, pool_below_};
  }
  [[nodiscard]] double quantile_at(const error_distribution& errors, std::size_t step, double mean,
                                   double p) const {
    // 0 and 1 would ask for infinity.
    if (adaptive_.adapts()) p = std::clamp(adaptive_.corrected(step, p), 1e-6, 1 - 1e-6);
    return bounded(mean + errors.quantile(step, p));
  }
  /// @param pooled the distribution of steps with few errors, made when the first of them is asked for
  [[nodiscard]] double probability_above(std::optional<error_distribution>& pooled, std::size_t step,
                                         double mean, double limit) const {
    if (limit >= upper_ || limit < lower_) return limit < lower_ ? 1.0 : 0.0;
    const bool own = errors_.known(step) >= std::max<std::size_t>(pool_below_, 1);
    if (!own && !pooled) pooled.emplace(errors_, pool_below_);
    const double p = own ? forecast::probability_above(
                               errors_, step, error_likeness{errors_, step, mean, bandwidth_}, limit - mean)
                         : pooled->probability_above(step, limit - mean);
    return adaptive_.adapts() ? 1 - adaptive_.nominal(step, 1 - p) : p;
  }

  void write_quantiles(prediction& out) const {
    const auto errors = distribution(out.mean);
    const std::size_t horizon = out.horizon();
    for (std::size_t h = 0; h < horizon; ++h)
      for (std::size_t i = 0; i < out.levels.size(); ++i) {
        double& q = out.quantiles[i * horizon + h];
        q = quantile_at(errors, h, out.mean[h], out.levels[i]);
        if (i > 0) q = std::max(q, out.quantiles[(i - 1) * horizon + h]);  // rounding may cross what does not
      }
  }

  typename Spec::model inner_;
  error_blocks errors_;
  adaptive_conformal adaptive_;
  std::vector<double> held_;
  std::size_t columns_ = 0;
  std::size_t pool_below_ = 0;
  double bandwidth_ = 0;
  double lower_ = 0, upper_ = 0;
  time_point now_{};
  duration step_{};
};

template <Forecaster Spec>
[[nodiscard]] std::string name_of(const backtested<Spec>& spec) {
  return std::string{spec.name} + '(' + detail::saved_name(spec.inner) + ')';
}
template <Forecaster Spec>
[[nodiscard]] std::optional<backtested_model<Spec>> blank_model(const backtested<Spec>& spec) {
  return backtested_model<Spec>::blank(spec);
}

/// Fits on the first part of the history, replays the rest for its errors, and fits again on all of it.
/// `too_short` when not even one whole forecast can be held against what came; else what the wrapped model
/// says.
/// @pre horizon >= 1, errors_kept >= 1, lower <= upper, bandwidth >= 0, 0 <= adapt <= 1
template <Forecaster Spec>
[[nodiscard]] result<backtested_model<Spec>, errc> fit(const backtested<Spec>& spec, telemetry::series_view y,
                                                       regressor_view x) {
  return backtested_model<Spec>::fitted(spec, y, x);
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
