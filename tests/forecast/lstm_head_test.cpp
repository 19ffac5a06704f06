#include <foreshift/core/random.hpp>
#include <foreshift/forecast/lstm_head.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast::detail;

namespace {

const lstm_head_shape small{.hidden = 8, .leads = 3, .events = 2, .levels = {0.1, 0.3, 0.5, 0.9}};
constexpr std::size_t origins = 6, stride = 11;

std::vector<double> noise(std::size_t n, std::uint64_t seed) {
  random_stream random{seed};
  std::vector<double> out;
  for (std::size_t i = 0; i < n; ++i) out.push_back(random.normal());
  return out;
}
void fill(lstm_head<double>& head, bool with_gap) {
  random_stream random{9};
  for (std::size_t n = 0; n < origins; ++n)
    for (std::size_t lead = 0; lead < small.leads; ++lead) {
      for (std::size_t i = 0; i < forecast::detail::lstm_past_columns; ++i)
        head.past(n, lead)[i] = random.normal();
      for (std::size_t i = 0; i < 2 * small.events; ++i) head.event(n, lead)[i] = random.normal();
      head.target(n, lead) =
          with_gap && n == 2 ? std::numeric_limits<double>::quiet_NaN() : 4 * random.normal();
    }
}

}  // namespace

TEST_CASE("quantiles never cross, whatever the outputs are") {
  random_stream random{1};
  for (int round = 0; round < 200; ++round) {
    float output[5], q[5];
    for (float& o : output) o = static_cast<float>(100 * random.normal());
    quantiles_of<float>(5, 2, output, q);
    CHECK(q[2] == output[2]);
    for (int i = 1; i < 5; ++i) CHECK(q[i - 1] <= q[i]);
  }
}

TEST_CASE("the loss is the mean pinball loss, doubled, and a gap costs nothing") {
  lstm_head<double> head{small, origins};
  fill(head, true);
  const std::vector<double> w(small.weights(), 0.0), h(origins * stride, 0.0);
  const auto got = head.forward(w, {h.data(), stride, origins});
  CHECK(got.count == (origins - 1) * small.leads);
  // Without weights the median is 0 and each step to the next quantile is 1.
  lstm_head<double> again{small, origins};
  fill(again, true);
  double expected = 0;
  for (std::size_t n = 0; n < origins; ++n)
    for (std::size_t lead = 0; lead < small.leads; ++lead) {
      const double y = again.target(n, lead);
      if (std::isnan(y)) continue;
      const double q[] = {-2, -1, 0, 1};
      for (std::size_t i = 0; i < 4; ++i)
        expected += 0.5 * (y < q[i] ? (1 - small.levels[i]) * (q[i] - y) : small.levels[i] * (y - q[i]));
    }
  CHECK(got.sum == doctest::Approx(expected).epsilon(1e-12));
}

TEST_CASE("the gradient agrees with central differences for every weight and hidden value") {
  auto w = noise(small.weights(), 2);
  auto h = noise(origins * stride, 3);
  lstm_head<double> head{small, origins};
  const lstm_head<double>::hidden_rows rows{h.data(), stride, origins};
  const auto loss = [&] {
    fill(head, true);
    return 0.25 * head.forward(w, rows).sum;
  };
  loss();
  std::vector<double> gradient(w.size());
  const auto of_hidden = head.backward(w, rows, 0.25, gradient);
  const std::vector<double> by_hidden(of_hidden.begin(), of_hidden.end());
  constexpr double step = 1e-6;  // no target lies so close to a quantile that a kink is crossed
  const auto difference = [&](double& at) {
    const double kept = at;
    at = kept + step;
    const double above = loss();
    at = kept - step;
    const double below = loss();
    at = kept;
    return (above - below) / (2 * step);
  };
  for (std::size_t i = 0; i < w.size(); ++i)
    REQUIRE(gradient[i] == doctest::Approx(difference(w[i])).epsilon(1e-6).scale(1));
  for (std::size_t n = 0; n < origins; ++n)
    for (std::size_t u = 0; u < small.hidden; ++u)
      REQUIRE(by_hidden[n * small.hidden + u] ==
              doctest::Approx(difference(h[n * stride + u])).epsilon(1e-6).scale(1));
}

TEST_CASE("the step between quantiles is positive and smooth") {
  for (double x = -50; x <= 50; x += 0.5) {
    CHECK(positive(x) > 0);
    CHECK(positive_slope(x) ==
          doctest::Approx((positive(x + 1e-5) - positive(x - 1e-5)) / 2e-5).epsilon(1e-4));
  }
  CHECK(positive(0.0) == 1);
}
