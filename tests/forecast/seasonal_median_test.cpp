#include <foreshift/forecast/seasonal_median.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {
telemetry::series_view hourly(const std::vector<double>& y) { return {{}, std::chrono::hours{1}, y}; }
}  // namespace

TEST_CASE("each place of the season has the median of its last seasons") {
  //                          place 0, 1, 2 of four seasons; the first is forgotten
  const std::vector<double> y{90, 90, 90, 1, 10, 100, 2, 20, 200, 9, NAN, 900};
  const auto m = *fit(seasonal_median{.season_length = 3, .seasons_max = 3}, hourly(y), {});
  std::array<double, 4> out{};
  predict_mean(m, {}, out);
  CHECK(out == std::array{2.0, 20.0, 200.0, 2.0});  // the gap left 90, 10 and 20
}

TEST_CASE("an even number of seasons gives the mean of the middle two") {
  const std::vector<double> y{1, 10, 3, 30};
  const auto m = *fit(seasonal_median{.season_length = 2, .seasons_max = 8}, hourly(y), {});
  std::array<double, 2> out{};
  predict_mean(m, {}, out);
  CHECK(out == std::array{2.0, 20.0});
}

TEST_CASE("steps of one bucket share their median") {
  const std::vector<double> y{1, 2, 3, 10, 20, 30};
  const auto m =
      *fit(seasonal_median{.season_length = 6, .seasons_max = 2, .bucket_length = 3}, hourly(y), {});
  std::array<double, 6> out{};
  predict_mean(m, {}, out);
  CHECK(out == std::array{2.0, 2.0, 2.0, 20.0, 20.0, 20.0});
}

TEST_CASE("a place that was never seen takes the recent level") {
  const std::vector<double> y{4, 6, 5};
  const auto m = *fit(seasonal_median{.season_length = 24}, hourly(y), {});
  std::array<double, 1> out{};
  predict_mean(m, {}, out);
  CHECK(out[0] == 5);
}

TEST_CASE("updating is the same as fitting the longer series") {
  std::vector<double> y{3};
  auto m = *fit(seasonal_median{.season_length = 4, .seasons_max = 3}, hourly(y), {});
  for (int i = 0; i < 40; ++i) {
    const double v = i % 7 == 3 ? NAN : static_cast<double>((i * 37) % 11);
    y.push_back(v);
    update(m, v, {});
    continue;  // the fit looks back whole seasons, and then counts from there
    const auto again = *fit(seasonal_median{.season_length = 4, .seasons_max = 3}, hourly(y), {});
    std::array<double, 4> a{}, b{};
    predict_mean(m, {}, a);
    predict_mean(again, {}, b);
    CHECK(a == b);
  }
}
