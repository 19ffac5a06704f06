// What does ARIMA cost? The exact likelihood against the length of the series, with a dense Kalman filter of
// the same model beside it; the choice of an order at m = 24 and n = 700 to 960; one more observation.

#include <foreshift/core/random.hpp>
#include <foreshift/forecast/auto_arima.hpp>
#include <foreshift/numeric/linalg.hpp>

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdlib>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

// Hours of load: a day's pattern that drifts, and noise that hangs together.
std::vector<double> load(std::size_t n) {
  random_stream random{1};
  std::vector<double> y;
  double level = 0, weight = 20;
  for (std::size_t t = 0; t < n; ++t) {
    level = 0.85 * level + 3 * random.normal();
    weight += 0.05 * random.normal();
    y.push_back(100 + weight * std::sin(6.283185307179586 * static_cast<double>(t % 24) / 24) + level);
  }
  return y;
}
telemetry::series_view hourly(const std::vector<double>& y) { return {{}, std::chrono::hours{1}, y}; }

constexpr arima_order order{.p = 2, .d = 0, .q = 1, .P = 0, .D = 1, .Q = 1, .season_length = 24};
const std::vector<double> known{0.6, 0.2, 0.3, -0.7};

void likelihood(benchmark::State& state) {
  const auto y = load(static_cast<std::size_t>(state.range(0)));
  double value = 0;
  for (auto _ : state) {
    value = log_likelihood(order, known, y)->log_likelihood;
    benchmark::DoNotOptimize(value);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  if (!std::isfinite(value)) std::abort();
}

// The matrix that the recursions do without: P = T P T' + R R' with r = 26, dense.
void dense_kalman(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const auto process = multiply_out(order, known);
  const auto r = numeric::to_index(process.state_size() + 1);
  numeric::matrix t = numeric::matrix::Zero(r, r), p = numeric::matrix::Identity(r, r);
  numeric::vector noise = numeric::vector::Zero(r);
  for (const auto& [lag, value] : process.ar) t(numeric::to_index(lag) - 1, 0) = value;
  for (Eigen::Index i = 0; i + 1 < r; ++i) t(i, i + 1) = 1;
  noise[0] = 1;
  for (const auto& [lag, value] : process.ma) noise[numeric::to_index(lag)] = value;
  for (auto _ : state) {
    numeric::matrix now = p;
    for (std::size_t i = 0; i < n; ++i) {
      now -= numeric::matrix(now.col(0) * now.row(0)) / now(0, 0);
      now = t * now * t.transpose() + noise * noise.transpose();
    }
    benchmark::DoNotOptimize(now.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void automatic(benchmark::State& state) {
  const auto y = load(static_cast<std::size_t>(state.range(0)));
  double aicc = 0;
  for (auto _ : state) {
    aicc = fit(auto_arima{}, hourly(y), {})->aicc();
    benchmark::DoNotOptimize(aicc);
  }
  if (!(aicc < fit(arima{.p = 0, .d = 0, .q = 0, .D = 1, .season_length = 24}, hourly(y), {})->aicc()))
    std::abort();
}

void one_order(benchmark::State& state) {
  const auto y = load(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    auto m = fit(arima{.p = 2, .d = 0, .q = 1, .D = 1, .Q = 1, .season_length = 24}, hourly(y), {});
    benchmark::DoNotOptimize(m);
  }
}

void streaming(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const auto y = load(n + 4096);
  const arima spec{.p = 2, .d = 0, .q = 1, .D = 1, .Q = 1, .season_length = 24};
  auto m = *fit_at(spec, known, {{}, std::chrono::hours{1}, std::span{y}.first(n)}, {});
  std::size_t t = n;
  for (auto _ : state) {
    update(m, y[t], {});
    if (++t == y.size()) t = n;
  }
  state.SetItemsProcessed(state.iterations());
  double out = 0;
  predict_mean(m, {}, std::span{&out, 1});
  if (!(out > 0 && out < 200)) std::abort();
}

}  // namespace

BENCHMARK(likelihood)->Arg(350)->Arg(700)->Arg(1400)->Arg(2800);
BENCHMARK(dense_kalman)->Arg(700);
BENCHMARK(one_order)->Arg(700)->Arg(960)->Unit(benchmark::kMillisecond);
BENCHMARK(automatic)->Arg(700)->Arg(830)->Arg(960)->Unit(benchmark::kMillisecond);
BENCHMARK(streaming)->Arg(300)->Arg(700)->Arg(2800);
