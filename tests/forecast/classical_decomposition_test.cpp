#include "reference_table.hpp"

#include <foreshift/forecast/classical_decomposition.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

TEST_CASE("figures are those of R's decompose, for even and odd seasons") {
  for (const std::string file : {"r_decompose_AirPassengers.csv", "r_decompose_odd.csv"}) {
    auto r = forecast_test::reference_table(file);
    const std::size_t m = file.find("odd") == std::string::npos ? 12 : 7;
    const auto times = classical_figure(r["y"], m, seasonal_form::multiplicative);
    const auto plus = classical_figure(r["y"], m, seasonal_form::additive);
    for (std::size_t i = 0; i < r["y"].size(); ++i) {  // the file has 12 digits
      CHECK(times[i % m] == doctest::Approx(r["multiplicative"][i]).epsilon(1e-10));
      CHECK(plus[i % m] == doctest::Approx(r["additive"][i]).epsilon(1e-10).scale(1));
    }
  }
}

TEST_CASE("a place that was never seen is neutral, and the figure balances") {
  constexpr double gap = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> y;
  for (int i = 0; i < 40; ++i) y.push_back(i % 4 == 2 ? gap : 10.0 + i % 4);
  const auto plus = classical_figure(y, 4, seasonal_form::additive);
  double sum = 0;
  for (const double f : plus) sum += f;
  CHECK(std::abs(sum) < 1e-12);
  for (const double f : classical_figure(y, 4, seasonal_form::multiplicative)) CHECK(f > 0);
}
