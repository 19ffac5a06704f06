#include <foreshift/core/random.hpp>
#include <foreshift/forecast/ets_descent.hpp>
#include <foreshift/forecast/ets_search.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

std::vector<double> seasonal(std::size_t n, std::size_t m) {
  random_stream random{9};
  std::vector<double> y;
  double level = 1;
  for (std::size_t t = 0; t < n; ++t) {
    level += 0.02 * random.normal();
    y.push_back(level * (1 + 0.3 * std::sin(6.283185307179586 * static_cast<double>(t % m) /
                                            static_cast<double>(m))) +
                0.05 * random.normal());
  }
  return y;
}

ets_candidate started(ets_descent& descent, const ets_form& form, std::span<const double> y, std::size_t m) {
  ets_candidate c;
  c.at = ets_region(form, m).of({0.3, 0.02, 0.1, 0.9}, false);
  c.start = starting_state(form, y, m);
  c.cost = descent.cost(c.at, c.start);
  return c;
}

}  // namespace

TEST_CASE("where the descent stops no small step of any parameter or state goes further down") {
  const std::size_t m = 6;
  auto y = seasonal(120, m);
  y[40] = y[41] = std::nan("");
  for (const auto e : {ets_error::additive, ets_error::multiplicative})
    for (const auto t : {ets_trend::none, ets_trend::additive, ets_trend::damped})
      for (const auto s : {ets_season::none, ets_season::additive, ets_season::multiplicative}) {
        const ets_form form{e, t, s};
        CAPTURE(to_string(form));
        ets_descent descent(form, y, m);
        auto c = started(descent, form, y, m);
        REQUIRE(std::isfinite(c.cost));
        const double first = c.cost;
        descent.improve(c, {.rounds_max = 100, .tolerance = 1e-7});
        CHECK(c.cost < first);
        // Centring the season afterwards rounds.
        CHECK(c.cost == doctest::Approx(descent.cost(c.at, c.start)).epsilon(1e-12));
        // Near the minimum the cost is a parabola, so a step of 1e-4 finds at most what is left to gain.
        const auto look = [&](auto&& change) {
          for (const double step : {1e-4, -1e-4}) {
            auto moved = c;
            change(moved, step);
            const auto inside = ets_region(form, m).of(ets_region(form, m).at(moved.at), moved.at.tight);
            CHECK(descent.cost(inside, moved.start) > c.cost - 2e-3);
          }
        };
        look([](auto& x, double step) { x.at.alpha += step; });
        look([](auto& x, double step) { x.at.beta_share += step; });
        look([](auto& x, double step) { x.at.gamma_share += step; });
        look([](auto& x, double step) { x.at.phi += step; });
        look([](auto& x, double step) { x.start.level += step; });
        if (t != ets_trend::none) look([](auto& x, double step) { x.start.slope += 0.1 * step; });
        for (double& entry : c.start.season) {
          const auto at = static_cast<std::size_t>(&entry - c.start.season.data());
          look([&](auto& x, double step) { x.start.season[at] += step; });
        }
      }
}

TEST_CASE("the initial states of an additive form are found in one round") {
  const std::size_t m = 6;
  const auto y = seasonal(120, m);
  const ets_form form{.season = ets_season::additive};
  ets_descent descent(form, y, m);
  auto c = started(descent, form, y, m);
  descent.improve(c, {.rounds_max = 50, .tolerance = 1e-9});
  auto spoiled = c;
  for (std::size_t i = 0; i < m; ++i) spoiled.start.season[i] += 0.5 * std::cos(static_cast<double>(i));
  spoiled.cost = descent.cost(spoiled.at, spoiled.start);
  CHECK(spoiled.cost > c.cost + 5);
  descent.improve(spoiled, {.rounds_max = 2, .tolerance = 1e-9});
  CHECK(spoiled.cost < c.cost + 0.5);
}

TEST_CASE("a fitted season is centred, a held one stays as it was") {
  const std::size_t m = 6;
  const auto y = seasonal(60, m);
  for (const auto s : {ets_season::additive, ets_season::multiplicative}) {
    const ets_form form{.season = s};
    ets_descent free(form, y, m);
    auto c = started(free, form, y, m);
    free.improve(c, {});
    double sum = 0;
    for (const double v : c.start.season) sum += v;
    CHECK(sum == doctest::Approx(s == ets_season::additive ? 0.0 : 6.0).epsilon(1e-9));
    ets_descent held(form, y, m, {.free_season = false});
    auto h = started(held, form, y, m);
    const auto before = h.start.season;
    held.improve(h, {});
    CHECK(h.start.season == before);
  }
}

TEST_CASE("what is hopeless is given up early") {
  const auto y = seasonal(120, 6);
  const ets_form form{.season = ets_season::additive};
  ets_descent descent(form, y, 6);
  auto c = started(descent, form, y, 6);
  auto given_up = c;
  descent.improve(c, {});
  CHECK_FALSE(descent.improve(given_up, {.hopeless_above = -1e6}));
  CHECK(given_up.cost > c.cost);
}

TEST_CASE("a number of rows that fills the last block exactly is no special case") {
  const std::size_t m = 60;  // enough columns for Eigen's blocked products
  const auto y = seasonal(256, m);
  const ets_form form{.season = ets_season::additive};
  ets_descent descent(form, y, m);
  auto c = started(descent, form, y, m);
  const double before = c.cost;
  descent.improve(c, {.rounds_max = 3});
  CHECK(c.cost < before);
}
