// What does a calendar give a forecast? Generated series with a day, a week and noise in them, and campaigns
// that raise demand by four fifths for six hours: two in the past, the third announced for tomorrow. The mean
// absolute error over the six hours of the third, with the calendar against without, on all series together:
// where effects are learnt as factors, on each series alone or shared between all, and where the events are
// regressors of the model.
//
//     campaign_quality

#include "bars.hpp"

#include <foreshift/core/random.hpp>
#include <foreshift/forecast/auto_forecaster.hpp>
#include <foreshift/forecast/event_adjustment.hpp>
#include <foreshift/forecast/event_effects.hpp>
#include <foreshift/forecast/seasonal_ar.hpp>
#include <foreshift/telemetry/calendar.hpp>
#include <foreshift/telemetry/event_regressors.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <string>
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

/// Shares of the one column, for the past and the day after.
struct announced {
  std::vector<double> seen, coming;
  explicit announced(const sold& of) {
    const auto columns =
        telemetry::event_columns(of.known, {.grouping = telemetry::event_grouping::by_label});
    seen = telemetry::event_regressors(of.known, columns, {of.demand.start, step, past});
    coming = telemetry::event_regressors(of.known, columns, {of.demand.end(), step, horizon});
  }
};

double error_over_campaign(const std::vector<double>& mean, const sold& of) {
  double sum = 0;
  for (std::size_t t = of.begins; t < of.begins + campaign; ++t) sum += std::abs(mean[t] - of.truth[t]);
  return sum / campaign;
}

/// Mean absolute error over the third campaign, with the events as regressors; NaN where nothing was fitted.
template <class Spec>
double error_of(const Spec& spec, const sold& of, bool with_calendar) {
  const announced events{of};
  const std::size_t width = with_calendar ? 1 : 0;
  const auto rows = [&](const std::vector<double>& all) {
    return with_calendar ? std::span{all} : std::span<const double>{};
  };
  const auto model = fit(spec, of.demand, {rows(events.seen), width});
  if (!model) return std::nan("");
  std::vector<double> mean(horizon);
  predict_mean(*model, {rows(events.coming), width}, mean);
  return error_over_campaign(mean, of);
}

/// The same with an effect taken out of the history and put into the prediction.
template <class Spec>
double error_of(const Spec& spec, const sold& of, const forecast::event_effect& effect) {
  const announced events{of};
  auto quiet = of.demand;
  forecast::take_out(quiet.values, {events.seen, 1}, {&effect, 1});
  const auto model = fit(spec, quiet, {});
  if (!model) return std::nan("");
  forecast::prediction ahead;
  ahead.mean.resize(horizon);
  predict_mean(*model, {}, ahead.mean);
  put_in(ahead, {events.coming, 1}, {&effect, 1});
  return error_over_campaign(ahead.mean, of);
}

enum class way : std::uint8_t { regressors, own_effects, shared_effects };

template <class Spec>
double ratio(const Spec& spec, way how) {
  std::vector<sold> all;
  std::vector<forecast::event_effect> own;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    all.push_back(make(seed));
    own.push_back(forecast::learn_effects(all.back().demand, {announced{all.back()}.seen, 1}, day)[0]);
  }
  const auto shared = forecast::share_effects(own);
  double with = 0, without = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    without += error_of(spec, all[i], false);
    with += how == way::regressors    ? error_of(spec, all[i], true)
            : how == way::own_effects ? error_of(spec, all[i], own[i])
                                      : error_of(spec, all[i], shrunk(own[i], shared));
  }
  return with / without;
}

}  // namespace

int main() {
  bar_table bars;
  const auto half = [](const std::string& what) {
    return bar_table::bar{"error with / without: " + what, at_most(0.5), at_most(0.25), 3};
  };
  const forecast::auto_forecaster best{.season_length = day, .horizon = horizon};
  const forecast::seasonal_ar cheap{.season_length = day};
  bars.row(half("auto, shared effects"), ratio(best, way::shared_effects));
  bars.row(half("auto, own effects"), ratio(best, way::own_effects));
  bars.row(half("auto, regressors"), ratio(best, way::regressors));
  bars.row(half("seasonal-ar, shared effects"), ratio(cheap, way::shared_effects));
  bars.row(half("seasonal-ar, regressors"), ratio(cheap, way::regressors));
}
