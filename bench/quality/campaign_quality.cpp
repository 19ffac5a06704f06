// What does a calendar give a forecast? Generated series with a day, a week and noise in them, and campaigns
// that raise demand by four fifths for six hours: two in the past, the third announced for tomorrow. The mean
// absolute error over the six hours of the third, with the calendar against without, on all series together.
//
//     campaign_quality

#include "bars.hpp"

#include <foreshift/core/random.hpp>
#include <foreshift/forecast/auto_forecaster.hpp>
#include <foreshift/forecast/seasonal_ar.hpp>
#include <foreshift/telemetry/calendar.hpp>
#include <foreshift/telemetry/event_regressors.hpp>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <numbers>
#include <vector>

using namespace foreshift;

namespace {

constexpr duration step = std::chrono::minutes{15};
constexpr std::size_t day = 96, past = 21 * day, campaign = 24, horizon = day;

struct sold {
  telemetry::series demand;   // up to the evening before the third campaign
  std::vector<double> truth;  // of the day after
  telemetry::calendar known;  // all three campaigns
  std::size_t begins = 0;     // the third one's first step in the day after
};

sold make(std::uint64_t seed) {
  random_stream random{seed};
  sold out;
  out.demand = {parse_time("2026-11-02").value(), step, {}};
  const std::size_t starts[] = {(5 + random.below(4)) * day + random.below(day - campaign),
                                (12 + random.below(4)) * day + random.below(day - campaign),
                                past + random.below(day - campaign)};
  for (const std::size_t s : starts) {
    const auto from = out.demand.start + static_cast<duration::rep>(s) * step;
    out.known.events.push_back(
        {from, from + static_cast<duration::rep>(campaign) * step, telemetry::event_kind::campaign, "sale"});
  }
  out.begins = starts[2] - past;
  const double level = 20 + 60 * random.uniform(), swing = 0.2 + 0.4 * random.uniform(),
               noise = 0.03 + 0.07 * random.uniform(), weekend = 0.7 + 0.3 * random.uniform();
  double drift = 0;
  for (std::size_t t = 0; t < past + horizon; ++t) {
    drift = 0.95 * drift + 0.3 * noise * random.normal();
    const double hour = 2 * std::numbers::pi * static_cast<double>(t % day) / static_cast<double>(day);
    double y = level * (1 + swing * std::sin(hour - 2)) * (t / day % 7 >= 5 ? weekend : 1);
    for (const std::size_t s : starts) y *= s <= t && t < s + campaign ? 1.8 : 1;
    y *= std::exp(drift + noise * random.normal());
    (t < past ? out.demand.values : out.truth).push_back(y);
  }
  return out;
}

/// Mean absolute error over the third campaign; NaN where nothing could be fitted.
template <class Spec>
double error_of(const Spec& spec, const sold& of, bool with_calendar) {
  const auto columns = telemetry::event_columns(of.known, {.grouping = telemetry::event_grouping::by_label});
  const std::size_t width = with_calendar ? columns.size() : 0;
  std::vector<double> seen, coming;
  if (with_calendar) {
    seen = telemetry::event_regressors(of.known, columns, {of.demand.start, step, past});
    coming = telemetry::event_regressors(of.known, columns, {of.demand.end(), step, horizon});
  }
  const auto model = fit(spec, of.demand, {seen, width});
  if (!model) return std::nan("");
  std::vector<double> mean(horizon);
  predict_mean(*model, {coming, width}, mean);
  double sum = 0;
  for (std::size_t t = of.begins; t < of.begins + campaign; ++t) sum += std::abs(mean[t] - of.truth[t]);
  return sum / campaign;
}

template <class Spec>
double ratio(const Spec& spec) {
  double with = 0, without = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const auto of = make(seed);
    with += error_of(spec, of, true), without += error_of(spec, of, false);
  }
  return with / without;
}

}  // namespace

int main() {
  bar_table bars;
  const auto half = [](const char* model) {
    return bar_table::bar{std::string{"error with the calendar / without, "} + model, at_most(0.5),
                          at_most(0.25), 3};
  };
  bars.row(half("auto"), ratio(forecast::auto_forecaster{.season_length = day, .horizon = horizon}));
  bars.row(half("seasonal autoregression"), ratio(forecast::seasonal_ar{.season_length = day}));
}
