#include <foreshift/forecast/cross_validation.hpp>
#include <foreshift/forecast/naive.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {
std::vector<double> ramp(std::size_t n) {
  std::vector<double> y;
  for (std::size_t t = 0; t < n; ++t) y.push_back(static_cast<double>(t));
  return y;
}
telemetry::series_view hourly(const std::vector<double>& y) { return {{}, std::chrono::hours{1}, y}; }

// Remembers how much it has seen, to show that nothing from after the origin reaches it.
struct counting_model {
  double seen = 0;
  friend void update(counting_model& m, double, std::span<const double>) { ++m.seen; }
  friend void predict_mean(const counting_model& m, regressor_view, std::span<double> out) {
    std::ranges::fill(out, m.seen);
  }
};
struct counting {
  using model = counting_model;
  friend result<counting_model, errc> fit(const counting&, telemetry::series_view y, regressor_view) {
    return counting_model{static_cast<double>(y.size())};
  }
};
}  // namespace

TEST_CASE("origins are spaced by the stride and end with a whole horizon") {
  const auto y = ramp(20);
  const auto e = *evaluate(naive{}, hourly(y), {}, {.horizon = 3, .first_origin = 5, .stride = 4});
  CHECK(e.origins == std::vector<std::size_t>{5, 9, 13, 17});
  CHECK(e.error_by_lead() == std::vector<double>{1, 2, 3});  // the ramp runs away from the naive forecast
  CHECK(mean_absolute_error(e.all()) == 2);
  CHECK(mean_absolute_error(e.at(3)) == 2);
}

TEST_CASE("a method sees what lies before the origin and no more, refitted or updated") {
  const auto y = ramp(40);
  for (const bool refit : {true, false}) {
    const auto e =
        *evaluate(counting{}, hourly(y), {}, {.horizon = 2, .first_origin = 7, .stride = 5, .refit = refit});
    for (std::size_t i = 0; i < e.origins.size(); ++i)
      CHECK(e.at(i).forecast[0] == static_cast<double>(e.origins[i]));
  }
}

TEST_CASE("the last origins end where the series ends") {
  const auto plan = rolling_origin_at_end(100, {.origins = 3, .horizon = 10, .stride = 20});
  CHECK(plan.first_origin == 50);
  const auto y = ramp(100);
  const auto e = *evaluate(naive{}, hourly(y), {}, plan);
  CHECK(e.origins == std::vector<std::size_t>{50, 70, 90});
}

TEST_CASE("a fit that fails is reported") {
  const auto y = ramp(30);
  CHECK(
      evaluate(seasonal_naive{24}, hourly(y), {}, {.horizon = 2, .first_origin = 10, .stride = 5}).error() ==
      errc::too_short);
}

TEST_CASE("a series without room for an origin gives an empty evaluation") {
  const auto y = ramp(5);
  const auto e = *evaluate(naive{}, hourly(y), {}, {.horizon = 12});
  CHECK(e.origins.empty());
  CHECK(std::isnan(mean_absolute_error(e.all())));
}
