#pragma once
/// @file
/// A fitted seasonal autoregression: predicts by iteration, learns by one row.
///
/// The autoregression describes what is left of the series when the effects of known events are taken away.
/// So an event comes and goes at once, and yesterday's event is not repeated today. The effects are estimated
/// by generalised least squares: both the series and the regressors are passed through the autoregression's
/// filter first.
///
/// Source: D. Cochrane, G. H. Orcutt, "Application of least squares regression to relationships containing
/// autocorrelated error terms", JASA 44, 1949 (the filter).

#include <foreshift/core/archive.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/observation.hpp>
#include <foreshift/forecast/seasonal_ar_state.hpp>
#include <foreshift/forecast/seasonal_equations.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

namespace detail {
class seasonal_ar_fit;
}

/// A regular value. `update` allocates only on the two occasions in its life when a longer lag comes into
/// use; prediction never does.
class seasonal_ar_model {
 public:
  friend void update(seasonal_ar_model& m, double y, std::span<const double> row) { m.learn(y, row); }
  friend void predict_mean(const seasonal_ar_model& m, regressor_view x, std::span<double> out) {
    m.path(x, out);
  }

  /// The longest lag in use, in steps.
  [[nodiscard]] std::size_t lag_max() const { return lags_.back(); }
  /// Constant, lags, local level; in units of the standardised series.
  [[nodiscard]] std::span<const double> coefficients() const { return b_; }
  /// What one unit of a regressor adds, in the unit of the series. @pre i < regressors of the fit
  [[nodiscard]] double effect(std::size_t i) const { return scale_.unit * effect_[i]; }
  /// Whether it was fitted with so many regressors.
  [[nodiscard]] bool takes(std::size_t regressors) const { return effect_.size() == regressors; }

 private:
  friend class detail::seasonal_ar_fit;
  friend struct foreshift::archive_access;

  seasonal_ar_model() : series_(archive_access::blank<detail::series_track>()) {}
  static void members(auto& self, auto& archive) {
    archive(self.spec_, self.places_, self.scale_, self.series_, self.events_, self.effect_, self.now_,
            self.next_, self.effects_, self.season_at_, self.stage_, self.rows_next_, self.b_, self.g_,
            self.spread_, self.low_, self.high_, self.since_solved_, self.solutions_);
    if constexpr (std::remove_reference_t<decltype(archive)>::reading) self.restore_derived();
  }
  /// What follows from the rest: the lags, and the rows that are written before they are read.
  void restore_derived() {
    lags_ = detail::lags_in_use(spec_, stage_);
    row_.assign(columns_of(detail::lags_in_use(spec_, 2)), 0.0);
    event_row_ = row_;
    filtered_.assign(effect_.size(), 0.0);
  }
  [[nodiscard]] bool consistent() const {
    const auto suits = [&](const detail::series_track& track) {
      return track.past.length() == detail::lags_in_use(spec_, 2).back() &&
             track.level.columns() == series_.level.columns();
    };
    return suits(series_) && std::ranges::all_of(events_, suits) && events_.size() == effect_.size() &&
           places_ == places_of(spec_) && season_at_ < spec_.season_length && equations_suit() &&
           std::ranges::all_of(effect_, is_observed) && spread_ >= spread_floor && is_bounded(spread_) &&
           is_bounded(low_) && is_bounded(high_) && low_ <= high_;
  }
  [[nodiscard]] bool equations_suit() const {
    const auto suit = [](const std::optional<seasonal_equations>& e, std::size_t columns,
                         std::size_t places) {
      return e && e->columns() == columns && e->places() == places;
    };
    const std::size_t stages = detail::stages_of(spec_), columns = columns_of(lags_);
    return stage_ < stages && suit(now_, columns, places_) && b_.size() == columns && g_.size() == places_ &&
           (stage_ + 1 < stages ? suit(next_, columns_of(detail::lags_in_use(spec_, stage_ + 1)), places_)
                                : !next_) &&
           (events_.empty() ? !effects_ : suit(effects_, effect_.size(), 0));
  }

  seasonal_ar_model(const seasonal_ar& spec, std::size_t events, const detail::standardised& s)
      : spec_(spec),
        places_(places_of(spec)),
        scale_(s),
        series_(spec),
        events_(events, detail::series_track{spec}),
        effect_(events),
        filtered_(events) {
    if (events > 0) believe_effects();
  }

  /// The equations of the effects start anew from the present effects: what the rows to come do not tell
  /// about a regressor stays as it is.
  void believe_effects() {
    effects_ =
        seasonal_equations{{.columns = effect_.size(), .places = 0, .fade = spec_.fade(), .ridge_place = 1},
                           std::vector<double>(effect_.size(), spec_.ridge_events),
                           effect_};
  }

  [[nodiscard]] static std::size_t places_of(const seasonal_ar& spec) {
    return spec.season_length >= 4 ? std::min(spec.season_length, spec.places_max) : 0;
  }
  [[nodiscard]] std::size_t place_at(std::size_t ahead) const {
    if (places_ == 0) return 0;
    std::size_t at = season_at_ + ahead;
    if (at >= spec_.season_length) at %= spec_.season_length;
    return at * places_ / spec_.season_length;
  }
  [[nodiscard]] std::size_t columns_of(const detail::lag_set& lags) const {
    return 1 + lags.size() + series_.level.columns();
  }
  [[nodiscard]] seasonal_equations equations_of(std::size_t stage) const {
    const std::size_t columns = columns_of(detail::lags_in_use(spec_, stage));
    std::vector<double> ridge(columns, spec_.ridge), prior(columns, 0.0);
    ridge[0] = 1e-6;                              // the constant is free
    if (stage == 0) prior[1] = spec_.prior_lag1;  // with daily lags lag 1 is one of many
    const double days =
        places_ > 0 ? static_cast<double>(spec_.season_length) / static_cast<double>(places_) : 1.0;
    return seasonal_equations{{columns, places_, spec_.fade(), spec_.ridge_places * days}, ridge, prior};
  }
  void use_stage(std::size_t stage, seasonal_equations equations) {
    stage_ = stage;
    lags_ = detail::lags_in_use(spec_, stage);
    now_ = std::move(equations);
    b_.assign(columns_of(lags_), 0.0);
    g_.assign(places_, 0.0);
    const std::size_t widest = columns_of(detail::lags_in_use(spec_, 2));
    row_.assign(widest, 0.0);
    event_row_.assign(widest, 0.0);
    next_.reset();
    rows_next_ = 0;
    if (stage + 1 < detail::stages_of(spec_)) next_ = equations_of(stage + 1);
  }

  /// The regression row of the next step, events taken away; and what of each event is new to the filter.
  std::span<const double> write_row(const detail::lag_set& lags, std::span<const double> events) {
    const auto row = std::span{row_}.first(columns_of(lags));
    series_.write_row(lags, row);
    row[0] = 1;
    for (std::size_t c = 0; c < events_.size(); ++c) {
      const auto past = std::span{event_row_}.first(row.size());
      events_[c].write_row(lags, past);
      for (std::size_t i = 1; i < row.size(); ++i) row[i] -= effect_[c] * past[i];
      if (row.size() == b_.size()) filtered_[c] = events[c] - detail::inner_product(b_, past);
    }
    return row;
  }
  [[nodiscard]] double expect(std::span<const double> row) const { return expect(row, place_at(0)); }
  [[nodiscard]] double expect(std::span<const double> row, std::size_t place) const {
    return (places_ > 0 ? g_[place] : 0.0) + detail::inner_product(b_, row);
  }
  [[nodiscard]] double guarded(double z) const {
    const double room = spec_.guard * (high_ - low_);
    return z > low_ - room ? std::min(z, high_ + room) : low_ - room;  // also for NaN
  }

  void learn(double y, std::span<const double> events) {
    FORESHIFT_EXPECT(events.size() == events_.size());
    const auto row = write_row(lags_, events);
    const double expected = guarded(expect(row));
    const double lifted = detail::inner_product(effect_, events);
    const bool seen = is_observed(y) && std::ranges::all_of(events, is_observed);
    const double rest = seen ? scale_.in(y)-lifted : expected;
    now_->age();
    if (next_) next_->age();
    if (effects_) effects_->age();
    if (seen) absorb(row, rest, rest - expected, events);
    observe_range(rest);
    series_.push(seen ? rest + lifted : std::isfinite(lifted) ? expected + lifted : expected);
    for (std::size_t c = 0; c < events_.size(); ++c)
      events_[c].push(is_observed(events[c]) ? events[c] : 0.0);
    if (++season_at_ >= spec_.season_length) season_at_ = 0;
    if (next_ && rows_next_ >= spec_.rows_min()) grow();
  }

  void absorb(std::span<const double> row, double rest, double surprise, std::span<const double> events) {
    const double weight = detail::huber_weight(surprise, spread_, spec_.huber);
    now_->add(row, place_at(0), rest, weight);
    if (effects_) learn_effects(surprise, weight);
    if (next_) {
      const auto lags = detail::lags_in_use(spec_, stage_ + 1);
      if (series_.past.size() >= lags.back()) {
        next_->add(write_row(lags, events), place_at(0), rest, weight);
        ++rows_next_;
      }
    }
    // The mean absolute surprise, each bounded: a spike hardly moves the yardstick, a lasting change does.
    const double size = std::min(std::abs(surprise), 4.0 * spread_);
    spread_ = std::max(spread_ + (1.2533 * size - spread_) / 48.0, spread_floor);
    if (++since_solved_ >= spec_.solve_every || solutions_ < 200) {
      since_solved_ = 0;
      ++solutions_;
      now_->solve(b_, g_);
    }
  }
  /// The surprise, had no effect been assumed, is the effect times what is new of the event.
  void learn_effects(double surprise, double weight) {
    effects_->add(filtered_, 0, surprise + detail::inner_product(effect_, filtered_), weight);
    if (std::ranges::any_of(filtered_, [](double x) { return x != 0; })) effects_->solve(effect_, {});
    for (double& e : effect_) e = is_observed(e) ? e : 0.0;  // rows beyond all measure determine nothing
  }
  void observe_range(double z) {
    const double slow = 1.0 / spec_.memory_steps();  // an old record is forgotten as slowly as the rows are
    low_ = std::min(z, low_ + slow * (z - low_));
    high_ = std::max(z, high_ + slow * (z - high_));
  }
  void grow() {
    auto equations = std::move(*next_);
    use_stage(stage_ + 1, std::move(equations));
    now_->solve(b_, g_);
  }

  /// What was left of the series `lag` steps ago when the events are taken away.
  [[nodiscard]] double rest_ago(std::size_t lag) const {
    double z = series_.past.ago(lag);
    for (std::size_t c = 0; c < events_.size(); ++c) z -= effect_[c] * events_[c].past.ago(lag);
    return z;
  }
  void path(regressor_view x, std::span<double> out) const {
    FORESHIFT_EXPECT(x.columns == events_.size() && (x.columns == 0 || x.rows() >= out.size()));
    auto level = series_.level;
    for (std::size_t c = 0; c < events_.size(); ++c) level.subtract(effect_[c], events_[c].level);
    const double level_share = level.columns() > 0 ? b_.back() : 0.0;
    for (std::size_t h = 0; h < out.size(); ++h) {
      double z = b_[0] + (places_ > 0 ? g_[place_at(h)] : 0.0) + level_share * level.value();
      for (std::size_t i = 0; i < lags_.size(); ++i)
        z += b_[1 + i] * (h >= lags_[i] ? out[h - lags_[i]] : rest_ago(lags_[i] - h));
      out[h] = guarded(z);
      level.push(out[h]);
    }
    for (std::size_t h = 0; h < out.size(); ++h)
      out[h] = scale_.out(out[h] + (x.columns > 0 ? detail::inner_product(effect_, x.row(h)) : 0.0));
  }

  static constexpr double spread_floor =
      0.02;  ///< so little of the unit is no surprise, however regular the series
  seasonal_ar spec_;
  std::size_t places_ = 0;
  detail::standardised scale_;
  detail::series_track series_;  ///< standardised, events and all; gaps filled with what was expected
  std::vector<detail::series_track> events_;  ///< each regressor
  std::vector<double> effect_,
      filtered_;  ///< of the regressors: effect, and the present row after the filter
  std::optional<seasonal_equations> now_, next_,
      effects_;                ///< in use; gathering rows for longer lags; effects
  std::size_t season_at_ = 0;  ///< place in the season of the next step
  std::size_t stage_ = 0;
  detail::lag_set lags_;
  std::size_t rows_next_ = 0;
  std::vector<double> b_, g_, row_, event_row_;
  double spread_ = 1;          ///< robust standard deviation of one-step surprises
  double low_ = 0, high_ = 0;  ///< remembered range, events taken away
  std::size_t since_solved_ = 0, solutions_ = 0;
};

static_assert(FittedModel<seasonal_ar_model>);

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
