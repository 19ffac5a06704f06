// Does a step of 10,000 hosts with four metrics each end within its minute, on one core? Per series: the
// ensemble of detectors, the pool of forecasters brought forward, joint paths of an hour, and two learned
// probabilities of an overload. The reactive baseline, the line through the last ten values, stands beside
// it.

#include <foreshift/anomaly/standard_ensemble.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/forecast/auto_forecaster.hpp>
#include <foreshift/forecast/backtested.hpp>
#include <foreshift/forecast/prediction.hpp>
#include <foreshift/forecast/scenario.hpp>
#include <foreshift/risk/forecast_opinion.hpp>
#include <foreshift/risk/stacked_risk.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <numbers>
#include <vector>

using namespace foreshift;

namespace {

constexpr std::size_t day = 288, past = 4 * day, paths_max = 288;
constexpr std::array<std::size_t, 2> horizons{6, 12};
constexpr double limit = 70;

/// Five days of a load with a day in it, a step every five minutes; every eighth of another kind.
std::vector<double> load(std::size_t kind) {
  random_stream random{kind};
  std::vector<double> y;
  double slow = 0;
  for (std::size_t t = 0; t < past + day; ++t) {
    const double hour = static_cast<double>(t % day) * 2 * std::numbers::pi / static_cast<double>(day);
    slow = 0.98 * slow + 1.5 * random.normal();
    y.push_back(std::max(0.0, 40 + static_cast<double>(kind % 8) * 3 * std::sin(hour) + slow));
  }
  return y;
}

using auto_model = forecast::backtested<forecast::auto_forecaster>::model;

/// One metric of one host.
struct watched {
  const std::vector<double>* y;
  decltype(anomaly::make_standard_ensemble()) strange = anomaly::make_standard_ensemble();
  auto_model model;
  std::vector<risk::stacked_risk> risks;
};

class fleet {
 public:
  explicit fleet(std::size_t count) {
    constexpr std::size_t kinds = 64;
    for (std::size_t k = 0; k < kinds; ++k) loads_.push_back(load(k));
    std::vector<watched> one_of_each;
    for (const auto& y : loads_) {
      const auto spec =
          calibrated(forecast::auto_forecaster{.season_length = day, .horizon = horizons.back()});
      auto model = fit(spec, telemetry::series_view{{}, std::chrono::minutes{5}, y}.first(past), {}).value();
      watched one{.y = &y, .model = std::move(model), .risks = {}};
      for (const std::size_t h : horizons)
        one.risks.emplace_back(
            risk::stacked_risk_options{.limit = limit, .horizon = h, .season_length = day});
      for (std::size_t t = 0; t < past; ++t) {
        static_cast<void>(one.strange.observe({at(t), y[t]}));
        for (std::size_t k = 0; k < horizons.size(); ++k) one.risks[k].observe(y[t], stacks_[k]);
      }
      one_of_each.push_back(std::move(one));
    }
    all_.reserve(count);
    for (std::size_t i = 0; i < count; ++i) all_.push_back(one_of_each[i % kinds]);
  }
  /// @return the sum of all probabilities
  double step() {
    double sum = 0;
    for (auto& one : all_) {
      const double y = (*one.y)[now_];
      static_cast<void>(one.strange.observe({at(now_), y}));
      update(one.model, y, {});
      plan_.error_age.clear();
      const auto ages = static_cast<std::uint32_t>(std::min(paths_max, one.model.errors().complete()));
      for (std::uint32_t age = 0; age < ages; ++age) plan_.error_age.push_back(age);
      predict_into(one.model, {.horizon = horizons.back(), .plan = &plan_}, next_);
      for (std::size_t k = 0; k < horizons.size(); ++k) {
        one.risks[k].observe(y, stacks_[k]);
        sum += one.risks[k].claim(risk::opinion_of(next_.paths, limit, horizons[k]), stacks_[k]).probability;
      }
    }
    ++now_;
    return sum;
  }

 private:
  static time_point at(std::size_t t) { return time_point{std::chrono::minutes{5} * static_cast<int>(t)}; }

  std::vector<std::vector<double>> loads_;
  std::vector<watched> all_;
  std::array<risk::overload_stack, horizons.size()> stacks_;
  forecast::scenario_plan plan_;
  forecast::prediction next_;
  std::size_t now_ = past;
};

// Argument: series.
void line_through_ten(benchmark::State& state) {
  const auto y = load(1);
  std::size_t over = 0;
  for (auto _ : state) {
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      const std::size_t t = 10 + static_cast<std::size_t>(i) % past;  // another place for another series
      double sum = 0, slope = 0;
      for (std::size_t k = 0; k < 10; ++k)
        sum += y[t - k], slope += (4.5 - static_cast<double>(k)) * y[t - k];
      over += 1.2 * (sum / 10 + (4.5 + 1) * slope / 82.5) > limit ? 1U : 0U;
    }
    benchmark::DoNotOptimize(over);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(line_through_ten)->Arg(40'000)->Unit(benchmark::kMillisecond);

void fleet_step(benchmark::State& state) {
  fleet all{static_cast<std::size_t>(state.range(0))};
  double sum = all.step();  // memory of the first step
  for (auto _ : state) sum = all.step();
  if (!(sum > 0 && sum < 2.0 * static_cast<double>(state.range(0)))) std::abort();
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(fleet_step)->Arg(400)->Arg(40'000)->Iterations(20)->Unit(benchmark::kMillisecond);

}  // namespace
