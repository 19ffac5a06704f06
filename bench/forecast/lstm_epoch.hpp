#pragma once
// An epoch of the LSTM as it is timed: one layer, 32 units, windows of 48 steps, batches of 32, 652 windows
// (every one of 700 values), one input, one output after the last step, one thread, plain SSE2.

#include <foreshift/core/random.hpp>
#include <foreshift/forecast/lstm.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace lstm_timed {

using namespace foreshift;
using namespace foreshift::forecast;
using namespace foreshift::forecast::detail;

inline constexpr std::size_t steps = 48, batch = 32, values = 700, windows = values - steps, hidden = 32;
inline constexpr lstm_shape layer{.inputs = 1, .hidden = hidden};

inline std::vector<float> wave() {
  random_stream random{1};
  std::vector<float> y;
  for (std::size_t t = 0; t < values; ++t)
    y.push_back(static_cast<float>(std::sin(6.283185307179586 * static_cast<double>(t) / 24) +
                                   0.1 * random.normal()));
  return y;
}
inline std::vector<float> random_weights(std::size_t n) {
  random_stream random{2};
  std::vector<float> w;
  for (std::size_t i = 0; i < n; ++i) w.push_back(static_cast<float>(0.35 * random.uniform() - 0.175));
  return w;
}

/// An epoch's mean loss before each step of Adam, on the squared error of one output.
inline double epoch(lstm_batch<float>& engine, adam& optimiser, std::vector<float>& w,
                    const std::vector<float>& y) {
  static thread_local std::vector<float> gradient(layer.weights() + hidden + 1), of_hidden(batch * hidden);
  double loss = 0;
  for (std::size_t at = 0; at < windows; at += batch) {
    const std::size_t n = std::min(batch, windows - at);
    engine.begin(n);
    for (std::size_t t = 0; t < steps; ++t)
      for (std::size_t b = 0; b < n; ++b) *engine.inputs(t, b) = y[at + b + t];
    const auto cell = std::span<const float>{w}.first(layer.weights()),
               out = std::span<const float>{w}.subspan(cell.size());
    engine.forward(cell);
    std::fill(gradient.begin() + layer.weights(), gradient.end(), 0.0F);
    for (std::size_t b = 0; b < n; ++b) {
      const float* h = engine.hidden_after(steps - 1, b);
      float sum = out[hidden];
      for (std::size_t u = 0; u < hidden; ++u) sum += out[u] * h[u];
      const float error = sum - y[at + b + steps];
      loss += static_cast<double>(error * error) / windows;
      const float slope = 2 * error / static_cast<float>(n);
      for (std::size_t u = 0; u < hidden; ++u) {
        gradient[layer.weights() + u] += slope * h[u];
        of_hidden[b * hidden + u] = slope * out[u];
      }
      gradient[layer.weights() + hidden] += slope;
    }
    engine.backward(cell, std::span<const float>{of_hidden}.first(n * hidden),
                    std::span{gradient}.first(layer.weights()));
    optimiser.step(w, gradient, 0.003, std::numeric_limits<double>::infinity());
  }
  return loss;
}

}  // namespace lstm_timed
