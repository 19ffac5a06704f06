#include "data_folder.hpp"
#include "reference_table.hpp"

#include <foreshift/core/random.hpp>
#include <foreshift/forecast/stl.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

constexpr double gap = std::numeric_limits<double>::quiet_NaN();

double largest_difference(std::span<const double> a, std::span<const double> b) {
  REQUIRE(a.size() == b.size());
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(a[i] - b[i]));
  return worst;
}
double spread(const std::vector<double>& y) {
  const auto [low, high] = std::ranges::minmax(y);
  return high - low;
}

std::vector<double> daily(std::size_t n, double noise = 1) {
  random_stream random{3};
  std::vector<double> y;
  for (std::size_t t = 0; t < n; ++t) {
    const auto at = static_cast<double>(t);
    y.push_back(50 + 0.01 * at + 10 * std::sin(6.283185307179586 * at / 24) + noise * random.normal());
  }
  return y;
}

}  // namespace

TEST_CASE("seasons, trends and robustness weights are R's") {
  struct setting {
    std::string name;
    stl spec;
  };
  const setting settings[] = {
      {"periodic", {}},
      {"s7", {.s_window = 7}},
      {"even", {.s_window = 10, .t_window = 20, .l_window = 20}},
      {"s11_robust", {.s_window = 11, .robust = true}},
      {"periodic_robust", {.robust = true}},
      {"exact",
       {.s_window = 13,
        .t_window = 22,
        .l_window = 14,
        .s_degree = 1,
        .t_degree = 0,
        .s_jump = 1,
        .t_jump = 1,
        .l_jump = 1,
        .inner_iterations = 3,
        .outer_iterations = 2}},
  };
  for (const std::string series : {"nottem", "co2", "USAccDeaths", "UKgas"}) {
    auto r = forecast_test::reference_table("r_stl_" + series + ".csv");
    for (auto [name, spec] : settings) {
      if (!r.contains(name + "_trend")) continue;  // robust fits of even length: see the script
      CAPTURE(series);
      CAPTURE(name);
      spec.season_length = series == "UKgas" ? 4 : 12;
      const auto d = decompose(spec, r["y"]);
      REQUIRE(d);
      // The file has 12 digits; sixteen rounds of rounding may differ in the last bits.
      const double tolerance = 1e-9 * spread(r["y"]);
      CHECK(largest_difference(d->seasonal, r[name + "_seasonal"]) < tolerance);
      CHECK(largest_difference(d->trend, r[name + "_trend"]) < tolerance);
      CHECK(largest_difference(d->weights, r[name + "_weight"]) < 1e-7);
    }
  }
}

TEST_CASE("the components add up to the series") {
  const auto y = daily(240);
  const auto d = *decompose(stl{.s_window = 7, .robust = true}, y);
  for (std::size_t i = 0; i < y.size(); ++i)
    CHECK(d.trend[i] + d.seasonal[i] + d.remainder[i] == doctest::Approx(y[i]).epsilon(1e-14));
}

TEST_CASE("seasonally adjusted M4 series are R's") {
  const auto r = forecast_test::data_or_skip("STL of the M4 hourly series",
                                             "r-parity/m4h_stl_seasadj_inputs.csv", false);
  if (r.empty()) return;
  const auto train = forecast_test::data_or_skip("STL of the M4 hourly series", "m4-hourly/train.csv", true);
  for (const auto& expected : r) {
    const auto series = std::ranges::find(train, expected.name, &forecast_test::named_series::name);
    REQUIRE(series != train.end());
    const auto d = *decompose(stl{.season_length = 24, .s_window = 11}, series->values);
    // The file has 12 digits.
    CHECK(largest_difference(without_seasons(d), expected.values) < 1e-10 * spread(series->values) + 1e-8);
  }
}

TEST_CASE("gaps are NaN in the remainder and hardly change trend and season") {
  const auto y = daily(480, 0.5);
  auto holed = y;
  for (std::size_t i = 0; i < y.size(); i += 11) holed[i] = gap;
  for (std::size_t i = 200; i < 230; ++i) holed[i] = i % 2 == 0 ? gap : INFINITY;
  for (const bool robust : {false, true}) {
    const auto whole = *decompose(stl{.s_window = 11, .robust = robust}, y);
    const auto d = *decompose(stl{.s_window = 11, .robust = robust}, holed);
    for (std::size_t i = 0; i < y.size(); ++i) {
      CHECK(std::isnan(d.remainder[i]) == !is_observed(holed[i]));
      CHECK((d.weights[i] == 0 || is_observed(holed[i])));
    }
    // A line across the 30 hours would miss by 20, the noise is 0.5.
    CHECK(largest_difference(d.seasonal, whole.seasonal) < 1.5);
    CHECK(largest_difference(d.trend, whole.trend) < 1.5);
  }
}

TEST_CASE("one wild reading stays in the remainder of a robust fit") {
  auto y = daily(480, 0.5);
  const auto clean = *decompose(stl{.s_window = 11, .robust = true}, y);
  y[300] += 500;
  const auto d = *decompose(stl{.s_window = 11, .robust = true}, y);
  CHECK(d.weights[300] == 0);
  CHECK(d.remainder[300] == doctest::Approx(500).epsilon(0.01));
  CHECK(largest_difference(d.seasonal, clean.seasonal) < 1);  // twice the noise
  CHECK(largest_difference(d.trend, clean.trend) < 1);
}

TEST_CASE("two seasons, nothing, and gaps only are named errors") {
  CHECK(decompose(stl{}, daily(48)).error() == errc::too_short);
  CHECK(decompose(stl{}, std::vector<double>{}).error() == errc::too_short);
  CHECK(decompose(stl{}, std::vector<double>(100, gap)).error() == errc::all_missing);
  CHECK(decompose(stl{}, daily(49)));
}

TEST_CASE("any length, season, window and scale gives finite components") {
  for (const std::size_t n : {5U, 6U, 7U, 23U, 100U})
    for (const std::size_t m : {2U, 3U, 7U, 11U})
      for (const std::size_t window : {0U, 2U, 3U, 8U, 1001U})
        for (const double scale : {0.0, 1e-300, 1e-12, 1.0, 1e99}) {
          if (n <= 2 * m) continue;
          auto y = daily(n, 5);
          for (std::size_t i = 0; i < n; ++i) y[i] = i % 5 == 4 ? gap : scale * (y[i] - 50);
          const auto d =
              *decompose(stl{.season_length = m, .s_window = window, .s_degree = 1, .robust = true}, y);
          CHECK(std::ranges::all_of(d.seasonal, [](double v) { return std::isfinite(v); }));
          CHECK(std::ranges::all_of(d.trend, [](double v) { return std::isfinite(v); }));
        }
}

TEST_CASE("a constant series is all trend") {
  const auto d = *decompose(stl{.robust = true}, std::vector<double>(100, 7.0));
  for (std::size_t i = 0; i < 100; ++i) {
    CHECK(d.trend[i] == doctest::Approx(7).epsilon(1e-12));
    CHECK(std::abs(d.seasonal[i]) < 1e-12);
  }
}
