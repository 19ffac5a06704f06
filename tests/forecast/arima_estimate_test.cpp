#include <foreshift/core/random.hpp>
#include <foreshift/forecast/arima_estimate.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

std::vector<double> noise(std::size_t n, double ar, double ma, double mean = 0) {
  random_stream random{31};
  std::vector<double> y;
  double w = 0, before = 0;
  for (std::size_t t = 0; t < n; ++t) {
    const double e = random.normal();
    w = ar * w + e + ma * before;
    before = e;
    y.push_back(mean + w);
  }
  return y;
}

}  // namespace

TEST_CASE("unconstrained parameters lead to stationary, invertible coefficients and back") {
  const arima_order order{.p = 2, .q = 2, .P = 1, .Q = 1, .season_length = 4};
  std::vector<double> x{0.3, -1.2, 2, 0.1, -3, 5}, c = x;
  forecast::detail::constrain(order, c);
  CHECK(roots_beyond(order, c, 1.0));
  forecast::detail::release(order, c);
  for (std::size_t i = 0; i + 1 < x.size(); ++i) CHECK(c[i] == doctest::Approx(x[i]).epsilon(1e-6));
  CHECK(std::abs(c.back()) < 5);  // so near to the edge that a start is drawn in
}

TEST_CASE("no coefficients near the maximum are more likely") {
  const auto y = noise(300, 0.6, 0.3, 5);
  const auto sample = *arima_sample_of({.p = 1, .q = 1}, y, {}, arima_constant::mean, 1);
  const auto best = fit_likelihood(sample, {0, 0});
  CHECK(best.converged);
  for (const double step : {-0.003, 0.003})
    for (std::size_t i = 0; i < 2; ++i) {
      auto c = best.coefficients;
      c[i] += step;
      CHECK(estimate_at(sample, c).log_likelihood < best.log_likelihood);
    }
}

TEST_CASE("the standard error of an AR(1) is the textbook's") {
  const std::size_t n = 2000;
  const auto y = noise(n, 0.6, 0);
  const auto sample = *arima_sample_of({.p = 1}, y, {}, arima_constant::mean, 1);
  const auto best = fit_likelihood(sample, {0});
  const auto covariance = covariance_of(sample, best);
  REQUIRE(covariance.size() == 4);
  const double phi = best.coefficients[0];
  CHECK(std::sqrt(covariance[0]) == doctest::Approx(std::sqrt((1 - phi * phi) / n)).epsilon(0.01));
  // the mean's: sigma / (1 - phi) / sqrt(n)
  CHECK(std::sqrt(covariance[3]) == doctest::Approx(std::sqrt(best.variance / n) / (1 - phi)).epsilon(0.01));
}

TEST_CASE("collinear regressors and series without noise are recognised") {
  const auto y = noise(50, 0, 0);
  std::vector<double> twice;
  for (std::size_t t = 0; t < 50; ++t)
    twice.insert(twice.end(), {std::sin(double(t)), 2 * std::sin(double(t))});
  CHECK(collinear(*arima_sample_of({.p = 1}, y, {twice, 2}, arima_constant::mean, 1)));
  CHECK_FALSE(collinear(*arima_sample_of({.p = 1}, y, {y, 1}, arima_constant::mean, 1)));
  CHECK(without_noise(*arima_sample_of({.p = 1}, y, {y, 1}, arima_constant::mean, 1)));
  CHECK(without_noise(*arima_sample_of({.d = 1}, std::vector<double>(30, 5e7), {}, arima_constant::none, 1)));
  CHECK_FALSE(without_noise(*arima_sample_of({.p = 1}, y, {}, arima_constant::mean, 1)));
}

TEST_CASE("coefficients that are not stationary have no likelihood") {
  const auto sample = *arima_sample_of({.p = 1}, noise(50, 0, 0), {}, arima_constant::none, 1);
  CHECK(std::isinf(estimate_at(sample, {1.5}).log_likelihood));
}
