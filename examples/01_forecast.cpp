// Fits a model to ten days of demand, feeds it the next half day, and predicts an hour: the mean, an 80 %
// interval and joint sample paths. Prints them beside what came, and fails if the mean is off by more than 8
// points or half or more of what came lies outside the interval.

#include <foreshift/core/random.hpp>
#include <foreshift/forecast/backtested.hpp>
#include <foreshift/forecast/scenario.hpp>
#include <foreshift/forecast/seasonal_ar.hpp>

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <span>

using namespace foreshift;
using namespace std::chrono_literals;

int main() {
  constexpr duration step = 5min;
  const std::size_t day = telemetry::steps_in(24h, step);
  constexpr std::size_t horizon = 12;

  // Demand in percent: a daily wave and noise.
  telemetry::series demand{*parse_time("2026-03-02"), step, {}};
  random_stream random{1};
  for (std::size_t i = 0; i < 11 * day; ++i) {
    const double time_of_day = static_cast<double>(i % day) / static_cast<double>(day);
    demand.values.push_back(50 + 20 * std::sin(2 * std::numbers::pi * time_of_day) + 2 * random.normal());
  }

  // A specification is plain options; fitting it gives a model or the reason why not.
  const forecast::backtested<forecast::seasonal_ar> spec{
      .inner = {.season_length = day}, .horizon = horizon, .lower = 0, .upper = 100};
  auto model = fit(spec, demand.view().first(10 * day), {});
  if (!model) return std::printf("%s\n", explain(model.error()).data()), 1;

  // Learning goes on, one observation at a time, without a refit.
  const std::size_t now = 10 * day + day / 2;
  for (std::size_t i = 10 * day; i < now; ++i) update(*model, demand.values[i], {});

  // The plan says which past errors each path repeats. Give the same plan to every series of a site, and
  // their paths belong together.
  const auto plan = forecast::make_scenario_plan({.count = 64, .ages_max = spec.errors_kept}, random);
  constexpr std::array levels = {0.1, 0.9};
  const auto next = predict(*model, {.horizon = horizon, .levels = levels, .plan = &plan});

  std::size_t inside = 0;
  double worst = 0;
  std::printf("time                    mean   10 %%   90 %%   came\n");
  for (std::size_t i = 0; i < horizon; ++i) {
    const double low = next.quantile_curve(0)[i], high = next.quantile_curve(1)[i];
    const double came = demand.values[now + i];
    inside += low <= came && came <= high ? 1 : 0;
    worst = std::max(worst, std::abs(next.mean[i] - came));
    std::printf("%s  %5.1f  %5.1f  %5.1f  %5.1f\n", format_time(demand.time_at(now + i)).c_str(),
                next.mean[i], low, high, came);
  }
  std::printf("%zu joint paths of %zu steps; %zu of %zu observations lie in the interval\n",
              next.paths.count(), next.paths.horizon(), inside, horizon);
  return next.paths.count() == 64 && 2 * inside > horizon && worst < 8 ? 0 : 1;
}
