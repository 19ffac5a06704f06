#include "data_folder.hpp"

#include <foreshift/core/random.hpp>
#include <foreshift/forecast/accuracy.hpp>
#include <foreshift/forecast/cross_validation.hpp>
#include <foreshift/forecast/naive.hpp>
#include <foreshift/forecast/seasonal_ar.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

telemetry::series_view hourly(const std::vector<double>& y) { return {{}, std::chrono::hours{1}, y}; }

std::vector<double> curve(const seasonal_ar_model& m, std::size_t h, regressor_view x = {}) {
  std::vector<double> out(h);
  predict_mean(m, x, out);
  return out;
}

double day(std::size_t t, std::size_t m) {
  return std::sin(6.283185307179586 * static_cast<double>(t) / static_cast<double>(m));
}

}  // namespace

TEST_CASE("a first-order autoregression is recovered") {
  random_stream random{21};
  std::vector<double> y{0};
  for (int i = 0; i < 4000; ++i) y.push_back(0.7 * y.back() + random.normal());
  y.push_back(4);
  const auto m = *fit(seasonal_ar{.season_length = 1, .memory = 1e6}, hourly(y), {});
  // Two lags: the standard error of the sum's effect at one step is below 0.1 for a value of 4.
  const auto c = curve(m, 3);
  CHECK(c[0] == doctest::Approx(2.8).epsilon(0.06));
  CHECK(c[1] == doctest::Approx(1.96).epsilon(0.1));
}

TEST_CASE("a daily pattern is continued with 24 and with 288 steps a day") {
  for (const std::size_t m : {24U, 288U}) {
    random_stream random{22};
    std::vector<double> y;
    for (std::size_t t = 0; t < 9 * m; ++t) y.push_back(40 + 10 * day(t, m) + random.normal());
    const auto model = *fit(seasonal_ar{.season_length = m}, hourly(y), {});
    CHECK(model.lag_max() == 7 * m + 1);
    const auto c = curve(model, m);
    double error = 0;
    for (std::size_t h = 0; h < m; ++h)
      error += std::abs(c[h] - 40 - 10 * day(y.size() + h, m)) / static_cast<double>(m);
    CHECK(error < 1.0);  // below the noise's standard deviation: the seasonal naive forecast has 1.13
  }
}

TEST_CASE("24 observations are enough, and the forecast stays among them") {
  random_stream random{23};
  std::vector<double> y;
  for (int i = 0; i < 24; ++i) y.push_back(30 + 2 * random.normal());
  for (const std::size_t m : {24U, 288U}) {
    const auto model = *fit(seasonal_ar{.season_length = m}, hourly(y), {});
    CHECK(model.lag_max() == 2);
    for (const double v : curve(model, 100)) {
      CHECK(v > 22);
      CHECK(v < 38);
    }
  }
}

TEST_CASE("longer lags come into use while streaming, as soon as there are rows for them") {
  const seasonal_ar spec{.season_length = 12};
  random_stream random{24};
  std::vector<double> y;
  for (std::size_t t = 0; t < 400; ++t) y.push_back(10 + 5 * day(t, 12) + 0.3 * random.normal());
  auto model = *fit(spec, hourly(y).first(24), {});
  CHECK(model.lag_max() == 2);
  std::size_t lag = 2;
  for (std::size_t t = 24; t < y.size(); ++t) {
    update(model, y[t], {});
    CHECK(model.lag_max() >= lag);
    lag = model.lag_max();
  }
  CHECK(lag == 85);
  const auto c = curve(model, 12);
  for (std::size_t h = 0; h < 12; ++h) CHECK(std::abs(c[h] - 10 - 5 * day(y.size() + h, 12)) < 1.2);
}

TEST_CASE("without Huber's weights an update is the refit, to rounding") {
  random_stream random{25};
  std::vector<double> y;
  for (std::size_t t = 0; t < 600; ++t) y.push_back(10 + 5 * day(t, 24) + random.normal());
  const seasonal_ar spec{.season_length = 24, .memory = 21, .huber = 0, .solve_every = 1};
  auto streamed = *fit(spec, hourly(y).first(500), {});
  for (std::size_t t = 500; t < y.size(); ++t) update(streamed, y[t], {});
  const auto refitted = *fit(spec, hourly(y), {});
  const auto a = curve(streamed, 24), b = curve(refitted, 24);
  // They differ by the unit in which the ridge counts, which the fit takes from the data it saw.
  for (std::size_t h = 0; h < 24; ++h) CHECK(std::abs(a[h] - b[h]) < 0.02);
}

TEST_CASE("an announced event lifts the forecast by what it lifted before") {
  random_stream random{26};
  std::vector<double> y, x;
  for (std::size_t t = 0; t < 600; ++t) {
    const bool campaign = t % 100 >= 90;
    x.push_back(campaign ? 1.0 : 0.0);
    y.push_back(20 + 3 * day(t, 24) + (campaign ? 15.0 : 0.0) + 0.5 * random.normal());
  }
  auto model = *fit(seasonal_ar{.season_length = 24}, hourly(y), {x, 1});
  const std::vector<double> on(10, 1.0), off(10, 0.0);
  const auto with = curve(model, 10, {on, 1}), without = curve(model, 10, {off, 1});
  // The effect is 15, shrunk a little; six events of ten steps: standard error below 0.3.
  CHECK(model.effect(0) == doctest::Approx(15).epsilon(0.08));
  for (std::size_t h = 0; h < 10; ++h) CHECK(with[h] - without[h] == doctest::Approx(model.effect(0)));
}

TEST_CASE("the effect of an event is remembered from before the longest lag") {
  random_stream random{27};
  std::vector<double> y, x;
  for (std::size_t t = 0; t < 24 * 10; ++t) {
    const bool campaign = t >= 60 && t < 80;  // on day 3; with weekly lags the first row is on day 8
    x.push_back(campaign ? 1.0 : 0.0);
    y.push_back(20 + 3 * day(t, 24) + (campaign ? 15.0 : 0.0) + 0.5 * random.normal());
  }
  const auto model = *fit(seasonal_ar{.season_length = 24}, hourly(y), {x, 1});
  REQUIRE(model.lag_max() == 169);
  // One campaign of 20 steps beside the pattern of the other days: the estimate is within a tenth.
  CHECK(model.effect(0) == doctest::Approx(15).epsilon(0.1));
}

TEST_CASE("regressors that do not match are refused") {
  const std::vector<double> y(50, 1.0), short_x(49, 0.0);
  std::vector<double> nan_x(50, 0.0);
  nan_x[7] = NAN;
  CHECK(fit(seasonal_ar{}, hourly(y), {short_x, 1}).error() == errc::bad_regressors);
  CHECK(fit(seasonal_ar{}, hourly(y), {nan_x, 1}).error() == errc::bad_regressors);
}

TEST_CASE("an explosive fit is held near the observed range") {
  std::vector<double> y;
  for (int t = 0; t < 60; ++t) y.push_back(std::exp(0.2 * t));
  const auto model = *fit(seasonal_ar{.season_length = 1, .ridge = 1e-6, .huber = 0}, hourly(y), {});
  for (const double v : curve(model, 1000)) CHECK(v <= 1.26 * y.back());
}

TEST_CASE("a spike bends a least-squares fit more than a Huberised one") {
  random_stream random{27};
  std::vector<double> y;
  for (std::size_t t = 0; t < 500; ++t)
    y.push_back(20 + 5 * day(t, 24) + random.normal() + (random.chance(0.02) ? 300.0 : 0.0));
  const auto error = [&](double k) {
    const auto c = curve(*fit(seasonal_ar{.season_length = 24, .huber = k}, hourly(y), {}), 24);
    double sum = 0;
    for (std::size_t h = 0; h < 24; ++h) sum += std::abs(c[h] - 20 - 5 * day(500 + h, 24)) / 24;
    return sum;
  };
  CHECK(error(1.5) < 0.5 * error(0));
}

TEST_CASE(
    "on M4 hourly, odd test half: OWA of the seasonal naive forecast as published, and the "
    "autoregression's") {
  const auto train = forecast_test::data_or_skip("M4 hourly", "m4-hourly/train.csv", true);
  const auto test =
      train.empty() ? train : forecast_test::data_or_skip("M4 hourly", "m4-hourly/test-odd.csv", true);
  if (test.empty()) return;
  REQUIRE(test.size() == 207);
  const auto score = [&](const auto& spec) {
    owa_reference sum;
    std::vector<double> out(48);
    std::size_t at = 0;
    for (const auto& t : test) {
      while (train[at].name != t.name) ++at;
      predict_mean(*fit(spec, hourly(train[at].values), {}), {}, out);
      sum.smape += smape({t.values, out}) / 207;
      sum.mase += mase({t.values, out}, seasonal_naive_scale(train[at].values, 24)) / 207;
    }
    return owa(sum, m4_hourly_naive2);
  };
  CHECK(std::abs(score(seasonal_naive{24}) - 0.6376) < 0.0001);
  CHECK(score(seasonal_ar{}) < 0.45);
}

TEST_CASE("on the load of virtual machines Huber's weights beat least squares") {
  const auto rows =
      forecast_test::data_or_skip("server load", "server-load/azure_v1_100vm_hourly_mean.csv", false);
  if (rows.empty()) return;
  const auto score = [&](double huber) {
    double sum = 0;
    std::size_t n = 0;
    for (const auto& s : rows) {
      const auto plan = rolling_origin_at_end(s.values.size(), {.origins = 3, .horizon = 48, .stride = 48});
      const auto e = evaluate(seasonal_ar{.huber = huber}, hourly(s.values), {}, plan);
      if (!e) continue;
      const double scale = seasonal_naive_scale(std::span{s.values}.first(plan.first_origin), 24);
      if (scale > 0) sum += mase(e->all(), scale), ++n;
    }
    return sum / static_cast<double>(n);
  };
  CHECK(score(1.5) < 0.75 * score(0));
}
