#include <foreshift/forecast/ets_form.hpp>

#include <doctest/doctest.h>

using namespace foreshift::forecast;

TEST_CASE("a form is written by its letters") {
  CHECK(to_string(ets_form{}) == "ANN");
  CHECK(to_string(ets_form{ets_error::multiplicative, ets_trend::damped, ets_season::multiplicative}) ==
        "MAdM");
  CHECK(to_string(ets_form{ets_error::additive, ets_trend::additive, ets_season::additive}) == "AAA");
}

TEST_CASE("parameters are counted as R counts them") {
  // R 4.2, forecast 8.20: ets(AirPassengers, "MAM") has 17 with sigma, ets(Nile, "ANN") has 3.
  CHECK(free_parameters({ets_error::multiplicative, ets_trend::additive, ets_season::multiplicative}, 12) ==
        17);
  CHECK(free_parameters({ets_error::multiplicative, ets_trend::damped, ets_season::multiplicative}, 12) ==
        18);
  CHECK(free_parameters({}, 12) == 3);
}

TEST_CASE("fifteen forms are stable, twelve of them want positive data") {
  int stable = 0, positive = 0;
  for (const auto e : {ets_error::additive, ets_error::multiplicative})
    for (const auto t : {ets_trend::none, ets_trend::additive, ets_trend::damped})
      for (const auto s : {ets_season::none, ets_season::additive, ets_season::multiplicative}) {
        const ets_form form{e, t, s};
        CHECK(is_valid(form));
        stable += is_stable(form) ? 1 : 0;
        positive += wants_positive(form) ? 1 : 0;
      }
  CHECK(stable == 15);
  CHECK(positive == 12);
  CHECK_FALSE(is_valid({.trend = static_cast<ets_trend>(3)}));
}
