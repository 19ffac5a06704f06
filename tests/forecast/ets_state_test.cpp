#include <foreshift/core/random.hpp>
#include <foreshift/forecast/ets_state.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "ets_reference.hpp"

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

constexpr double gap = std::numeric_limits<double>::quiet_NaN();

// The textbook's equations, one branch a table (2.2: additive errors, 2.3: multiplicative ones), with the
// season as a history of all its values.
struct textbook {
  ets_form form;
  ets_parameters p;
  double l, b;
  std::vector<double> s;  // s[t + m - 1] is s_t
  std::size_t m;

  double forecast() const {
    const double q = form.trend == ets_trend::none ? l : l + p.phi * b;
    if (form.season == ets_season::none) return q;
    return form.season == ets_season::additive ? q + s[s.size() - m] : q * s[s.size() - m];
  }
  double step(double y) {  // returns the innovation
    const bool trend = form.trend != ets_trend::none;
    const double mu = forecast(), old_b = trend ? p.phi * b : 0.0, q = l + old_b;
    const double old_s = form.season == ets_season::none ? 0.0 : s[s.size() - m];
    if (form.error == ets_error::additive) {
      const double e = y - mu;
      const bool product = form.season == ets_season::multiplicative;
      l = q + p.alpha * e / (product ? old_s : 1.0);
      if (trend) b = old_b + p.beta * e / (product ? old_s : 1.0);
      if (form.season != ets_season::none) s.push_back(old_s + p.gamma * e / (product ? q : 1.0));
      return e;
    }
    const double e = (y - mu) / mu;
    if (form.season == ets_season::multiplicative) {
      l = q * (1 + p.alpha * e);
      if (trend) b = old_b + p.beta * q * e;
      s.push_back(old_s * (1 + p.gamma * e));
    } else {
      l = q + p.alpha * mu * e;
      if (trend) b = old_b + p.beta * mu * e;
      if (form.season == ets_season::additive) s.push_back(old_s + p.gamma * mu * e);
    }
    return e;
  }
};

std::vector<double> positive_series(std::size_t n) {
  random_stream random{3};
  std::vector<double> y;
  for (std::size_t t = 0; t < n; ++t)
    y.push_back(20 + 0.1 * static_cast<double>(t) + 5 * std::sin(static_cast<double>(t)) + random.normal());
  return y;
}

}  // namespace

TEST_CASE("every form follows the textbook's equations") {
  const auto y = positive_series(60);
  for (const auto e : {ets_error::additive, ets_error::multiplicative})
    for (const auto t : {ets_trend::none, ets_trend::additive, ets_trend::damped})
      for (const auto s : {ets_season::none, ets_season::additive, ets_season::multiplicative}) {
        const ets_form form{e, t, s};
        CAPTURE(to_string(form));
        const ets_parameters p{0.4, t == ets_trend::none ? 0.0 : 0.1, s == ets_season::none ? 0.0 : 0.2,
                               t == ets_trend::damped ? 0.9 : 1.0};
        const bool ratio = s == ets_season::multiplicative;
        ets_state state{.level = 20, .slope = t == ets_trend::none ? 0.0 : 0.3};
        if (s != ets_season::none)
          state.season = ratio ? std::vector{0.9, 1.0, 1.15, 0.95} : std::vector{-2.0, 0.0, 3.0, -1.0};
        textbook slow{form, p, state.level, state.slope, state.season, 4};
        double squared = 0, logs = 0;
        for (const double v : y) {
          if (e == ets_error::multiplicative) logs += std::log(std::abs(slow.forecast()));
          const double innovation = slow.step(v);
          squared += innovation * innovation;
        }
        const auto evidence = run(form, p, state, y);
        CHECK(evidence.possible);
        CHECK(evidence.observed == y.size());
        // Both round some 60 x 10 times.
        CHECK(evidence.squared_errors == doctest::Approx(squared).epsilon(1e-11));
        CHECK(evidence.log_forecasts == doctest::Approx(logs).epsilon(1e-11));
        CHECK(state.level == doctest::Approx(slow.l).epsilon(1e-11));
        CHECK(state.slope == doctest::Approx(slow.b).epsilon(1e-9));
        if (s != ets_season::none)
          CHECK(state.season_ahead(0) == doctest::Approx(slow.s[slow.s.size() - 4]).epsilon(1e-11));
      }
}

namespace {
void check_likelihood(const forecast_test::ets_reference& r) {
  CAPTURE(r.series);
  CAPTURE(r.label);
  ets_state state = r.start;
  const auto evidence = run(r.form, r.parameters, state, r.y);
  // R's figures have 10 to 12 digits; the likelihood is flat where it was fitted.
  CHECK(-0.5 * evidence.minus_two_log_likelihood() == doctest::Approx(r.log_likelihood).epsilon(1e-6));
  const std::size_t k = free_parameters(r.form, r.season_length);
  CHECK(evidence.squared_errors / static_cast<double>(r.y.size() - (k - 1)) ==
        doctest::Approx(r.variance).epsilon(1e-6));
  CHECK(corrected_aic(evidence.minus_two_log_likelihood(), {r.y.size(), k}) ==
        doctest::Approx(r.aicc).epsilon(1e-6));
}
}  // namespace

TEST_CASE("at R's parameters the likelihood, the variance and AICc are R's") {
  const auto all = forecast_test::ets_references();
  REQUIRE(all.size() == 16);
  for (const auto& r : all) check_likelihood(r);
}

TEST_CASE("at R's parameters the likelihood of M4 series is R's") {
  for (const auto* file : {"m4h_ets_models.csv", "m4h_ets_AAdA_models.csv"})
    for (const auto& r : forecast_test::ets_references_m4("likelihood of ETS", file)) check_likelihood(r);
}

TEST_CASE("in a gap the states follow their own forecast and the likelihood counts nothing") {
  const ets_form form{.trend = ets_trend::damped, .season = ets_season::additive};
  const ets_parameters p{0.4, 0.1, 0.2, 0.5};
  ets_state state{.level = 10, .slope = 2, .season = {1, -1}};
  const std::vector<double> gaps{gap, INFINITY, 1e300};
  const auto evidence = run(form, p, state, gaps);
  CHECK(evidence.observed == 0);
  CHECK(state.level == 10 + 1 + 0.5 + 0.25);
  CHECK(state.slope == 0.25);
  CHECK(state.season == std::vector{1.0, -1.0});
  CHECK(state.next == 1);
}

TEST_CASE("a forecast that should be positive and is not makes a form impossible") {
  const std::vector<double> y{1, 1, 1};
  ets_state falling{.level = 1, .slope = -1};
  CHECK_FALSE(run({ets_error::multiplicative, ets_trend::additive}, {.alpha = 0.1}, falling, y).possible);
  ets_state additive{.level = 1, .slope = -1};
  CHECK(run({ets_error::additive, ets_trend::additive}, {.alpha = 0.1}, additive, y).possible);
}

TEST_CASE("a perfect fit has a finite likelihood") {
  const std::vector<double> y(50, 3.0);
  ets_state state{.level = 3};
  CHECK(std::isfinite(run({}, {}, state, y).minus_two_log_likelihood()));
  const std::vector<double> zeros(50, 0.0);
  ets_state zero{};
  CHECK(std::isfinite(run({}, {}, zero, zeros).minus_two_log_likelihood()));
}

TEST_CASE("the corrected criterion is infinite without degrees of freedom") {
  CHECK(corrected_aic(10, {20, 3}) == doctest::Approx(10 + 6 + 24.0 / 16));
  CHECK(std::isinf(corrected_aic(10, {4, 3})));
}
