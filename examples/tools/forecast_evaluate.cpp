#include "forecast_evaluate.hpp"

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/forecast/accuracy.hpp>
#include <foreshift/forecast/observation.hpp>
#include <foreshift/telemetry/time_grid.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string_view>

namespace tool {

namespace forecast = foreshift::forecast;
using foreshift::telemetry::series;

namespace {

/// What came at the steps after the end of the past.
std::vector<double> steps_after(const series& past, const series& test, series_layout layout,
                                std::size_t horizon) {
  std::vector<double> out;
  foreshift::duration::rep skip = 0;  // steps of the test before the end of the past; negative: after it
  if (layout == series_layout::samples) {
    const double apart = foreshift::to_seconds(past.end().time_since_epoch()) -
                         foreshift::to_seconds(test.start.time_since_epoch());
    if (std::abs(apart) > 9e9) return out;  // more than a duration can say
    skip = foreshift::telemetry::steps_between(test.start, past.end(), past.step);
  }
  for (std::size_t h = 0; h < horizon; ++h) {
    const auto at = skip + static_cast<foreshift::duration::rep>(h);
    if (at >= static_cast<foreshift::duration::rep>(test.size())) break;
    out.push_back(at < 0 ? std::numeric_limits<double>::quiet_NaN()
                         : test.values[static_cast<std::size_t>(at)]);
  }
  if (forecast::count_observed(out) == 0) out.clear();
  return out;
}

std::string count_of(std::size_t n) { return n == 1 ? "1 series" : std::to_string(n) + " series"; }

/// The mean of what is finite, and how many were not.
struct finite_mean {
  double sum = 0;
  std::size_t n = 0, others = 0;
  void add(double x) {
    if (std::isfinite(x))
      sum += x, ++n;
    else
      ++others;
  }
  [[nodiscard]] double value() const {
    return n > 0 ? sum / static_cast<double>(n) : std::numeric_limits<double>::quiet_NaN();
  }
};

score_row score(const forecast_input& input, const series& past, const series_forecast& made,
                std::vector<double> came) {
  const auto& curve = made.curve;
  for (double& y : came)
    if (!forecast::is_observed(y)) y = std::numeric_limits<double>::quiet_NaN();
  const std::span<const double> y{came};
  const double scale = forecast::seasonal_naive_scale(past.values, input.choice.season_length);
  const forecast::outcome mean{y, std::span{curve.mean}.first(y.size())};

  score_row row;
  row.steps = forecast::count_observed(came);
  row.smape = forecast::smape(mean);
  row.mase = forecast::mase(mean, scale);
  const auto& widest = scored_level(input.levels);
  for (const auto& level : input.levels) {
    const auto ends = interval_of(curve, level);
    const forecast::interval_outcome inside{y, ends.lower.first(y.size()), ends.upper.first(y.size())};
    row.coverage.push_back(forecast::coverage(inside));
    if (&level == &widest) row.msis = forecast::msis(inside, {level.percent / 100, scale});
  }
  if (input.limit) {
    std::vector<double> over = came;
    for (double& o : over)
      if (!std::isnan(o)) o = o > *input.limit ? 1.0 : 0.0;
    row.brier = forecast::brier_score({over, std::span{made.exceeds}.first(y.size())});
  }
  return row;
}

score_row mean_of(const std::vector<std::optional<score_row>>& rows, std::size_t levels,
                  std::size_t& without_scale) {
  score_row out;
  finite_mean smape, mase, msis, brier;
  std::vector<finite_mean> coverage(levels);
  for (const auto& row : rows) {
    if (!row) continue;
    out.steps += row->steps;
    smape.add(row->smape);
    mase.add(row->mase);
    msis.add(row->msis);
    brier.add(row->brier);
    for (std::size_t l = 0; l < levels; ++l) coverage[l].add(row->coverage[l]);
  }
  out.smape = smape.value();
  out.mase = mase.value();
  out.msis = msis.value();
  out.brier = brier.value();
  for (const auto& c : coverage) out.coverage.push_back(c.value());
  without_scale = std::max(mase.others, msis.others);
  return out;
}

cpu_summary summarise(std::vector<double> seconds) {
  if (seconds.empty()) return {};
  std::ranges::sort(seconds);
  const std::size_t n = seconds.size();
  return {seconds.front(), 0.5 * (seconds[(n - 1) / 2] + seconds[n / 2]),
          std::accumulate(seconds.begin(), seconds.end(), 0.0) / static_cast<double>(n), seconds.back()};
}

}  // namespace

const interval_level& scored_level(const std::vector<interval_level>& levels) {
  const auto usual = std::ranges::find(levels, 95.0, &interval_level::percent);
  return usual != levels.end() ? *usual : *std::ranges::max_element(levels, {}, &interval_level::percent);
}

test_values match_test(const forecast_input& input) {
  const auto& all = input.table.series;
  test_values out;
  out.of.resize(all.size());
  std::map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < all.size(); ++i) places.emplace(all[i].name, i);
  std::size_t strangers = 0, empty = 0, brief = 0;
  for (const auto& test : input.test->series) {
    const auto found = places.find(test.name);
    if (found == places.end()) {
      ++strangers;
      continue;
    }
    const std::size_t i = found->second;
    out.of[i] = steps_after(all[i].values, test.values, input.layout, input.choice.horizon);
    empty += out.of[i].empty() ? 1 : 0;
    brief += !out.of[i].empty() && out.of[i].size() < input.choice.horizon ? 1 : 0;
  }
  const std::string steps = std::to_string(input.choice.horizon);
  if (strangers > 0)
    out.notes.push_back(count_of(strangers) + " of it not in " + input.source + ": not scored");
  if (empty > 0)
    out.notes.push_back(count_of(empty) + " of it without a value in the " + steps +
                        " steps that are forecast: not scored");
  if (brief > 0)
    out.notes.push_back(count_of(brief) + " of it with fewer than " + steps +
                        " steps: scored on those that are there");
  return out;
}

evaluation evaluate(const forecast_input& input, const std::vector<series_outcome>& outcomes,
                    const test_values& test) {
  evaluation out;
  out.series.resize(outcomes.size());
  std::vector<double> seconds;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (!outcomes[i].asked || !outcomes[i].forecast) continue;
    seconds.push_back(outcomes[i].cpu_seconds);
    if (test.of[i].empty()) continue;
    out.series[i] = score(input, input.table.series[i].values, *outcomes[i].forecast, test.of[i]);
    ++out.scored;
  }
  out.mean = mean_of(out.series, input.levels.size(), out.without_scale);
  if (input.layout == series_layout::m4 && out.scored > 0)
    out.owa = forecast::owa({out.mean.smape, out.mean.mase}, forecast::m4_hourly_naive2);
  out.cpu = summarise(std::move(seconds));
  return out;
}

}  // namespace tool
