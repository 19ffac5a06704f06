#include <foreshift/forecast/naive.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {
constexpr double gap = std::numeric_limits<double>::quiet_NaN();
telemetry::series_view hourly(const std::vector<double>& y) { return {{}, std::chrono::hours{1}, y}; }
}  // namespace

TEST_CASE("the naive forecast is the last observation, gaps passed over") {
  const std::vector<double> y{1, 2, 3, gap};
  auto m = *fit(naive{}, hourly(y), {});
  std::array<double, 2> out{};
  predict_mean(m, {}, out);
  CHECK(out == std::array{3.0, 3.0});
  update(m, gap, {});
  update(m, 7, {});
  update(m, INFINITY, {});
  predict_mean(m, {}, out);
  CHECK(out == std::array{7.0, 7.0});
}

TEST_CASE(
    "the seasonal naive forecast repeats the last season in phase, also when the history is no whole "
    "season") {
  for (std::size_t n = 3; n < 12; ++n) {
    std::vector<double> y;
    for (std::size_t i = 0; i < n; ++i) y.push_back(static_cast<double>(i));
    const auto m = *fit(seasonal_naive{3}, hourly(y), {});
    std::array<double, 7> out{};
    predict_mean(m, {}, out);
    for (std::size_t h = 0; h < out.size(); ++h) CHECK(out[h] == static_cast<double>(n - 3 + h % 3));
  }
}

TEST_CASE("over a gap the seasonal naive forecast keeps the value of the season before") {
  const std::vector<double> y{1, 2, 3, 4, gap, 6};
  auto m = *fit(seasonal_naive{3}, hourly(y), {});
  update(m, gap, {});
  std::array<double, 3> out{};
  predict_mean(m, {}, out);
  CHECK(out == std::array{2.0, 6.0, 4.0});
}

TEST_CASE("updating the seasonal naive model is the same as fitting the longer series") {
  std::vector<double> y{5, 1, 4, 2};
  auto m = *fit(seasonal_naive{4}, hourly(y), {});
  for (const double v : {9.0, gap, 8.0, 3.0, 7.0}) {
    y.push_back(v);
    update(m, v, {});
    const auto again = *fit(seasonal_naive{4}, hourly(y), {});
    std::array<double, 5> a{}, b{};
    predict_mean(m, {}, a);
    predict_mean(again, {}, b);
    CHECK(a == b);
  }
}

TEST_CASE("without observations the naive models say what is missing") {
  CHECK(fit(naive{}, hourly({}), {}).error() == errc::all_missing);
  CHECK(fit(naive{}, hourly({gap, gap}), {}).error() == errc::all_missing);
  CHECK(fit(seasonal_naive{3}, hourly({gap, gap, gap}), {}).error() == errc::all_missing);
  CHECK(fit(seasonal_naive{3}, hourly({1, 2}), {}).error() == errc::too_short);
  CHECK(fit(seasonal_naive{3}, hourly({}), {}).error() == errc::too_short);
}
