#include <foreshift/core/random.hpp>
#include <foreshift/forecast/additive.hpp>
#include <foreshift/forecast/additive_uncertainty.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

telemetry::series_view hourly(const std::vector<double>& y) { return {{}, std::chrono::hours{1}, y}; }

std::vector<double> noisy(std::size_t n) {
  random_stream random{1};
  std::vector<double> y;
  for (std::size_t t = 0; t < n; ++t) y.push_back(40 + 2 * random.normal());
  return y;
}
// Up and down in long pieces: many change points.
std::vector<double> zigzag(std::size_t n) {
  random_stream random{2};
  std::vector<double> y;
  for (std::size_t t = 0; t < n; ++t)
    y.push_back(40 + 10 * std::abs(static_cast<double>(t % 200) / 100 - 1) + 0.2 * random.normal());
  return y;
}
additive plain(std::size_t changepoints) {
  return {.n_changepoints = changepoints, .weekly_seasonality = 0, .daily_seasonality = 0};
}
double width(const prediction& p, std::size_t h) { return p.quantile_curve(1)[h] - p.quantile_curve(0)[h]; }

}  // namespace

TEST_CASE("without change points the interval is that of the noise") {
  const auto m = *fit(plain(0), hourly(noisy(500)), {});
  const auto p = predict_uncertainty(m, {.horizon = 20});
  REQUIRE(p.levels.size() == 2);
  CHECK(p.levels[0] == doctest::Approx(0.1));
  CHECK(p.levels[1] == doctest::Approx(0.9));
  for (std::size_t h = 0; h < 20; ++h)
    // 1000 samples leave a quantile of 10 % a standard error of 0.054 sigma, so the difference of two 0.075:
    // four of them.
    CHECK(width(p, h) / m.sigma() == doctest::Approx(2 * 1.28155).epsilon(0.3 / 2.563));
}

TEST_CASE("a trend that bent often fans out, one that never bent does not") {
  const auto bent = predict_uncertainty(*fit(plain(25), hourly(zigzag(600)), {}), {.horizon = 300});
  CHECK(width(bent, 299) > 10 * width(bent, 0));
  const auto still = predict_uncertainty(*fit(plain(25), hourly(noisy(600)), {}), {.horizon = 300});
  CHECK(width(still, 299) < 1.5 * width(still, 0));
}

TEST_CASE("the spread of the simulated trend is that of a compound Poisson process of Laplace changes") {
  const auto m = *fit(plain(25), hourly(zigzag(600)), {});
  double sum = 0;
  for (const double d : m.deltas()) sum += std::abs(d);
  const double size = sum / 25, pace = 25;
  const auto p = predict_uncertainty(m, {.horizon = 300, .keep_paths = true});
  REQUIRE(p.paths.count() == 1000);
  double squares = 0;
  for (std::size_t i = 0; i < 1000; ++i) squares += std::pow(p.paths[i][299] - p.mean[299], 2);
  // Each change at u adds its size times (h - u): pace x 2 size^2 x h^3 / 3, over the scaled series.
  const double h = 300.0 / 599.0, scale = 50.6;  // largest value: 50 and noise
  const double expected = pace * 2 * size * size * h * h * h / 3 * scale * scale + m.sigma() * m.sigma();
  CHECK(squares / 1000 == doctest::Approx(expected).epsilon(0.2));  // its standard error is about 5 %
}

TEST_CASE("the seed decides, quantiles ascend, and more levels cost no other future") {
  auto spec = plain(25);
  const auto y = zigzag(300);
  const auto m = *fit(spec, hourly(y), {});
  constexpr std::array levels{0.05, 0.5, 0.9, 0.95};
  const auto a = predict_uncertainty(m, {.horizon = 30, .levels = levels});
  CHECK(a.quantiles == predict_uncertainty(m, {.horizon = 30, .levels = levels}).quantiles);
  CHECK(a.paths.count() == 0);
  for (std::size_t l = 1; l < levels.size(); ++l)
    for (std::size_t h = 0; h < 30; ++h) CHECK(a.quantile_curve(l - 1)[h] <= a.quantile_curve(l)[h]);
  const auto narrow = predict_uncertainty(m, {.horizon = 30});
  CHECK(narrow.quantile_curve(1)[7] == a.quantile_curve(2)[7]);
  spec.seed = 2;
  CHECK(predict_uncertainty(*fit(spec, hourly(y), {}), {.horizon = 30}).quantiles != narrow.quantiles);
}

TEST_CASE("the prediction begins where the observations end, and goes by its regressors") {
  std::vector<double> x(330);
  for (std::size_t t = 0; t < x.size(); ++t) x[t] = t % 5 == 0 ? 1 : 0;
  auto y = noisy(300);
  for (std::size_t t = 0; t < y.size(); ++t) y[t] += 30 * x[t];
  auto m = *fit(plain(25), hourly(y), {std::span{x}.first(300), 1});
  update(m, 70, std::span{x}.subspan(300, 1));
  const auto p = predict_uncertainty(m, {.horizon = 29, .regressors = {std::span{x}.last(29), 1}});
  CHECK(p.start == time_point{std::chrono::hours{301}});
  CHECK(p.step == std::chrono::hours{1});
  for (std::size_t h = 0; h < 29; ++h) {
    CHECK(p.mean[h] == doctest::Approx(40 + 30 * x[301 + h]).epsilon(0.05));
    CHECK(p.quantile_curve(0)[h] < p.mean[h]);
    CHECK(p.quantile_curve(1)[h] > p.mean[h]);
  }
}
