#include <foreshift/core/random.hpp>
#include <foreshift/forecast/arma_filter.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {
arma_gain gain_of(const arma_polynomials& process) {
  arma_start start;
  REQUIRE(start_of(process, start));
  return {process, start};
}
}  // namespace

TEST_CASE("the first variances of an MA(1) are those of the innovations algorithm") {
  const double theta = 0.7;
  const auto process = multiply_out({.q = 1}, std::vector<double>{theta});
  auto gain = gain_of(process);
  double v = 1 + theta * theta;
  for (int t = 0; t < 20; ++t) {
    CHECK(gain.variance() == doctest::Approx(v).epsilon(1e-13));
    v = 1 + theta * theta - theta * theta / v;
    gain.advance(process);
  }
}

TEST_CASE("an autoregression is settled once its lags are filled") {
  const auto process = multiply_out({.p = 1, .P = 1, .season_length = 4}, std::vector<double>{0.5, 0.4});
  auto gain = gain_of(process);
  for (int t = 0; t < 16; ++t) gain.advance(process);
  CHECK(gain.settled());
  CHECK(gain.variance() == 1);
}

TEST_CASE("the sparse steady state goes on where the full recursion left off") {
  const auto process =
      multiply_out({.p = 1, .q = 1, .Q = 1, .season_length = 3}, std::vector<double>{0.6, 0.3, -0.4});
  auto gain = gain_of(process);
  arma_state state{process.state_size()};
  random_stream random{5};
  std::vector<double> w, e;
  for (std::size_t t = 0; t < 400; ++t) {
    w.push_back(random.normal());
    e.push_back(state.learn(process, gain, w.back()));
    gain.advance(process);
    if (t < 300) continue;  // by then the start is forgotten, and the textbook's form is exact
    double expected = w[t];
    for (const auto& [lag, value] : process.ar) expected -= value * w[t - lag];
    for (const auto& [lag, value] : process.ma) expected -= value * e[t - lag];
    CHECK(e[t] == doctest::Approx(expected).epsilon(1e-9));
  }
  CHECK(gain.settled());
}

TEST_CASE("a state predicts by the autoregression after its own values") {
  const auto process = multiply_out({.p = 2}, std::vector<double>{0.5, 0.2});
  std::vector<double> out(4);
  predict_from(process, std::vector<double>{1.0, 2.0}, out);
  CHECK(out[0] == 1);
  CHECK(out[1] == doctest::Approx(2 + 0.5));
  CHECK(out[2] == doctest::Approx(0.5 * 2.5 + 0.2));
}
