#pragma once
/// @file
/// The workhorse: an autoregression on yesterday and last week that learns with every observation.
///
/// One robust ridge regression on the lags {1, 2, m, m+1, 7m, 7m+1}, the time of day and known events
/// predicts one step; the mean path is iterated from it. As much of it is used as the history allows: lags 1
/// and 2 after a few observations, the daily and the weekly lags when there are rows for them, also when that
/// happens while streaming. Rows count less with age, and by Huber's weight when they surprise, so that a
/// spike does not bend the fit.
///
/// Source: G. E. P. Box, G. M. Jenkins, "Time Series Analysis", 1976, section 9.2 (the multiplicative
/// seasonal lags); P. J. Huber, "Robust Statistics", 1981, section 7.8 (iterated weights).

#include <foreshift/forecast/seasonal_ar_model.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

namespace detail {

/// Iterated weights over a history. @pre at least `seasonal_ar::observations_min` observations, events finite
class seasonal_ar_fit {
 public:
  struct history {
    std::span<const double> values;
    regressor_view events;
    std::size_t season_at = 0;  ///< place in the season of the first value
  };
  seasonal_ar_fit(const seasonal_ar& options, const history& h)
      : spec_(options), values_(h.values), events_(h.events), season_at_(h.season_at) {}

  [[nodiscard]] seasonal_ar_model run() {
    seasonal_ar_model m{spec_, events_.columns, standardise(values_)};
    z_ = filled(values_, m.scale_, spec_.season_length);
    std::size_t stage = stages_of(spec_) - 1;
    while (stage > 0 && z_.size() < lags_in_use(spec_, stage).back() + spec_.rows_min()) --stage;
    m.use_stage(stage, m.equations_of(stage));
    for (const double v : values_) weight_.push_back(is_observed(v) ? 1.0 : 0.0);
    surprise_.resize(z_.size());

    if (events_.columns > 0) start_effects(m);
    const std::size_t rounds = spec_.huber > 0 || events_.columns > 0 ? spec_.rounds : 0;
    for (std::size_t round = 0;; ++round) {
      gather(m);
      judge(m);
      if (round == rounds) break;
      if (spec_.huber > 0) reweigh(m);
      if (m.effects_) m.effects_->solve(m.effect_, {});
    }
    find_range(m);
    if (events_.columns == 0) remember(m);
    return m;
  }

 private:
  [[nodiscard]] std::span<const double> row_at(std::size_t t) const {
    return events_.columns > 0 ? events_.row(t) : std::span<const double>{};
  }
  /// Visits the rows whose lags all lie in the history, oldest first, each with its time of day.
  template <class F>
  void each_row(seasonal_ar_model& m, F visit) {
    if (events_.columns == 0) return each_plain_row(m, visit);
    m.series_.clear();
    for (auto& track : m.events_) track.clear();
    m.season_at_ = season_at_;
    for (std::size_t t = 0; t < z_.size(); ++t) {
      if (t >= m.lags_.back()) visit(t, m.write_row(m.lags_, row_at(t)), m.place_at(0));
      m.series_.push(z_[t]);
      for (std::size_t c = 0; c < m.events_.size(); ++c) m.events_[c].push(row_at(t)[c]);
      if (++m.season_at_ >= spec_.season_length) m.season_at_ = 0;
    }
  }
  /// Without events a row is values of the history itself: there is no need to walk through it each time.
  template <class F>
  void each_plain_row(seasonal_ar_model& m, F visit) {
    const std::size_t lags = m.lags_.size(), longest = m.lags_.back();
    if (level_.empty() && m.series_.level.columns() > 0) {
      detail::local_level level = m.series_.level;
      level.clear();
      for (const double z : z_) level_.push_back(level.value()), level.push(z);
    }
    const auto row = std::span{m.row_}.first(m.columns_of(m.lags_));
    if (place_.empty())
      for (std::size_t t = 0; t < z_.size(); ++t) {
        m.season_at_ = (season_at_ + t) % spec_.season_length;
        place_.push_back(m.place_at(0));
      }
    double* const out = row.data();
    out[0] = 1;
    for (std::size_t t = longest; t < z_.size(); ++t) {
      const double* const now = z_.data() + t;
      for (std::size_t i = 0; i < lags; ++i) out[1 + i] = *(now - m.lags_[i]);
      if (!level_.empty()) out[1 + lags] = level_[t];
      visit(t, std::span<const double>{row}, place_[t]);
    }
  }
  /// The model goes on from the end of the history.
  void remember(seasonal_ar_model& m) const {
    m.series_.clear();
    for (const double z : z_) m.series_.push(z);
    m.season_at_ = (season_at_ + z_.size()) % spec_.season_length;
  }
  /// First guess at the effects, from all of the history: a regression on the events and the time of day.
  void start_effects(seasonal_ar_model& m) const {
    const std::size_t columns = 1 + events_.columns;
    std::vector<double> ridge(columns, spec_.ridge_events), prior(columns), b(columns), g(m.places_),
        row(columns, 1.0);
    ridge[0] = 1e-6;
    seasonal_equations level{{columns, m.places_, spec_.fade(), spec_.ridge_places}, ridge, prior};
    m.season_at_ = season_at_;
    for (std::size_t t = 0; t < z_.size(); ++t) {
      level.age();
      std::ranges::copy(row_at(t), row.begin() + 1);
      if (weight_[t] > 0) level.add(row, m.place_at(t), z_[t], 1.0);
    }
    level.solve(b, g);
    std::copy(b.begin() + 1, b.end(), m.effect_.begin());
    m.believe_effects();  // an event older than the longest lag is in no row of the autoregression
  }
  void gather(seasonal_ar_model& m) {
    m.now_->clear();
    each_row(m, [&](std::size_t t, std::span<const double> row, std::size_t place) {
      m.now_->age();
      if (const double weight = weight_[t]; weight > 0)
        m.now_->add(row, place, z_[t] - inner_product(m.effect_, row_at(t)), weight);
    });
    m.now_->solve(m.b_, m.g_);
  }
  void judge(seasonal_ar_model& m) {
    std::vector<double> sizes;
    sizes.reserve(z_.size());
    if (m.effects_) m.effects_->clear();
    each_row(m, [&](std::size_t t, std::span<const double> row, std::size_t place) {
      const double surprise = z_[t] - inner_product(m.effect_, row_at(t)) - m.expect(row, place);
      surprise_[t] = surprise;
      if (m.effects_) {
        m.effects_->age();
        if (weight_[t] > 0)
          m.effects_->add(m.filtered_, 0, surprise + inner_product(m.effect_, m.filtered_), weight_[t]);
      }
      if (is_observed(values_[t])) sizes.push_back(std::abs(surprise));
    });
    m.spread_ = sizes.empty() ? 1.0 : std::max(robust_spread(sizes), seasonal_ar_model::spread_floor);
  }
  void reweigh(const seasonal_ar_model& m) {
    for (std::size_t t = m.lags_.back(); t < z_.size(); ++t)
      if (is_observed(values_[t])) weight_[t] = huber_weight(surprise_[t], m.spread_, spec_.huber);
  }
  void find_range(seasonal_ar_model& m) const {
    m.low_ = m.high_ = z_.back() - inner_product(m.effect_, row_at(z_.size() - 1));
    for (std::size_t t = 0; t < z_.size(); ++t) {
      const double rest = z_[t] - inner_product(m.effect_, row_at(t));
      m.low_ = std::min(m.low_, rest);
      m.high_ = std::max(m.high_, rest);
    }
  }

  seasonal_ar spec_;
  std::span<const double> values_;
  regressor_view events_;
  std::size_t season_at_;
  std::vector<double> z_, weight_, surprise_;
  std::vector<double> level_;       ///< before each step; this and the next without events only
  std::vector<std::size_t> place_;  ///< time of day
};

}  // namespace detail

/// `too_short` below `seasonal_ar::observations_min` observations, `bad_regressors` when x has not one finite
/// row for each y. Gaps are filled with the value one season earlier, or the last one, and are not learned
/// from. O(n k^2) a round with k = 2 + lags + regressors. @pre season_length >= 1, ridges > 0, memory > 0,
/// solve_every >= 1
[[nodiscard]] inline result<seasonal_ar_model, errc> fit(const seasonal_ar& spec, telemetry::series_view y,
                                                         regressor_view x) {
  FORESHIFT_EXPECT(spec.season_length >= 1 && spec.memory > 0 && spec.solve_every >= 1);
  FORESHIFT_EXPECT(spec.ridge > 0 && spec.ridge_places > 0 && spec.ridge_events > 0);
  FORESHIFT_EXPECT(spec.huber >= 0 && spec.guard >= 0);
  if (x.columns > 0 && (x.rows() != y.size() || !std::ranges::all_of(x.values, is_observed)))
    return failure{errc::bad_regressors};
  const std::size_t observed = count_observed(y.values);
  if (observed == 0 && y.size() > 0) return failure{errc::all_missing};
  if (observed < seasonal_ar::observations_min) return failure{errc::too_short};
  const std::size_t from =
      y.size() - std::min(y.size(), spec.history_max());  // older rows have lost their weight
  const auto values = y.values.subspan(from);
  if (count_observed(values) < seasonal_ar::observations_min) return failure{errc::too_short};
  const auto events = x.slice(from, x.columns == 0 ? 0 : values.size());
  return detail::seasonal_ar_fit{spec, {values, events, from % spec.season_length}}.run();
}

static_assert(Forecaster<seasonal_ar>);

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
