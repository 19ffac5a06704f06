#include <foreshift/core/random.hpp>
#include <foreshift/forecast/arima_css.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

// The given process from zeros, with normal innovations.
std::vector<double> simulated(const arima_order& order, const std::vector<double>& c, std::size_t n) {
  random_stream random{21};
  const auto process = multiply_out(order, c);
  std::vector<double> w(n + 200), e(n + 200);
  for (std::size_t t = 0; t < w.size(); ++t) {
    e[t] = random.normal();
    w[t] = e[t];
    for (const auto& [lag, value] : process.ar) w[t] += lag <= t ? value * w[t - lag] : 0;
    for (const auto& [lag, value] : process.ma) w[t] += lag <= t ? value * e[t - lag] : 0;
  }
  return {w.begin() + 200, w.end()};
}

}  // namespace

TEST_CASE("the derivatives are those of differences") {
  const arima_order order{.p = 2, .q = 1, .P = 1, .Q = 1, .season_length = 4};
  const std::vector<double> c{0.4, 0.2, 0.3, 0.5, -0.4};
  const auto y = simulated(order, c, 120);
  const auto sample = *arima_sample_of(order, y, {}, arima_constant::mean, 1);
  forecast::detail::css_problem problem{sample};
  auto x = c;
  x.push_back(0.1);
  const std::size_t n = sample.size();
  std::vector<double> at(n), up(n), down(n), rows(x.size() * n);
  REQUIRE(problem(std::span<const double>{x}, std::span{at}));
  problem(x, at, rows);
  for (std::size_t i = 0; i < x.size(); ++i) {
    auto moved = x;
    moved[i] += 1e-6;
    REQUIRE(problem(std::span<const double>{moved}, std::span{up}));
    moved[i] -= 2e-6;
    REQUIRE(problem(std::span<const double>{moved}, std::span{down}));
    for (std::size_t t = 60; t < n; ++t)  // before that the start of the series is treated in its own way
      CHECK(rows[i * n + t] == doctest::Approx((up[t] - down[t]) / 2e-6).epsilon(1e-3).scale(0.01));
  }
}

TEST_CASE("an autoregression is ordinary least squares on its lags") {
  const auto y = simulated({.p = 1}, {0.6}, 300);
  const auto sample = *arima_sample_of({.p = 1}, y, {}, arima_constant::none, 1);
  double xy = 0, xx = 0;
  for (std::size_t t = 1; t < y.size(); ++t) xy += y[t] * y[t - 1], xx += y[t - 1] * y[t - 1];
  const auto fitted = fit_css(sample, {}, {}, {.rounds_max = 30, .tolerance = 1e-12});
  CHECK(fitted.coefficients[0] == doctest::Approx(xy / xx).epsilon(1e-6));
}

TEST_CASE("a seasonal process is found again") {
  const arima_order order{.p = 1, .q = 1, .P = 1, .Q = 1, .season_length = 6};
  const std::vector<double> c{0.7, 0.3, 0.4, -0.5};
  const auto fitted =
      fit_css(*arima_sample_of(order, simulated(order, c, 4000), {}, arima_constant::none, 1));
  CHECK(fitted.converged);
  for (std::size_t i = 0; i < c.size(); ++i)
    CHECK(fitted.coefficients[i] ==
          doctest::Approx(c[i]).epsilon(0.1));  // four standard errors of 1 / sqrt(4000)
}

TEST_CASE("what a gap touches does not count") {
  auto y = simulated({.p = 1}, {0.6}, 300);
  y[100] = std::numeric_limits<double>::quiet_NaN();
  const auto sample = *arima_sample_of({.p = 1, .d = 1}, y, {}, arima_constant::none, 1);
  CHECK(forecast::detail::css_problem{sample}.counted() ==
        296);  // 299 differences less 1 lag and 2 at the gap
}
