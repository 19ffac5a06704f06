#include <foreshift/core/random.hpp>
#include <foreshift/forecast/auto_ets.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "ets_reference.hpp"
#include "saved_model.hpp"

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

telemetry::series_view hourly(const std::vector<double>& y) { return {{}, std::chrono::hours{1}, y}; }

std::vector<double> series(std::size_t n, double slope, double season, double noise) {
  random_stream random{8};
  std::vector<double> y;
  for (std::size_t t = 0; t < n; ++t)
    y.push_back(100 + slope * static_cast<double>(t) +
                season * std::sin(6.283185307179586 * static_cast<double>(t) / 12) + noise * random.normal());
  return y;
}

}  // namespace

TEST_CASE("the choice for R's series is as good as R's choice or better") {
  std::size_t cases = 0;
  for (const auto& r : forecast_test::ets_references()) {
    if (r.label != "ets") continue;
    const auto m = fit(auto_ets{.season_length = r.season_length}, hourly(r.y), {});
    REQUIRE(m);
    CAPTURE(r.series);
    CAPTURE(to_string(m->form()));
    CHECK(m->summary().aicc <= r.aicc + 0.5);
    ++cases;
  }
  CHECK(cases == 11);
}

TEST_CASE("the choice for M4 series is as good as R's choice or better") {
  // Three of twenty-two: all are in bench/quality/ets_parity.cpp.
  auto references = forecast_test::ets_references_m4("choice of ETS", "m4h_ets_models.csv");
  for (std::size_t i = 0; i < std::min<std::size_t>(3, references.size()); ++i) {
    const auto m = *fit(auto_ets{}, hourly(references[i].y), {});
    CHECK(m.summary().aicc <= references[i].aicc + 0.5);
  }
}

TEST_CASE("the choice is at least as good as every form fitted by itself") {
  for (const double slope : {0.0, 0.5}) {
    const auto y = series(240, slope, 20, 3);
    const auto chosen = *fit(auto_ets{.season_length = 12}, hourly(y), {});
    for (const auto e : {ets_error::additive, ets_error::multiplicative})
      for (const auto t : {ets_trend::none, ets_trend::additive, ets_trend::damped})
        for (const auto s : {ets_season::none, ets_season::additive, ets_season::multiplicative}) {
          const ets spec{.error = e, .trend = t, .season = s, .season_length = 12};
          if (is_stable(spec.form()))
            CHECK(chosen.summary().aicc <= fit(spec, hourly(y), {})->summary().aicc + 0.5);
        }
  }
}

TEST_CASE("a season is chosen where there is one, and a trend where there is one") {
  CHECK(fit(auto_ets{.season_length = 12}, hourly(series(240, 0, 20, 3)), {})->form().season !=
        ets_season::none);
  CHECK(fit(auto_ets{.season_length = 12}, hourly(series(240, 0, 0, 3)), {})->form().season ==
        ets_season::none);
  CHECK(fit(auto_ets{.season_length = 12}, hourly(series(240, 1, 0, 3)), {})->form().trend !=
        ets_trend::none);
  CHECK(fit(auto_ets{.season_length = 12}, hourly(series(240, 0, 0, 3)), {})->form().trend ==
        ets_trend::none);
  CHECK(fit(auto_ets{.season_length = 1}, hourly(series(240, 0, 20, 3)), {})->form().season ==
        ets_season::none);
}

TEST_CASE("what is not positive gets an additive form") {
  auto y = series(240, 0, 20, 3);
  for (double& v : y) v -= 100;
  CHECK_FALSE(wants_positive(fit(auto_ets{.season_length = 12}, hourly(y), {})->form()));
}

TEST_CASE("from five observations there is a choice") {
  const auto y = series(30, 0, 20, 3);
  CHECK(fit(auto_ets{.season_length = 12}, hourly(y).first(4), {}).error() == errc::too_short);
  for (std::size_t n = 5; n <= y.size(); ++n)
    CHECK(fit(auto_ets{.season_length = 12}, hourly(y).first(n), {}));
  CHECK(fit(auto_ets{}, hourly({}), {}).error() == errc::all_missing);
}

TEST_CASE("a chosen model survives saving") {
  const auto a = *fit(auto_ets{.season_length = 12}, hourly(series(120, 0, 20, 3)), {});
  forecast_test::check_saving(a, *fit(auto_ets{.season_length = 1}, hourly(series(60, 0, 20, 3)), {}));
}
