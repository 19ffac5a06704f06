// What does an epoch of the LSTM cost (lstm_epoch.hpp says of what)? The textbook's loops stand beside it.
// And what does one observation cost a fitted model?

#include "lstm_epoch.hpp"

#include <foreshift/core/random.hpp>
#include <foreshift/forecast/lstm.hpp>

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <span>
#include <vector>

using namespace lstm_timed;

namespace {

// The same passes as a textbook writes them: window by window, unit by unit, the library's functions.
struct plain_layer {
  std::vector<float> h = std::vector<float>((steps + 1) * hidden), c = h;
  std::vector<float> gate = std::vector<float>(steps * 4 * hidden);

  void forward(const std::vector<float>& w, const float* x) {
    for (std::size_t t = 0; t < steps; ++t) {
      for (std::size_t g = 0; g < 4 * hidden; ++g) {
        float sum = w[(hidden + 1) * 4 * hidden + g] + w[hidden * 4 * hidden + g] * x[t];
        for (std::size_t u = 0; u < hidden; ++u) sum += w[u * 4 * hidden + g] * h[t * hidden + u];
        gate[t * 4 * hidden + g] = g / hidden == 2 ? std::tanh(sum) : 1 / (1 + std::exp(-sum));
      }
      for (std::size_t u = 0; u < hidden; ++u) {
        const float* a = &gate[t * 4 * hidden + u];
        c[(t + 1) * hidden + u] = a[hidden] * c[t * hidden + u] + a[0] * a[2 * hidden];
        h[(t + 1) * hidden + u] = a[3 * hidden] * std::tanh(c[(t + 1) * hidden + u]);
      }
    }
  }
  void backward(const std::vector<float>& w, const float* x, const float* of_last,
                std::vector<float>& gradient) {
    std::vector<float> dh(of_last, of_last + hidden), dc(hidden), dg(4 * hidden);
    for (std::size_t t = steps; t-- > 0;) {
      for (std::size_t u = 0; u < hidden; ++u) {
        const float* a = &gate[t * 4 * hidden + u];
        const float s = std::tanh(c[(t + 1) * hidden + u]), i = a[0], f = a[hidden], g = a[2 * hidden],
                    o = a[3 * hidden];
        const float d = dc[u] + dh[u] * o * (1 - s * s);
        dg[u] = d * g * i * (1 - i);
        dg[hidden + u] = d * c[t * hidden + u] * f * (1 - f);
        dg[2 * hidden + u] = d * i * (1 - g * g);
        dg[3 * hidden + u] = dh[u] * s * o * (1 - o);
        dc[u] = d * f;
      }
      for (std::size_t u = 0; u < hidden; ++u) {
        dh[u] = 0;
        for (std::size_t g = 0; g < 4 * hidden; ++g) {
          dh[u] += w[u * 4 * hidden + g] * dg[g];
          gradient[u * 4 * hidden + g] += h[t * hidden + u] * dg[g];
        }
      }
      for (std::size_t g = 0; g < 4 * hidden; ++g) {
        gradient[hidden * 4 * hidden + g] += x[t] * dg[g];
        gradient[(hidden + 1) * 4 * hidden + g] += dg[g];
      }
    }
  }
};
double plain_epoch(plain_layer& engine, adam& optimiser, std::vector<float>& w, const std::vector<float>& y) {
  double loss = 0;
  std::vector<float> gradient(w.size()), of_last(hidden);
  for (std::size_t at = 0; at < windows; at += batch) {
    const std::size_t n = std::min(batch, windows - at);
    std::fill(gradient.begin(), gradient.end(), 0.0F);
    const float* out = w.data() + layer.weights();
    for (std::size_t b = 0; b < n; ++b) {
      const float* x = y.data() + at + b;
      engine.forward(w, x);
      const float* last = engine.h.data() + steps * hidden;
      float sum = out[hidden];
      for (std::size_t u = 0; u < hidden; ++u) sum += out[u] * last[u];
      const float error = sum - x[steps];
      loss += static_cast<double>(error * error) / windows;
      const float slope = 2 * error / static_cast<float>(n);
      for (std::size_t u = 0; u < hidden; ++u) {
        gradient[layer.weights() + u] += slope * last[u];
        of_last[u] = slope * out[u];
      }
      gradient[layer.weights() + hidden] += slope;
      engine.backward(w, x, of_last.data(), gradient);
    }
    optimiser.step(w, gradient, 0.003, std::numeric_limits<double>::infinity());
  }
  return loss;
}

// Both do the same: the losses of the first three epochs agree, and fall.
void check() {
  const auto y = wave();
  auto a = random_weights(layer.weights() + hidden + 1), b = a;
  lstm_batch<float> quick{layer, {steps, batch}};
  plain_layer plain;
  adam for_a{a.size()}, for_b{b.size()};
  double before = std::numeric_limits<double>::infinity();
  for (int i = 0; i < 3; ++i) {
    const double one = epoch(quick, for_a, a, y), other = plain_epoch(plain, for_b, b, y);
    if (std::abs(one - other) > 0.01 * other || one >= before) std::abort();
    before = one;
  }
}

void lstm_epoch(benchmark::State& state) {
  const auto y = wave();
  auto w = random_weights(layer.weights() + hidden + 1);
  lstm_batch<float> engine{layer, {steps, batch}};
  adam optimiser{w.size()};
  for (auto _ : state) benchmark::DoNotOptimize(epoch(engine, optimiser, w, y));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(windows));
}
BENCHMARK(lstm_epoch)->Unit(benchmark::kMillisecond);

void lstm_epoch_plain_loops(benchmark::State& state) {
  check();  // outside the timed part
  const auto y = wave();
  auto w = random_weights(layer.weights() + hidden + 1);
  plain_layer engine;
  adam optimiser{w.size()};
  for (auto _ : state) benchmark::DoNotOptimize(plain_epoch(engine, optimiser, w, y));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(windows));
}
BENCHMARK(lstm_epoch_plain_loops)->Unit(benchmark::kMillisecond);

std::vector<double> load(std::size_t n) {
  random_stream random{1};
  std::vector<double> y;
  for (std::size_t t = 0; t < n; ++t)
    y.push_back(40 + 20 * std::sin(6.283185307179586 * static_cast<double>(t % 24) / 24) +
                5 * random.normal());
  return y;
}

// Argument: observations fitted. The cost of an update must not depend on it.
void lstm_update(benchmark::State& state) {
  const auto y = load(static_cast<std::size_t>(state.range(0)));
  auto m = *fit(lstm{.epochs_max = 1}, {{}, std::chrono::hours{1}, y}, {});
  std::size_t t = 0;
  for (auto _ : state) {
    update(m, y[t], {});
    if (++t == y.size()) t = 0;
  }
  state.SetItemsProcessed(state.iterations());
  double out = 0;
  predict_mean(m, {}, std::span{&out, 1});
  if (!(out > 0 && out < 100)) std::abort();
}
BENCHMARK(lstm_update)->Arg(300)->Arg(4000);

// Argument: steps ahead; beyond 24 it goes on from its own medians.
void lstm_predict(benchmark::State& state) {
  const auto y = load(700);
  const auto m = *fit(lstm{.epochs_max = 1}, {{}, std::chrono::hours{1}, y}, {});
  std::vector<double> out(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    predict_mean(m, {}, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(lstm_predict)->Arg(24)->Arg(48);

void lstm_fit(benchmark::State& state) {
  const auto y = load(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(fit(lstm{}, {{}, std::chrono::hours{1}, y}, {}));
}
BENCHMARK(lstm_fit)->Arg(700)->Unit(benchmark::kMillisecond);

}  // namespace
