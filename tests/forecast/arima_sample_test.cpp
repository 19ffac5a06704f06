#include <foreshift/forecast/arima_sample.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace foreshift::forecast;

namespace {
constexpr double gap = std::numeric_limits<double>::quiet_NaN();
}

TEST_CASE("a sample is scaled by a power of two, differenced, and begins at an observation") {
  const std::vector<double> y{gap, gap, 100, 101, 103, 106};
  const auto s = *arima_sample_of({.d = 1}, y, {}, arima_constant::none, 1);
  CHECK(s.first == 2);
  CHECK(s.scale.unit == 8);
  CHECK(s.w == std::vector<double>{1 / 8.0, 2 / 8.0, 3 / 8.0});
  CHECK(s.used() == 3);
}

TEST_CASE("a gap is filled on a line and has a regressor of its own") {
  const std::vector<double> y{0, gap, 4, 8};
  const auto s = *arima_sample_of({.d = 1}, y, {}, arima_constant::none, 1);
  REQUIRE(s.gaps == std::vector<std::size_t>{1});
  CHECK(s.scale.out(s.level[1]) == 2);
  const auto column = s.column(0);
  CHECK(column[0] == 1);
  CHECK(column[1] == -1);
  CHECK(column[2] == 0);
  CHECK(s.used() == 2);
}

TEST_CASE("more gaps than can be carried shorten the history") {
  std::vector<double> y(1000);
  for (std::size_t t = 0; t < y.size(); ++t) y[t] = t % 2 == 1 ? gap : static_cast<double>(t);
  const auto s = *arima_sample_of({}, y, {}, arima_constant::mean, 1);
  CHECK(s.gaps.size() == arima_gaps_max);
  CHECK(s.first + s.length == 999);  // and the gap at the end is none of the sample
}

TEST_CASE("what cannot be fitted is named") {
  const std::vector<double> y{1, 2, 3}, nothing{gap, gap}, x{1, 2};
  const arima_order order{.d = 1};
  CHECK(arima_sample_of(order, y, {}, arima_constant::none, 3).error() == errc::too_short);
  CHECK(arima_sample_of(order, nothing, {}, arima_constant::none, 1).error() == errc::all_missing);
  CHECK(arima_sample_of(order, {}, {}, arima_constant::none, 1).error() == errc::too_short);
  CHECK(arima_sample_of(order, y, {x, 1}, arima_constant::none, 1).error() == errc::bad_regressors);
}

TEST_CASE("the drift is a ramp before differencing") {
  const std::vector<double> y{5, 7, 6, 9};
  const auto s = *arima_sample_of({.d = 1}, y, {}, arima_constant::drift, 1);
  CHECK(s.column_unit[0] == 4);
  for (const double c : s.column(0)) CHECK(c == doctest::Approx(0.25));
}
