#include <foreshift/core/random.hpp>
#include <foreshift/forecast/accuracy.hpp>
#include <foreshift/forecast/any_forecaster.hpp>
#include <foreshift/forecast/lstm.hpp>
#include <foreshift/forecast/naive.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

telemetry::series_view hourly(std::span<const double> y) { return {{}, std::chrono::hours{1}, y}; }
lstm small() {
  return {.season_length = 12,
          .seasons_in_cycle = 7,
          .leads = 12,
          .hidden = 8,
          .window = 24,
          .epochs_max = 12,
          .levels = {0.1, 0.5, 0.9}};
}
// A daily sine, a weekly pattern and noise.
std::vector<double> week(std::size_t n, std::uint64_t seed, double size = 1) {
  random_stream random{seed};
  std::vector<double> y;
  for (std::size_t t = 0; t < n; ++t) {
    const double day = std::sin(static_cast<double>(t) * 6.283185307179586 / 12);
    y.push_back(size * (50 + 10 * day + (t / 12 % 7 < 5 ? 8 : 0) + 3 * random.normal()));
  }
  return y;
}
double error_of(const any_forecaster& spec, std::span<const double> y, std::size_t h) {
  double sum = 0;
  constexpr std::size_t origins = 4;
  for (std::size_t i = 1; i <= origins; ++i) {
    const std::size_t n = y.size() - i * h;
    const auto m = *fit(spec, hourly(y.first(n)), {});
    std::vector<double> curve(h);
    predict_mean(m, {}, curve);
    sum += mean_absolute_error({y.subspan(n, h), curve}) / origins;
  }
  return sum;
}

}  // namespace

TEST_CASE("a sine with a weekly pattern is forecast better than by repeating the last day or week") {
  const auto y = week(12 * 7 * 7, 1);
  const double ours = error_of(small(), y, 24);
  CHECK(ours < 0.85 * error_of(seasonal_naive{12}, y, 24));
  CHECK(ours < 0.85 * error_of(seasonal_naive{84}, y, 24));  // its noise has 1.4 times the spread of ours
}

TEST_CASE("the effect of a planned event is learned, and not repeated the day after") {
  random_stream random{2};
  auto y = week(600, 3);
  std::vector<double> x(y.size() + 24, 0.0);
  for (std::size_t t = 5; t < y.size(); ++t)
    if (random.chance(0.08)) x[t] = 1, y[t] += 30;
  x[y.size() - 8] = 1;  // in the last day
  y[y.size() - 8] += 30;
  x[y.size() + 2] = 1;  // and tomorrow, at another hour
  auto spec = small();
  spec.epochs_max = 40;
  const regressor_view events{x, 1};
  const auto m = *fit(spec, hourly(y), events.slice(0, y.size()));
  std::vector<double> with(12), without(12);
  predict_mean(m, events.slice(y.size(), 12), with);
  predict_mean(m, {std::span{x}.first(12), 1}, without);  // no event among the first 5 steps
  CHECK(with[2] - without[2] > 15);
  CHECK(with[2] - without[2] < 45);
  CHECK(std::abs(with[0] - without[0]) < 1e-9);
}

TEST_CASE("one network serves many series of different size, each with its own state") {
  std::vector<std::vector<double>> y;
  for (std::size_t i = 0; i < 6; ++i) y.push_back(week(420, 10 + i, std::pow(10.0, static_cast<double>(i))));
  std::vector<lstm_history> histories;
  for (const auto& one : y) histories.push_back({hourly(std::span{one}.first(396))});
  const auto fleet = *fit_global(small(), histories);
  for (const auto& one : y) {
    const auto m = *fit(fleet, hourly(std::span{one}.first(396)), {});
    CHECK(m.shared_network() == fleet.network);
    std::vector<double> curve(24), naive_curve(24);
    predict_mean(m, {}, curve);
    const std::span came = std::span{one}.last(24);
    predict_mean(*fit(seasonal_naive{12}, hourly(std::span{one}.first(396)), {}), {}, naive_curve);
    CHECK(mean_absolute_error({came, curve}) < mean_absolute_error({came, naive_curve}));
  }
  const auto unseen = week(200, 99, 1e-3);  // a series that was not there in training
  const auto m = *fit(fleet, hourly(unseen), {});
  std::vector<double> curve(12);
  predict_mean(m, {}, curve);
  for (const double v : curve) CHECK(std::abs(v - 0.053) < 0.025);
}

TEST_CASE("an observation moves the forecast of its own model only") {
  const auto y = week(200, 1);
  auto a = *fit(small(), hourly(y), {});
  auto b = a;
  update(a, 90, {});
  std::vector<double> from_a(12), from_b(12);
  predict_mean(a, {}, from_a);
  predict_mean(b, {}, from_b);
  CHECK(from_a != from_b);
  CHECK(a.shared_network() == b.shared_network());
}

TEST_CASE("of a constant and of a very short series the start of training is the forecast") {
  for (const std::size_t n : {1U, 2U, 30U, 100U}) {
    const std::vector<double> y(n, 7.0);
    const auto m = *fit(small(), hourly(y), {});
    CHECK(m.network().report().best == 0);
    std::vector<double> curve(30);
    predict_mean(m, {}, curve);
    for (const double v : curve) CHECK(v == 7.0);
  }
}

TEST_CASE("learned quantiles hold what they promise, roughly") {
  const auto y = week(12 * 7 * 10, 4);
  const std::vector<double> levels{0.1, 0.9};
  std::size_t inside = 0, all = 0;
  auto m = *fit(small(), hourly(std::span{y}.first(600)), {});
  for (std::size_t t = 600; t + 12 <= y.size(); ++t) {
    std::vector<double> q(24);
    predict_quantiles(m, {}, levels, q);
    for (std::size_t h = 0; h < 12; ++h) inside += y[t + h] > q[h] && y[t + h] < q[12 + h], ++all;
    update(m, y[t], {});
  }
  const double share = static_cast<double>(inside) / static_cast<double>(all);
  CHECK(share > 0.65);  // 0.8 is promised; 240 origins overlap, and one short training is not exact
  CHECK(share < 0.92);
}
