#include "saved_model.hpp"

#include <foreshift/forecast/seasonal_figure.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

std::vector<double> pattern(std::size_t n, double lowest) {
  std::vector<double> y;
  for (std::size_t i = 0; i < n; ++i) y.push_back(lowest + static_cast<double>(i % 4));
  return y;
}

}  // namespace

TEST_CASE("positive series have factors, others addends, both without the season are flat") {
  for (const double lowest : {1.0, 0.0, -2.0}) {
    const auto y = pattern(42, lowest);
    const auto figure = seasonal_figure::tested(y, 4);
    REQUIRE(figure.seasonal());
    CHECK(figure.form() == (lowest > 0 ? seasonal_form::multiplicative : seasonal_form::additive));
    for (const double v : figure.without(y)) CHECK(v == doctest::Approx(lowest + 1.5));
  }
}

TEST_CASE("what is taken off in one place is put back in the same place") {
  auto figure = seasonal_figure::tested(pattern(43, 1), 4);  // the next place is 3
  CHECK(figure.without(4.0) == doctest::Approx(2.5));
  std::vector<double> out(6, 2.5);
  figure.restore(out);
  for (std::size_t h = 0; h < 6; ++h)
    CHECK(out[h] == doctest::Approx(1.0 + static_cast<double>((3 + h) % 4)));
  figure.advance();
  CHECK(figure.without(1.0) == doctest::Approx(2.5));
  std::vector<double> variance(2, 1.0);
  figure.restore_variance(variance);
  CHECK(variance[1] == doctest::Approx(0.8 * 0.8));
}

TEST_CASE("without a season everything stays as it is") {
  seasonal_figure figure = seasonal_figure::tested(std::vector<double>(50, 2.0), 4);
  CHECK_FALSE(figure.seasonal());
  figure.advance();
  CHECK(figure.without(7.0) == 7.0);
  std::vector<double> out{1, 2};
  figure.restore(out);
  figure.restore_variance(out);
  CHECK(out == std::vector<double>{1, 2});
}

TEST_CASE("factors that are all but zero are no season") {
  std::vector<double> y;
  for (int i = 0; i < 40; ++i) y.push_back(i % 4 == 0 ? 1e-9 : 10.0);
  CHECK_FALSE(seasonal_figure::tested(y, 4).seasonal());
}

TEST_CASE("a figure comes back from its bytes unless they are damaged beyond use") {
  const auto figure = seasonal_figure::tested(pattern(43, 1), 4);
  const auto bytes = forecast_test::saved(figure);
  seasonal_figure back;
  REQUIRE(forecast_test::restore(back, bytes));
  CHECK(back.at(1) == figure.at(1));
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    auto damaged = bytes;
    damaged[at] ^= std::byte{0xFF};
    if (seasonal_figure got; forecast_test::restore(got, damaged)) CHECK(std::isfinite(got.without(5.0)));
  }
}
