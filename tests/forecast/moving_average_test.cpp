#include <foreshift/core/random.hpp>
#include <foreshift/forecast/moving_average.hpp>

#include "reference_table.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

TEST_CASE("every window has its mean") {
  random_stream random{1};
  std::vector<double> scratch;
  for (std::size_t n = 1; n <= 30; ++n)
    for (std::size_t window = 1; window <= n; ++window) {
      std::vector<double> y(n), out(n - window + 1);
      for (double& v : y) v = random.normal();
      moving_average(y, window, out, scratch);
      for (std::size_t i = 0; i < out.size(); ++i) {
        double sum = 0;
        for (std::size_t j = 0; j < window; ++j) sum += y[i + j];
        CHECK(out[i] == doctest::Approx(sum / static_cast<double>(window)).epsilon(1e-12).scale(1));
      }
    }
}

TEST_CASE("a huge value is forgotten once its window has passed") {
  std::vector<double> y(50, 1.0), out(46), scratch;
  y[20] = 1e100;
  moving_average(y, 5, out, scratch);
  CHECK(out[15] == 1.0);
  CHECK(out[16] == doctest::Approx(2e99));
  CHECK(out[21] == 1.0);  // a running sum would have lost the ones
}

TEST_CASE("the centred average is the trend of R's decompose") {
  for (const std::string file : {"r_decompose_AirPassengers.csv", "r_decompose_odd.csv"}) {
    auto r = forecast_test::reference_table(file);
    std::vector<double> out(r["y"].size()), scratch;
    centred_moving_average(r["y"], file.find("odd") == std::string::npos ? 12 : 7, out, scratch);
    for (std::size_t i = 0; i < out.size(); ++i) {
      CHECK(std::isnan(out[i]) == std::isnan(r["trend"][i]));
      if (!std::isnan(out[i])) CHECK(out[i] == doctest::Approx(r["trend"][i]).epsilon(1e-11));  // 12 digits
    }
  }
}
