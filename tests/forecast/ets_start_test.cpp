#include <foreshift/forecast/ets_start.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <numeric>
#include <vector>

using namespace foreshift::forecast;

namespace {
constexpr double gap = std::numeric_limits<double>::quiet_NaN();
}

TEST_CASE("an additive season on a line is found exactly, but for the line inside the season") {
  const std::vector<double> season{3, -1, -2};
  std::vector<double> y;
  for (int t = 0; t < 12; ++t) y.push_back(100 + season[static_cast<std::size_t>(t) % 3]);
  const auto s = starting_state({.trend = ets_trend::additive, .season = ets_season::additive}, y, 3);
  CHECK(s.season == season);
  CHECK(s.level == doctest::Approx(100));
  CHECK(s.slope == doctest::Approx(0));
}

TEST_CASE("a multiplicative season is found as ratios with the mean 1") {
  const std::vector<double> season{1.5, 0.5};
  std::vector<double> y;
  for (int t = 0; t < 10; ++t) y.push_back(8 * season[static_cast<std::size_t>(t) % 2]);
  const auto s = starting_state({.season = ets_season::multiplicative}, y, 2);
  CHECK(s.season[0] == doctest::Approx(1.5));
  CHECK(s.season[1] == doctest::Approx(0.5));
  CHECK(s.level == doctest::Approx(8));
}

TEST_CASE("without a season a trend starts as a line through the first ten observations") {
  std::vector<double> y(30, 0.0);
  for (int t = 0; t < 10; ++t) y[static_cast<std::size_t>(t)] = 5 + 2 * t;
  y[4] = gap;
  y[10] = 25;  // the tenth that is observed
  const auto s = starting_state({.trend = ets_trend::damped}, y, 1);
  CHECK(s.slope == doctest::Approx(2));
  CHECK(s.level == doctest::Approx(3));  // one step before the first observation
}

TEST_CASE("steps of the season that were never observed start neutral") {
  std::vector<double> y;
  for (int t = 0; t < 12; ++t) y.push_back(t % 4 == 2 ? gap : 10);
  CHECK(starting_state({.season = ets_season::additive}, y, 4).season[2] == doctest::Approx(0));
  CHECK(starting_state({.season = ets_season::multiplicative}, y, 4).season[2] == doctest::Approx(1));
}

TEST_CASE("few seasons give the first season, many the mean one") {
  std::vector<double> y;
  for (int t = 0; t < 20; ++t) y.push_back(t % 2 == 0 ? 10 + t : 10 - t);
  const auto few = starting_state({.season = ets_season::additive}, y, 2, 1);
  const auto many = starting_state({.season = ets_season::additive}, y, 2);
  CHECK(few.season[0] < many.season[0]);
}

TEST_CASE("a positive form starts at a positive level") {
  std::vector<double> y;
  for (int t = 0; t < 10; ++t) y.push_back(t < 5 ? 0.01 : 100.0 * t);
  CHECK(starting_state({ets_error::multiplicative, ets_trend::additive}, y, 1).level > 0);
}
