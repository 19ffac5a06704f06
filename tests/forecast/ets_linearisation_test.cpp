#include <foreshift/core/random.hpp>
#include <foreshift/forecast/ets_linearisation.hpp>
#include <foreshift/forecast/ets_start.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

constexpr std::size_t season_length = 5;

std::vector<double> positive_series() {
  random_stream random{3};
  std::vector<double> y;
  for (std::size_t t = 0; t < 70; ++t)
    y.push_back(1.2 + 0.01 * static_cast<double>(t) + 0.2 * std::sin(1.2566370614 * static_cast<double>(t)) +
                0.05 * random.normal());
  y[20] = y[33] = std::nan("");
  return y;
}

// Half of the cost of a point, up to a constant: log sum r^2 + 2 mean log |f|, by the recursion alone.
double half_cost(const ets_form& form, const ets_region& region, const ets_coordinates& at, ets_state start,
                 const std::vector<double>& y) {
  const auto evidence = run(form, region.at(at), start, y);
  const double n = static_cast<double>(evidence.observed);
  return 0.5 * std::log(evidence.squared_errors) + evidence.log_forecasts / n;
}

double& coordinate(ets_coordinates& at, std::size_t which) {
  return which == 0 ? at.alpha : which == 1 ? at.beta_share : which == 2 ? at.gamma_share : at.phi;
}

}  // namespace

TEST_CASE("the gradient is that of the likelihood, by finite differences in every column of every form") {
  const auto y = positive_series();
  for (const auto e : {ets_error::additive, ets_error::multiplicative})
    for (const auto t : {ets_trend::none, ets_trend::additive, ets_trend::damped})
      for (const auto s : {ets_season::none, ets_season::additive, ets_season::multiplicative}) {
        const ets_form form{e, t, s};
        CAPTURE(to_string(form));
        const ets_region region(form, season_length);
        const auto at = region.of({0.3, 0.05, 0.2, 0.9}, false);
        const auto start = starting_state(form, y, season_length);
        ets_linearisation near(form, season_length, true);
        near.form_at(region, at, start, y);
        CHECK(near.observed() == 68);
        // d/dtheta of half_cost is -X' r / sum r^2.
        const auto gradient = [&](std::size_t column) {
          return -near.moment()[static_cast<Eigen::Index>(column)] / near.squared_errors();
        };
        constexpr double h = 1e-6;
        const auto differs = [&](auto&& move) {
          auto up = std::pair{at, start}, down = up;
          move(up, h), move(down, -h);
          return (half_cost(form, region, up.first, up.second, y) -
                  half_cost(form, region, down.first, down.second, y)) /
                 (2 * h);
        };
        // Central differences of a smooth cost of the order of 1: errors of h^2 and of rounding / h.
        const auto alike = [](double a, double b) { return std::abs(a - b) < 1e-6 * (1 + std::abs(b)); };
        for (std::size_t c = 0; c < near.bounded(); ++c)
          CHECK(alike(gradient(c), differs([&](auto& x, double by) {
                        coordinate(x.first, near.coordinate_of(c)) += by;
                      })));
        if (near.level_column() != near.absent)
          CHECK(alike(gradient(near.level_column()),
                      differs([](auto& x, double by) { x.second.level += by; })));
        CHECK((near.level_column() != near.absent) == (s == ets_season::none));
        if (near.slope_column() != near.absent)
          CHECK(alike(gradient(near.slope_column()),
                      differs([](auto& x, double by) { x.second.slope += by; })));
        CHECK((near.slope_column() != near.absent) == (t != ets_trend::none));
        if (near.season_column() != near.absent)
          for (std::size_t i = 0; i < season_length; ++i)
            CHECK(alike(gradient(near.season_column() + i),
                        differs([&](auto& x, double by) { x.second.season[i] += by; })));
      }
}

TEST_CASE("a season that is held has no columns, and the level has one instead") {
  const ets_form form{.season = ets_season::additive};
  const ets_linearisation near(form, season_length, false);
  CHECK(near.season_column() == near.absent);
  CHECK(near.level_column() == 2);  // behind alpha and gamma
  CHECK(near.gram().rows() == 3);
}
