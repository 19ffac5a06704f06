#pragma once
/// @file
/// The options of the LSTM, and what it is told at every step: a standardised value, its place in the day and
/// the week, and profiles of both that learn with every observation.
///
/// A network of this size cannot discover a week of 168 steps by itself. So each step remembers the last
/// value, a smoothed profile of the season and one of the longer cycle; the head of the network learns by how
/// much to trust each and what the recurrent state adds. Training reads the
/// same features from a recorded past that a stream makes one by one.
///
/// Source: the linear path beside the recurrent one is that of G. Lai et al., "Modeling long- and short-term
/// temporal patterns with deep neural networks", SIGIR 2018 (LSTNet); smoothed seasons as inputs: S. Smyl, "A
/// hybrid method of exponential smoothing and recurrent neural networks", Int. J. Forecasting 36, 2020.

#include <foreshift/core/contract.hpp>
#include <foreshift/forecast/observation.hpp>
#include <foreshift/forecast/seasonal_ar_state.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <span>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

class lstm_model;

/// All leads at once instead of one step iterated, because in validation inside the training data of M4
/// hourly and of virtual machines the error 48 steps ahead was a sixth and a tenth smaller. The other
/// defaults suit hourly load and matter little.
struct lstm {
  using model = lstm_model;
  static constexpr std::string_view name = "lstm";

  std::size_t season_length = 24;    ///< m, in steps, at least 1; 1: no season
  std::size_t seasons_in_cycle = 7;  ///< the longer cycle, e.g. days in a week, at least 1; 1: none
  std::size_t leads = 24;  ///< steps forecast at once, at least 1; a longer look goes on from its own medians
  std::size_t hidden = 32;  ///< units, at least 1; rounded up to a multiple of 8
  std::size_t window =
      48;                 ///< steps the gradient goes back, at least 2; the loss is taken over the later half
  std::size_t batch = 8;  ///< windows for each step of the optimiser, at least 1
  std::size_t epochs_max = 40;   ///< passes over the history; 0: a regression on the profiles is all
  std::size_t patience = 6;      ///< passes without a better validation loss before training ends, at least 1
  double learning_rate = 0.005;  ///< > 0; halved after every second pass that was no better
  double clip = 1.0;             ///< longest gradient, > 0
  double validation = 0.15;      ///< youngest share of the history kept for early stopping, in (0, 0.5]
  std::vector<double> levels = {0.025, 0.1, 0.5, 0.9, 0.975};  ///< learned quantiles, ascending, in (0, 1)
  std::uint64_t seed = 1;  ///< of the first weights and of the order of the windows

  [[nodiscard]] std::size_t cycle() const { return season_length * seasons_in_cycle; }
  static void members(auto& self, auto& archive) {
    archive(self.season_length, self.seasons_in_cycle, self.leads, self.hidden, self.window, self.batch,
            self.epochs_max, self.patience, self.learning_rate, self.clip, self.validation, self.levels,
            self.seed);
  }
};

namespace detail {

/// Everything that `lstm` demands of its numbers, and bounds on sizes that keep products of them small.
[[nodiscard]] inline bool is_sound(const lstm& s) {
  constexpr std::size_t most = 1U << 16U;
  const auto within = [](std::size_t n, std::size_t least, std::size_t limit) {
    return n >= least && n <= limit;
  };
  return within(s.season_length, 1, most) && within(s.seasons_in_cycle, 1, 1024) &&
         s.cycle() <= (1U << 20U) && within(s.leads, 1, 4096) && within(s.hidden, 1, 4096) &&
         within(s.window, 2, most) && within(s.batch, 1, 4096) && s.patience >= 1 && s.learning_rate > 0 &&
         std::isfinite(s.learning_rate) && s.clip > 0 && s.validation > 0 && s.validation <= 0.5 &&
         s.levels.size() <= 63 && std::ranges::all_of(s.levels, [](double p) { return p > 0 && p < 1; }) &&
         std::ranges::adjacent_find(s.levels, std::ranges::greater_equal{}) == s.levels.end();
}

/// What is known of a step from earlier ones at its place in the season and in the cycle; NaN where there was
/// none.
struct lstm_profile {
  double last = std::numeric_limits<double>::quiet_NaN();       ///< last season's value
  double day = std::numeric_limits<double>::quiet_NaN();        ///< smoothed over seasons
  double week = std::numeric_limits<double>::quiet_NaN();       ///< smoothed over cycles
  double last_week = std::numeric_limits<double>::quiet_NaN();  ///< last cycle's value
};
/// What an origin knows, whatever the lead: the local level, the last value, the recent surprise, and by how
/// much the last value differs from the ones a season and a cycle before.
struct lstm_present {
  double level = 0, value = 0, drift = 0, season_step = 0, cycle_step = 0;
};
/// The columns the head multiplies with its linear weights, from the two.
inline constexpr std::size_t lstm_past_columns = 9;
template <class Real>
inline void write_past(const lstm_profile& p, const lstm_present& now, Real* out) {
  const auto or_else = [](double v, double other) { return std::isnan(v) ? other : v; };
  const double last = or_else(p.last, now.level), day = or_else(p.day, now.level);
  const double columns[lstm_past_columns] = {last,
                                             day,
                                             or_else(p.week, day),
                                             or_else(p.last_week, last),
                                             now.level,
                                             now.value,
                                             now.drift,
                                             now.season_step,
                                             now.cycle_step};
  for (const double c : columns) *out++ = static_cast<Real>(c);
}

/// What is remembered of one series, in units of its own spread, and what the network sees of it.
class lstm_memory {
 public:
  /// What the recurrent layer sees of one step beside regressors: value, surprise, gap, place in the season
  /// and in the cycle.
  static constexpr std::size_t input_columns = 7;

  lstm_memory() = default;
  /// @param place steps since the beginning of the cycle of the first value to come
  lstm_memory(const lstm& spec, std::size_t events, std::size_t place)
      : season_(spec.season_length),
        place_(place % spec.cycle()),
        last_(season_, unseen),
        day_(season_, unseen),
        week_(spec.seasons_in_cycle > 1 ? spec.cycle() : 0, unseen),
        last_week_(week_.size(), unseen),
        event_(events),
        event_day_(season_ * events) {}

  /// Takes the next step: z is standardised, NaN is a gap; events are scaled and finite.
  void observe(double z, std::span<const double> events) {
    const double expected = expectation(0);
    missing_ = std::isnan(z);
    value_ = missing_ ? expected : std::clamp(z, -range, range);
    surprise_ = value_ - expected;
    drift_ += drift_pace * (surprise_ - drift_);
    const std::size_t p = place_ % season_;
    season_step_ = value_ - or_else(last_[p], value_);
    cycle_step_ = week_.empty() ? season_step_ : value_ - or_else(last_week_[place_], value_);
    if (!missing_) {
      level_ += (value_ - level_) * std::max(1.0 / static_cast<double>(season_), 1.0 / ++seen_);
      last_[p] = value_;
      learn(day_[p], day_pace);
      if (!week_.empty()) {
        learn(week_[place_], week_pace);
        last_week_[place_] = value_;
      }
    }
    for (std::size_t e = 0; e < event_.size(); ++e) {
      event_[e] = events[e];
      double& usual = event_day_[p * event_.size() + e];
      if (!missing_) usual += day_pace * (events[e] - usual);
    }
    place_ = next(place_, 1);
  }

  /// What the recurrent layer sees of the step just taken: `input_columns` values and the step's events.
  template <class Real>
  void write_inputs(Real* out) const {
    const double turn = 2 * std::numbers::pi;
    const double season = turn * static_cast<double>(place_ % season_) / static_cast<double>(season_);
    const double cycle =
        week_.empty() ? 0.0 : turn * static_cast<double>(place_) / static_cast<double>(week_.size());
    const double columns[input_columns] = {std::clamp(value_, -saturation, saturation),
                                           std::clamp(surprise_, -saturation, saturation),
                                           missing_ ? 1.0 : 0.0,
                                           std::sin(season),
                                           std::cos(season),
                                           std::sin(cycle),
                                           week_.empty() ? 0.0 : std::cos(cycle)};
    for (const double c : columns) *out++ = static_cast<Real>(c);
    for (const double e : event_) *out++ = static_cast<Real>(e);
  }
  /// What is known of the step `lead` >= 1 steps ahead from earlier steps at its place.
  [[nodiscard]] lstm_profile profile(std::size_t lead) const {
    const std::size_t q = next(place_, lead - 1), p = q % season_;
    return {last_[p], day_[p], week_.empty() ? unseen : week_[q], week_.empty() ? unseen : last_week_[q]};
  }
  [[nodiscard]] lstm_present present() const { return {level_, value_, drift_, season_step_, cycle_step_}; }
  /// How much of each event is in the profile of the season at the place of that step.
  template <class Real>
  void write_usual_events(std::size_t lead, Real* out) const {
    const double* usual = event_day_.data() + next(place_, lead - 1) % season_ * event_.size();
    for (std::size_t e = 0; e < event_.size(); ++e) out[e] = static_cast<Real>(usual[e]);
  }
  /// The step just taken; a gap has what was expected in its place.
  [[nodiscard]] double value() const { return value_; }
  [[nodiscard]] std::size_t events() const { return event_.size(); }

  static void members(auto& self, auto& archive) {
    archive(self.season_, self.place_, self.last_, self.day_, self.week_, self.last_week_, self.event_,
            self.event_day_, self.level_, self.value_, self.surprise_, self.drift_, self.season_step_,
            self.cycle_step_, self.seen_, self.missing_);
  }
  [[nodiscard]] bool consistent() const {
    const auto sane = [](double v) { return std::abs(v) <= 4 * range; };
    const auto sane_or_unseen = [&](double v) { return std::isnan(v) || sane(v); };
    return season_ >= 1 && last_.size() == season_ && day_.size() == season_ && place_ < cycle() &&
           week_.size() % season_ == 0 && last_week_.size() == week_.size() &&
           event_day_.size() == season_ * event_.size() && std::ranges::all_of(last_, sane_or_unseen) &&
           std::ranges::all_of(day_, sane_or_unseen) && std::ranges::all_of(week_, sane_or_unseen) &&
           std::ranges::all_of(last_week_, sane_or_unseen) && std::ranges::all_of(event_, sane) &&
           std::ranges::all_of(event_day_, sane) && sane(level_) && sane(value_) && sane(surprise_) &&
           sane(drift_) && sane(season_step_) && sane(cycle_step_) && seen_ >= 0 && seen_ <= 1e18;
  }
  [[nodiscard]] bool fits(const lstm& spec, std::size_t events) const {
    return season_ == spec.season_length && event_.size() == events &&
           week_.size() == (spec.seasons_in_cycle > 1 ? spec.cycle() : 0);
  }

 private:
  static constexpr double unseen = std::numeric_limits<double>::quiet_NaN();
  static constexpr double range = 1e6;       ///< in spreads: what is further out is taken for this
  static constexpr double saturation = 6.0;  ///< what the recurrent layer is told of a spike
  static constexpr double day_pace = 0.25, week_pace = 0.4, drift_pace = 0.3;

  static double or_else(double v, double other) { return std::isnan(v) ? other : v; }
  [[nodiscard]] std::size_t cycle() const { return week_.empty() ? season_ : week_.size(); }
  [[nodiscard]] std::size_t next(std::size_t place, std::size_t steps) const {
    return (place + steps) % cycle();
  }
  void learn(double& usual, double pace) const {
    usual = std::isnan(usual) ? value_ : usual + pace * (value_ - usual);
  }
  /// Of the step `ahead` + 1 steps ahead: the mean of the profiles.
  [[nodiscard]] double expectation(std::size_t ahead) const {
    const std::size_t q = next(place_, ahead);
    const double day = or_else(day_[q % season_], level_);
    return week_.empty() ? day : 0.5 * (day + or_else(week_[q], day));
  }

  std::size_t season_ = 1;
  std::size_t place_ = 0;  ///< of the step to come, in the cycle
  std::vector<double> last_, day_, week_, last_week_;
  std::vector<double> event_, event_day_;  ///< of the last step; how much of them the profile holds
  double level_ = 0, value_ = 0, surprise_ = 0, drift_ = 0, season_step_ = 0, cycle_step_ = 0, seen_ = 0;
  bool missing_ = false;
};

}  // namespace detail

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
