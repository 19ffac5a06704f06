#include "reference_table.hpp"
#include "saved_model.hpp"

#include <foreshift/core/random.hpp>
#include <foreshift/forecast/optimised_theta.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

constexpr double gap = std::numeric_limits<double>::quiet_NaN();
telemetry::series_view hourly(const std::vector<double>& y) { return {{}, std::chrono::hours{1}, y}; }
std::vector<double> series_of(const std::string& name) {
  std::vector<double> out;
  const auto table = forecast_test::reference_table("r_series.csv");
  for (const double v : table.at(name))
    if (!std::isnan(v)) out.push_back(v);
  return out;
}

// The equations of the paper, one after the other (state space form, section 3), without any shortcut.
struct slow_theta {
  double start, alpha, theta;
  bool dynamic;
  std::vector<double> mean;  // one-step means, then forecasts
  double squares = 0;

  void run(std::vector<double> y, std::size_t horizon) {
    const std::size_t n = y.size();
    double sum = 0, moment = 0;
    for (std::size_t t = 1; t <= n; ++t) sum += y[t - 1], moment += static_cast<double>(t) * y[t - 1];
    const auto count = static_cast<double>(n);
    const double whole_b = 6 / (count * count - 1) * (2 * moment / count - (count + 1) * sum / count);
    const double whole_a = sum / count - (count + 1) / 2 * whole_b;
    double level = start, a = dynamic ? 0 : whole_a, b = dynamic ? 0 : whole_b, average = 0;
    squares = 0;
    mean.clear();
    for (std::size_t i = 0; i < n + horizon; ++i) {
      const auto t = static_cast<double>(i + 1);
      const double line = a * std::pow(1 - alpha, t - 1) + b * (1 - std::pow(1 - alpha, t)) / alpha;
      mean.push_back(level + (1 - 1 / theta) * line);
      if (i >= n) y.push_back(mean.back());
      if (i < n && (!dynamic || i >= 2)) squares += (y[i] - mean[i]) * (y[i] - mean[i]);
      level = alpha * y[i] + (1 - alpha) * level;
      if (!dynamic) continue;
      b = i == 0 ? 0 : ((t - 2) * b + 6 * (y[i] - average) / t) / (t + 1);
      average = ((t - 1) * average + y[i]) / t;
      a = average - (t + 1) / 2 * b;
    }
  }
};

}  // namespace

TEST_CASE("forecasts are the paper's recursion, and no parameters near or far leave less") {
  for (const std::string name : {"Nile", "lynx", "WWWusage"})
    for (const bool dynamic : {false, true}) {
      CAPTURE(name);
      CAPTURE(dynamic);
      const auto y = series_of(name);
      const auto m = *fit(optimised_theta{.season_length = 1, .dynamic = dynamic}, hourly(y), {});
      slow_theta slow{m.initial_level(), m.alpha(), m.theta(), dynamic, {}};
      slow.run(y, 20);
      const auto ahead = forecast_test::mean_curve(m, 20);
      for (std::size_t h = 0; h < 20;
           ++h)  // theta may be a thousand million: nine digits are lost in 1 - 1 / theta
        CHECK(ahead[h] == doctest::Approx(slow.mean[y.size() + h]).epsilon(1e-6));
      const double counted = static_cast<double>(y.size()) - (dynamic ? 2 : 0);
      const double least = m.variance() * (counted - 3);
      CHECK(least == doctest::Approx(slow.squares).epsilon(1e-6));

      random_stream random{5};
      for (int i = 0; i < 4000; ++i) {
        const double near = i % 2 == 0 ? 1.0 : 0.02;
        slow.start = m.initial_level() + near * y[0] * random.normal();
        slow.alpha = std::clamp(m.alpha() + near * 0.3 * random.normal(), 0.1, 0.99);
        const double weight = std::clamp(1 - 1 / m.theta() + near * 0.3 * random.normal(), 0.0, 1 - 1e-9);
        slow.theta = 1 / (1 - weight);
        slow.run(y, 0);
        REQUIRE(slow.squares >= least * (1 - 1e-9));
      }
    }
}

TEST_CASE("the variance is that of many simulated futures") {
  const auto y = series_of("WWWusage");
  for (const bool dynamic : {false, true}) {
    const auto m = *fit(optimised_theta{.season_length = 1, .dynamic = dynamic}, hourly(y), {});
    std::vector<double> variance(8), squares(8);
    predict_variance(m, variance);
    const auto mean = forecast_test::mean_curve(m, 8);
    random_stream random{8};
    constexpr int futures = 20000;
    // The static model's line learns from updates, the variance holds it fixed: one step is enough to see
    // sigma.
    const std::size_t steps = dynamic ? 8 : 1;
    for (int i = 0; i < futures; ++i) {
      auto path = m;
      for (std::size_t h = 0; h < steps; ++h) {
        const double value =
            forecast_test::mean_curve(path, 1)[0] + std::sqrt(m.variance()) * random.normal();
        squares[h] += (value - mean[h]) * (value - mean[h]) / futures;
        update(path, value, {});
      }
    }
    // The standard error of a variance from 20,000 draws is 1 %.
    for (std::size_t h = 0; h < steps; ++h) CHECK(variance[h] == doctest::Approx(squares[h]).epsilon(0.04));
    if (!dynamic) CHECK(variance[4] == doctest::Approx(m.variance() * (1 + 4 * m.alpha() * m.alpha())));
  }
}

TEST_CASE("waiting through a gap forecasts what was forecast before it") {
  const auto y = series_of("AirPassengers");
  for (const bool dynamic : {false, true}) {
    auto m = *fit(optimised_theta{.season_length = 12, .dynamic = dynamic}, hourly(y), {});
    const auto before = forecast_test::mean_curve(m, 30);
    for (int i = 0; i < 7; ++i) update(m, gap, {});
    const auto after = forecast_test::mean_curve(m, 23);
    for (std::size_t h = 0; h < 23; ++h) CHECK(after[h] == doctest::Approx(before[h + 7]).epsilon(1e-12));
  }
}

TEST_CASE("a straight line goes on, noise around a level stays there") {
  std::vector<double> line, level;
  random_stream random{1};
  for (int i = 0; i < 100; ++i) {
    line.push_back(10 + 2 * i);
    level.push_back(50 + random.normal());
  }
  const auto up = forecast_test::mean_curve(
      *fit(optimised_theta{.season_length = 1, .dynamic = false}, hourly(line), {}));
  for (std::size_t h = 0; h < up.size(); ++h)
    CHECK(up[h] == doctest::Approx(210 + 2 * static_cast<double>(h)).epsilon(1e-3));
  for (const double v :
       forecast_test::mean_curve(*fit(optimised_theta{.season_length = 1}, hourly(level), {})))
    CHECK(std::abs(v - 50) < 1);  // one standard deviation of the noise
}

TEST_CASE("a saved model comes back, damage does no harm") {
  const auto y = series_of("AirPassengers");
  const auto plain = series_of("Nile");
  for (const bool dynamic : {false, true})
    forecast_test::check_saving(*fit(optimised_theta{.season_length = 12, .dynamic = dynamic}, hourly(y), {}),
                                *fit(optimised_theta{.season_length = 1}, hourly(plain), {}));
}
