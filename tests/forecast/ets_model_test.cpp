#include <foreshift/forecast/ets_model.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "saved_model.hpp"

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

constexpr ets_form all_forms[] = {
    {ets_error::additive, ets_trend::none, ets_season::none},
    {ets_error::additive, ets_trend::damped, ets_season::additive},
    {ets_error::multiplicative, ets_trend::additive, ets_season::additive},
    {ets_error::multiplicative, ets_trend::damped, ets_season::multiplicative},
    {ets_error::additive, ets_trend::additive, ets_season::multiplicative},
};

ets_model example(const ets_form& form) {
  ets_state state{.level = 50, .slope = form.trend == ets_trend::none ? 0.0 : 0.5};
  if (form.season == ets_season::additive) state.season = {-5, 1, 4};
  if (form.season == ets_season::multiplicative) state.season = {0.8, 1.1, 1.1};
  const ets_parameters p{0.4, form.trend == ets_trend::none ? 0.0 : 0.1,
                         form.season == ets_season::none ? 0.0 : 0.2,
                         form.trend == ets_trend::damped ? 0.9 : 1.0};
  return {form, p, state, {.sigma = 0.1, .minus_two_log_likelihood = 7, .aicc = 9, .observed = 40}};
}

std::vector<double> curve(const ets_model& m, std::size_t h = 8) { return forecast_test::mean_curve(m, h); }

}  // namespace

TEST_CASE("the forecast is level, damped slope and season") {
  const auto m = example(all_forms[1]);
  const auto f = curve(m, 4);
  CHECK(f[0] == doctest::Approx(50 + 0.5 * 0.9 - 5));
  CHECK(f[1] == doctest::Approx(50 + 0.5 * (0.9 + 0.81) + 1));
  CHECK(f[3] == doctest::Approx(50 + 0.5 * (0.9 + 0.81 + 0.729 + 0.6561) - 5));
}

TEST_CASE("an update is one step of the recursion") {
  for (const auto& form : all_forms) {
    auto m = example(form);
    ets_state state = m.state();
    const std::vector<double> y{48, 60, 51, 55};
    for (const double v : y) update(m, v, {});
    run(form, m.parameters(), state, y);
    CHECK(m.state() == state);
  }
}

TEST_CASE("in a gap a forecast moves on as it had been foreseen") {
  for (const auto& form : all_forms) {
    auto m = example(form);
    const auto before = curve(m);
    for (const double v : {std::numeric_limits<double>::quiet_NaN(), 1e300, -1e300}) update(m, v, {});
    const auto after = curve(m);
    // The innovations' share in the mean of MAdM, sigma^2 alpha gamma, is not foreseen in a gap.
    for (std::size_t h = 0; h + 3 < before.size(); ++h)
      CHECK(after[h] == doctest::Approx(before[h + 3]).epsilon(3e-3));
  }
}

TEST_CASE("a multiplicative season takes what is not positive as a gap, and stays positive") {
  auto m = example(all_forms[3]);
  auto gap = m;
  update(m, -5, {});
  update(gap, std::nan(""), {});
  CHECK(m.state() == gap.state());
  for (int i = 0; i < 500; ++i) {
    update(m, i % 2 == 0 ? 1e-300 : 1e99, {});
    CHECK(m.state().level > 0);
    for (const double s : m.state().season) CHECK(s > 0);
  }
  for (const double v : curve(m)) CHECK(std::isfinite(v));
}

TEST_CASE("a saved model comes back to the bit, and damage does no harm") {
  for (const auto& form : all_forms) forecast_test::check_saving(example(form), example(all_forms[0]));
}
