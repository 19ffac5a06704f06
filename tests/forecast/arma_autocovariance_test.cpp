#include <foreshift/forecast/arma_autocovariance.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace foreshift::forecast;

namespace {
arma_start start_at(const arima_order& order, const std::vector<double>& c) {
  arma_start out;
  REQUIRE(start_of(multiply_out(order, c), out));
  return out;
}
}  // namespace

TEST_CASE("textbook processes have their variances") {
  CHECK(start_at({.p = 1}, {0.5}).variance == doctest::Approx(1 / 0.75));
  CHECK(start_at({.q = 1}, {0.5}).variance == doctest::Approx(1.25));
  CHECK(start_at({.p = 1, .q = 1}, {0.5, 0.4}).variance ==
        doctest::Approx((1 + 2 * 0.5 * 0.4 + 0.16) / 0.75));
  CHECK(start_at({}, {}).variance == 1);
  const auto first = start_at({.p = 1}, {0.5});
  CHECK(first.covariance[0] == doctest::Approx(0.5 / 0.75));  // gamma(1)
}

TEST_CASE("the variance is the sum of the squared weights of past innovations") {
  const arima_order order{.p = 2, .q = 1, .P = 1, .Q = 1, .season_length = 4};
  const std::vector<double> c{0.5, -0.3, 0.6, 0.7, -0.4};
  const auto process = multiply_out(order, c);
  std::vector<double> psi(2000);
  double variance = 0, covariance = 0;
  for (std::size_t k = 0; k < psi.size(); ++k) {
    psi[k] = k == 0 ? 1 : 0;
    for (const auto& [lag, value] : process.ma) psi[k] += lag == k ? value : 0;
    for (const auto& [lag, value] : process.ar) psi[k] += lag <= k ? value * psi[k - lag] : 0;
    variance += psi[k] * psi[k];
    covariance += k > 0 ? psi[k] * psi[k - 1] : 0;
  }
  const auto start = start_at(order, c);
  CHECK(start.variance == doctest::Approx(variance).epsilon(1e-10));
  CHECK(start.covariance[0] == doctest::Approx(covariance).epsilon(1e-10));
}

TEST_CASE("a process that is not stationary has no start") {
  arma_start out;
  CHECK_FALSE(start_of(multiply_out({.p = 1}, std::vector<double>{1.0}), out));
  CHECK_FALSE(start_of(multiply_out({.p = 2}, std::vector<double>{0.5, 0.6}), out));
}
