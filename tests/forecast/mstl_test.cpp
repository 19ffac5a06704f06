#include "reference_table.hpp"

#include <foreshift/forecast/mstl.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

TEST_CASE("days inside weeks are R's") {
  auto r = forecast_test::reference_table("r_mstl_taylor.csv");
  struct setting {
    std::string name;
    mstl spec;
  };
  const setting settings[] = {
      {"default", {}},
      {"robust", {.each = {.robust = true}}},
      {"periodic3", {.s_windows = {stl::periodic, stl::periodic}, .iterations = 3}},
  };
  for (auto [name, spec] : settings) {
    CAPTURE(name);
    spec.season_lengths = {336, 48};
    const auto d = *decompose(spec, r["y"]);
    REQUIRE(d.season_lengths == std::vector<std::size_t>{48, 336});
    for (std::size_t i = 0; i < d.size(); ++i) {  // the file has 12 digits, the values are near 30,000
      CHECK(std::abs(d.season(0)[i] - r[name + "_seasonal48"][i]) < 1e-5);
      CHECK(std::abs(d.season(1)[i] - r[name + "_seasonal336"][i]) < 1e-5);
      CHECK(std::abs(d.trend[i] - r[name + "_trend"][i]) < 1e-5);
    }
  }
}

TEST_CASE("one season is STL with window 11") {
  const auto y = forecast_test::reference_table("r_stl_nottem.csv")["y"];
  const auto many = *decompose(mstl{.season_lengths = {12}}, y);
  const auto one = *decompose(stl{.season_length = 12, .s_window = 11}, y);
  CHECK(many.seasonal == one.seasonal);
  CHECK(many.trend == one.trend);
}

TEST_CASE("a season of which at most two were seen is dropped") {
  CHECK(usable_seasons(std::vector<std::size_t>{168, 24, 24, 1, 0}, 336) == std::vector<std::size_t>{24});
  CHECK(usable_seasons(std::vector<std::size_t>{168, 24}, 337) == std::vector<std::size_t>{24, 168});
  const std::vector<double> y(40, 1.0);
  REQUIRE_FALSE(decompose(mstl{}, y));
  CHECK(decompose(mstl{}, y).error() == errc::too_short);
}
