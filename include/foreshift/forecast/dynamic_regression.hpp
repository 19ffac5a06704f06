#pragma once
/// @file
/// Dynamic harmonic regression: seasons as a few sines and cosines, regressors of the caller's, and ARMA
/// errors.
///
/// A season of 168 hours costs a seasonal ARIMA a state of that length; here it costs two columns a harmonic,
/// and several seasons may stand side by side. Such a season keeps its shape. How many harmonics each season
/// gets is chosen by AICc with a plain ARMA for the errors; then the order of the errors is looked for.
///
/// Source: P. C. Young, D. J. Pedregal, W. Tych, "Dynamic harmonic regression", J. Forecasting 18, 1999;
/// R. J. Hyndman, G. Athanasopoulos, "Forecasting: Principles and Practice", 3rd ed., section 10.5.

#include <foreshift/forecast/auto_arima.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

class dynamic_regression_model;

struct dynamic_regression {
  using model = dynamic_regression_model;
  static constexpr std::string_view name = "dynamic-regression";

  std::vector<std::size_t> season_lengths = {24};  ///< in steps, each at least 2, in any order
  std::size_t harmonics_max = 8;                   ///< a season
  auto_arima errors = {.season_length = 1};        ///< how the order of the errors is looked for

  static void members(auto& self, auto& archive) {
    archive(self.season_lengths, self.harmonics_max, self.errors);
  }
  [[nodiscard]] bool consistent() const {
    return errors.consistent() && harmonics_max <= 1000 && season_lengths.size() <= 16 &&
           std::ranges::all_of(season_lengths, [](std::size_t m) { return m >= 2 && m <= 1'000'000; });
  }
};

/// One wave: `harmonic` full turns in a season.
struct wave {
  std::size_t season_length = 2, harmonic = 1;

  /// The sine of a wave of two steps is zero everywhere: there is only its cosine.
  [[nodiscard]] std::size_t columns() const { return 2 * harmonic == season_length ? 1 : 2; }
  friend constexpr bool operator==(const wave&, const wave&) = default;

  static void members(auto& self, auto& archive) { archive(self.season_length, self.harmonic); }
  [[nodiscard]] bool consistent() const {
    return season_length >= 2 && season_length <= 1'000'000 && harmonic >= 1 && 2 * harmonic <= season_length;
  }
};

namespace detail {

[[nodiscard]] inline std::size_t columns_of(std::span<const wave> waves) {
  std::size_t n = 0;
  for (const wave& w : waves) n += w.columns();
  return n;
}
/// Cosine and sine of each wave at a step. @pre out has columns_of(waves) values
inline void write_waves(std::span<const wave> waves, std::size_t time, std::span<double> out) {
  std::size_t at = 0;
  for (const auto& w : waves) {
    const std::size_t turn = (time % w.season_length) * w.harmonic % w.season_length;
    const double angle =
        2 * std::numbers::pi * static_cast<double>(turn) / static_cast<double>(w.season_length);
    out[at++] = std::cos(angle);
    if (w.columns() == 2) out[at++] = std::sin(angle);
  }
}
/// Waves of steps [from, from + steps), each followed by the caller's regressors of that step.
[[nodiscard]] inline std::vector<double> wave_rows(std::span<const wave> waves, std::size_t from,
                                                   std::size_t steps, regressor_view x) {
  const std::size_t own = columns_of(waves);
  std::vector<double> rows(steps * (own + x.columns));
  for (std::size_t t = 0; t < steps; ++t) {
    const auto row = std::span{rows}.subspan(t * (own + x.columns), own + x.columns);
    write_waves(waves, from + t, row);
    if (x.columns > 0) std::ranges::copy(x.row(t), row.begin() + static_cast<std::ptrdiff_t>(own));
  }
  return rows;
}

}  // namespace detail

/// A regular value. `update` costs a sine a column and the update of the errors' model; prediction allocates.
class dynamic_regression_model {
 public:
  dynamic_regression_model(std::vector<wave> waves, arima_model errors, std::size_t time)
      : waves_(std::move(waves)), errors_(std::move(errors)), time_(time), row_(errors_.regressors()) {}

  friend void update(dynamic_regression_model& m, double y, std::span<const double> row) {
    FORESHIFT_EXPECT(row.size() == m.regressors());
    detail::write_waves(m.waves_, m.time_++, m.row_);
    std::ranges::copy(row, m.row_.end() - static_cast<std::ptrdiff_t>(row.size()));
    update(m.errors_, y, m.row_);
  }
  friend void predict_mean(const dynamic_regression_model& m, regressor_view x, std::span<double> out) {
    FORESHIFT_EXPECT(x.columns == m.regressors() && (x.columns == 0 || x.rows() >= out.size()));
    const auto rows = detail::wave_rows(m.waves_, m.time_, out.size(), x);
    predict_mean(m.errors_, {rows, m.row_.size()}, out);
  }
  friend void predict_variance(const dynamic_regression_model& m, std::span<double> out) {
    predict_variance(m.errors_, out);
  }

  [[nodiscard]] std::span<const wave> waves() const { return waves_; }
  /// The regression and its errors: first the columns of the waves, then the caller's.
  [[nodiscard]] const arima_model& errors() const { return errors_; }
  /// Of the caller.
  [[nodiscard]] std::size_t regressors() const { return row_.size() - detail::columns_of(waves_); }
  [[nodiscard]] bool takes(std::size_t columns) const { return columns == regressors(); }
  /// What one unit of a regressor of the caller adds. @pre i < regressors()
  [[nodiscard]] double effect(std::size_t i) const { return errors_.effect(detail::columns_of(waves_) + i); }

 private:
  friend struct foreshift::archive_access;
  dynamic_regression_model() : errors_(archive_access::blank<arima_model>()) {}
  static void members(auto& self, auto& archive) {
    archive(self.waves_, self.errors_, self.time_, self.row_);
  }
  [[nodiscard]] bool consistent() const {
    return waves_.size() <= 16'000 && row_.size() == errors_.regressors() &&
           detail::columns_of(waves_) <= row_.size() && time_ <= (std::size_t{1} << 53U);
  }

  std::vector<wave> waves_;
  arima_model errors_;
  std::size_t time_ = 0;
  std::vector<double> row_;
};

static_assert(FittedModel<dynamic_regression_model>);

namespace detail {

/// Adds wave after wave, season by season, while the AICc falls; one that does not help is given a second
/// chance by the next. Judged by conditional least squares with a plain ARMA for the errors.
[[nodiscard]] inline std::vector<wave> choose_waves(const dynamic_regression& spec, telemetry::series_view y,
                                                    regressor_view x) {
  const std::size_t observed = count_observed(y.values);
  auto seasons = spec.season_lengths;
  std::ranges::sort(seasons);
  std::vector<wave> best;
  const auto judged = [&](const std::vector<wave>& waves, std::size_t d) {
    const auto rows = wave_rows(waves, 0, y.size(), x);
    const arima errors{.p = 2, .d = d, .q = 1, .method = arima_method::css, .standard_errors = false};
    const auto m = fit(errors, y, {rows, columns_of(waves) + x.columns});
    return m ? m->aicc() : std::numeric_limits<double>::infinity();
  };
  const auto repeated = [&](const wave& w, std::size_t season) {  // a shorter season has this frequency too
    for (std::size_t i = 0; i < season; ++i)
      if (w.harmonic * seasons[i] % w.season_length == 0) return true;
    return false;
  };
  std::vector<wave> all;
  for (std::size_t s = 0; s < seasons.size(); ++s) {
    const std::size_t m = seasons[s];
    for (std::size_t k = 1; 2 * m < observed && 2 * k <= m && k <= spec.harmonics_max; ++k)
      if (const wave w{m, k}; !repeated(w, s) && columns_of(all) + 2 + x.columns < observed / 4)
        all.push_back(w);
  }
  if (all.empty()) return best;
  const auto rows = wave_rows(all, 0, y.size(), x);
  const auto whole =
      arima_sample_of({}, y.values, {rows, columns_of(all) + x.columns}, arima_constant::mean, 4);
  const std::size_t d = whole ? choose_differences(spec.errors, *whole).d : 0;
  double least = judged(best, d);
  std::vector<wave> tried;
  std::size_t failed = 0, season = 0;
  for (const wave& w : all) {
    if (w.season_length != season) season = w.season_length, failed = 0, tried = best;
    if (failed == 2) continue;
    tried.push_back(w);
    if (const double value = judged(tried, d); value < least)
      least = value, best = tried, failed = 0;
    else
      ++failed;
  }
  return best;
}

}  // namespace detail

/// Failures as for `auto_arima`. A season of which not more than two were observed is left out. Time is
/// counted from the first value of y. @pre spec.consistent()
[[nodiscard]] inline result<dynamic_regression_model, errc> fit(const dynamic_regression& spec,
                                                                telemetry::series_view y, regressor_view x) {
  FORESHIFT_EXPECT(spec.consistent());
  if (x.columns > 0 && (x.rows() != y.size() || !std::ranges::all_of(x.values, is_observed)))
    return failure{errc::bad_regressors};
  auto waves = detail::choose_waves(spec, y, x);
  const auto rows = detail::wave_rows(waves, 0, y.size(), x);
  auto errors = fit(spec.errors, y, {rows, detail::columns_of(waves) + x.columns});
  if (!errors) return failure{errors.error()};
  return dynamic_regression_model{std::move(waves), std::move(*errors), y.size()};
}

static_assert(Forecaster<dynamic_regression>);

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
