#include <foreshift/core/random.hpp>
#include <foreshift/forecast/ets_search.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

TEST_CASE("a series begins at its first observation and is of the order of 1") {
  const double gap = std::numeric_limits<double>::quiet_NaN();
  for (const double scale : {1e-200, 1.0, 1e97}) {
    const std::vector<double> y{gap, INFINITY, 2 * scale, gap, 4 * scale};
    const ets_series s(y);
    CHECK(s.observed == 2);
    REQUIRE(s.values.size() == 3);
    CHECK(s.unit == doctest::Approx(3 * scale));
    CHECK(s.values[0] == doctest::Approx(2.0 / 3));
    CHECK(std::isnan(s.values[1]));
    CHECK(s.positive);
  }
  CHECK_FALSE(ets_series(std::vector{1.0, 0.0, 2.0}).positive);
  CHECK(ets_series(std::vector{0.0, 0.0}).unit == 1);
}

TEST_CASE("the parameters that made a long series are found again") {
  random_stream random{21};
  const std::size_t m = 12;
  const ets_form form{ets_error::additive, ets_trend::damped, ets_season::additive};
  const ets_parameters truth{0.4, 0.1, 0.2, 0.9};
  ets_state state{.level = 50, .slope = 0.2, .season = std::vector<double>(m)};
  for (std::size_t i = 0; i < m; ++i) state.season[i] = 8 * std::sin(0.5236 * static_cast<double>(i));
  std::vector<double> y;
  for (int t = 0; t < 4000; ++t) {
    const double f = state.level + truth.phi * state.slope + state.season_ahead(0);
    y.push_back(f + random.normal());
    run(form, truth, state, {&y.back(), 1});
  }
  const ets_series series(y);
  const auto found = ets_region(form, m).at(search(form, series, m).at);
  // Their standard errors at n = 4000 are below 0.03.
  CHECK(found.alpha == doctest::Approx(truth.alpha).epsilon(0.15));
  CHECK(found.beta == doctest::Approx(truth.beta).epsilon(0.35));
  CHECK(found.gamma == doctest::Approx(truth.gamma).epsilon(0.15));
  CHECK(found.phi == doctest::Approx(truth.phi).epsilon(0.06));
}

TEST_CASE("a search from impossible seeds finds nothing") {
  const std::vector<double> y{1, 1, 1, 1, 1, 1};
  const ets_form form{ets_error::multiplicative, ets_trend::additive};
  const ets_series series(y);
  auto descent = descent_for(form, series, 1);
  ets_candidate falling;
  falling.start = {.level = -5, .slope = 0};
  CHECK(std::isinf(search_from(descent, {falling}, {}).cost));
  CHECK(std::isinf(search_from(descent, {}, {}).cost));
}
