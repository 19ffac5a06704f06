#include <foreshift/core/random.hpp>
#include <foreshift/forecast/lstm_cell.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast::detail;

namespace {

constexpr lstm_shape small{.inputs = 3, .hidden = 8};
constexpr std::size_t steps = 5, windows = 4, last = 2;

template <class Real>
std::vector<Real> noise(std::size_t n, double size, std::uint64_t seed) {
  random_stream random{seed};
  std::vector<Real> out;
  for (std::size_t i = 0; i < n; ++i) out.push_back(static_cast<Real>(size * random.normal()));
  return out;
}
template <class Real>
void write_inputs(lstm_batch<Real>& batch) {
  const auto x = noise<Real>(steps * batch.windows() * small.inputs, 1, 7);
  for (std::size_t t = 0; t < steps; ++t)
    for (std::size_t b = 0; b < batch.windows(); ++b)
      for (std::size_t i = 0; i < small.inputs; ++i)
        batch.inputs(t, b)[i] = x[(t * batch.windows() + b) * small.inputs + i];
}

// The textbook's equations, value by value.
std::vector<double> slow_hidden(const std::vector<double>& w, const std::vector<double>& x, std::size_t b) {
  const std::size_t h = small.hidden;
  std::vector<double> hidden(h), cell(h);
  for (std::size_t t = 0; t < steps; ++t) {
    std::vector<double> in = hidden;
    for (std::size_t i = 0; i < small.inputs; ++i) in.push_back(x[(t * windows + b) * small.inputs + i]);
    in.push_back(1);
    const auto gate = [&](std::size_t which, std::size_t unit) {
      double sum = 0;
      for (std::size_t r = 0; r < in.size(); ++r) sum += in[r] * w[r * small.gates() + which * h + unit];
      return sum;
    };
    const auto s = [](double v) { return 1 / (1 + std::exp(-v)); };
    std::vector<double> next(h);
    for (std::size_t u = 0; u < h; ++u) {
      cell[u] = s(gate(1, u)) * cell[u] + s(gate(0, u)) * std::tanh(gate(2, u));
      next[u] = s(gate(3, u)) * std::tanh(cell[u]);
    }
    hidden = next;
  }
  return hidden;
}

// A loss that weighs every hidden value of the last steps, and its gradient by the weights.
double loss_of(lstm_batch<double>& batch, const std::vector<double>& w, const std::vector<double>& weight) {
  batch.forward(w);
  double sum = 0;
  std::size_t i = 0;
  for (std::size_t t = steps - last; t < steps; ++t)
    for (std::size_t b = 0; b < batch.windows(); ++b)
      for (std::size_t u = 0; u < small.hidden; ++u) sum += weight[i++] * batch.hidden_after(t, b)[u];
  return sum;
}

}  // namespace

TEST_CASE("a batch of windows says the same as the textbook's equations, one window at a time") {
  const auto w = noise<double>(small.weights(), 0.5, 1);
  lstm_batch<double> batch{small, {steps, windows}};
  write_inputs(batch);
  batch.forward(w);
  const auto x = noise<double>(steps * windows * small.inputs, 1, 7);
  for (std::size_t b = 0; b < windows; ++b) {
    const auto expected = slow_hidden(w, x, b);
    for (std::size_t u = 0; u < small.hidden; ++u)
      CHECK(batch.hidden_after(steps - 1, b)[u] == doctest::Approx(expected[u]).epsilon(1e-12));
  }
}

TEST_CASE("single precision stays close to double precision") {
  lstm_batch<double> exact{small, {steps, windows}};
  lstm_batch<float> quick{small, {steps, windows}};
  write_inputs(exact);
  write_inputs(quick);
  exact.forward(noise<double>(small.weights(), 0.5, 1));
  quick.forward(noise<float>(small.weights(), 0.5, 1));
  for (std::size_t b = 0; b < windows; ++b)
    for (std::size_t u = 0; u < small.hidden; ++u)  // some ten roundings of 1e-7 for each of five steps
      CHECK(std::abs(static_cast<double>(quick.hidden_after(steps - 1, b)[u]) -
                     exact.hidden_after(steps - 1, b)[u]) < 5e-6);
}

TEST_CASE("the gradient through time agrees with central differences for every weight") {
  auto w = noise<double>(small.weights(), 0.5, 2);
  for (const std::size_t some : {windows, windows - 1}) {  // also a last batch that is not full
    lstm_batch<double> batch{small, {steps, windows}};
    batch.begin(some);
    write_inputs(batch);
    const auto weight = noise<double>(last * some * small.hidden, 1, 3);
    loss_of(batch, w, weight);
    std::vector<double> gradient(w.size());
    batch.backward(w, weight, gradient);
    for (std::size_t i = 0; i < (small.bias_row() + 1) * small.gates(); ++i) {
      constexpr double h = 1e-5;  // the difference is wrong by h^2 and by 1e-16 / h
      const double kept = w[i];
      w[i] = kept + h;
      const double above = loss_of(batch, w, weight);
      w[i] = kept - h;
      const double below = loss_of(batch, w, weight);
      w[i] = kept;
      REQUIRE(gradient[i] == doctest::Approx((above - below) / (2 * h)).epsilon(1e-7).scale(1));
    }
    for (std::size_t i = (small.bias_row() + 1) * small.gates(); i < w.size(); ++i) CHECK(gradient[i] == 0);
  }
}

TEST_CASE("two passes over the same batch say the same") {
  const auto w = noise<float>(small.weights(), 0.5, 4);
  const auto weight = noise<float>(windows * small.hidden, 1, 5);
  lstm_batch<float> batch{small, {steps, windows}};
  std::vector<float> first(w.size()), second(w.size());
  for (auto* gradient : {&first, &second}) {
    write_inputs(batch);
    batch.forward(w);
    batch.backward(w, weight, *gradient);
  }
  CHECK(first == second);
}

TEST_CASE("a layer's sizes are what its storage needs") {
  CHECK(lstm_shape{1, 32}.rows() == 36);  // 32 hidden, 1 input, 1 constant, 2 unused
  CHECK(lstm_shape{1, 32}.gates() == 128);
  CHECK(lstm_shape{3, 8}.rows() == 12);
  CHECK(lstm_shape{3, 8}.bias_row() == 11);
}
