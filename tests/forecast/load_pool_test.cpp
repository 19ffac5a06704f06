#include <foreshift/core/random.hpp>
#include <foreshift/forecast/load_pool.hpp>
#include <foreshift/forecast/selection.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

TEST_CASE("every method of the pool starts with eight observations and forecasts within their range") {
  const std::vector<double> y{3, 4, 5, 4, 3, 4, 5, 4};
  for (const std::size_t season : {24U, 288U, 7U})
    for (const auto& spec : load_pool(season)) {
      const auto m = fit(spec, {{}, std::chrono::minutes{5}, y}, {});
      REQUIRE(m);
      std::vector<double> out(12);
      predict_mean(*m, {}, out);
      for (const double v : out) {
        CHECK(v >= 2.5);
        CHECK(v <= 5.5);
      }
    }
}
