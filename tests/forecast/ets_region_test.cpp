#include <foreshift/core/random.hpp>
#include <foreshift/forecast/ets_region.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

constexpr ets_form aada{ets_error::additive, ets_trend::damped, ets_season::additive};
constexpr ets_form ana{ets_error::additive, ets_trend::none, ets_season::additive};

// The slow obvious version: whether the influence of an initial season entry on the errors dies out. The
// part of it that sums to 0 is looked at, as level and season can trade a constant for good.
double influence_after(const ets_form& form, const ets_parameters& p, std::size_t m, std::size_t steps) {
  ets_state s{.season = std::vector<double>(m, 0.0)};
  s.season[0] = 1;
  s.season[m / 2] = -1;
  s.slope = form.trend == ets_trend::none ? 0.0 : 0.1;
  const std::vector<double> zeros(steps, 0.0);
  run(form, p, s, zeros);
  const std::vector<double> season(m, 0.0);
  return run(form, p, s, season).squared_errors;
}

}  // namespace

TEST_CASE("admissible is where the influence of the past dies out") {
  random_stream random{11};
  int outside = 0;
  for (int i = 0; i < 400; ++i) {
    const std::size_t m = 2 + random.below(5);
    const ets_form& form = i % 2 == 0 ? aada : ana;
    ets_parameters p{.alpha = 0.05 + 0.9 * random.uniform()};
    p.gamma = (1 - p.alpha) * random.uniform();
    if (form.trend != ets_trend::none) {
      p.beta = p.alpha * random.uniform();
      p.phi = 0.8 + 0.18 * random.uniform();
    }
    const double early = influence_after(form, p, m, 2000), late = influence_after(form, p, m, 4000);
    if (early > 1e-20 && std::abs(late / early - 1) < 0.5) continue;  // too near the edge to tell by running
    const bool dies_out = !(late > early) || late < 1e-20;
    CHECK(is_admissible(form, p, m) == dies_out);
    outside += dies_out ? 0 : 1;
  }
  CHECK(outside > 5);
}

TEST_CASE("coordinates lead to parameters in the usual region and back") {
  random_stream random{2};
  const ets_region region(aada, 12);
  for (int i = 0; i < 50; ++i) {
    const ets_coordinates c{0.01 + 0.98 * random.uniform(), random.uniform(), random.uniform(),
                            0.8 + 0.18 * random.uniform(), i % 2 == 0};
    const auto p = region.at(c);
    CHECK(p.beta <= p.alpha);
    CHECK(p.beta >= 1e-4);
    CHECK(p.gamma <= 1 - p.alpha);
    CHECK(p.gamma >= 1e-4);
    const auto back = region.of(p, c.tight);
    CHECK(back.beta_share == doctest::Approx(c.beta_share).epsilon(1e-6));
    CHECK(back.gamma_share == doctest::Approx(c.gamma_share).epsilon(1e-6));
    // Where the season is calm and the trend is damped, no slope at all may be admissible.
    if (c.tight && p.beta > 1e-3) CHECK(is_admissible(aada, p, 12));
  }
  const ets_parameters plain =
      ets_region({}, 1).at({.alpha = 0.3, .beta_share = 1, .gamma_share = 1, .phi = 0.9});
  CHECK(plain == ets_parameters{.alpha = 0.3});
}

TEST_CASE("with a calm season the admissible region ends at a small slope") {
  const ets_parameters nimble{0.9999, 0.5, 1e-4, 0.8};
  CHECK_FALSE(is_admissible(aada, nimble, 24));
  const ets_region region(aada, 24);
  const auto end = region.at({0.9999, 1, 0, 0.8, true});
  CHECK(is_admissible(aada, end, 24));
  CHECK(end.beta == doctest::Approx(0.0656).epsilon(0.01));
  auto beyond = end;
  beyond.beta += 1e-4;
  CHECK_FALSE(is_admissible(aada, beyond, 24));
}

TEST_CASE("slopes are the derivatives of the parameters by the coordinates") {
  const ets_region region(aada, 12);
  for (const bool tight : {false, true}) {
    const ets_coordinates c{0.7, 0.6, 0.1, 0.87, tight};
    const auto slopes = region.slopes_at(c);
    double ets_coordinates::*const which[] = {&ets_coordinates::alpha, &ets_coordinates::beta_share,
                                              &ets_coordinates::gamma_share, &ets_coordinates::phi};
    for (std::size_t i = 0; i < 4; ++i) {
      auto up = c, down = c;
      up.*which[i] += 1e-4;
      down.*which[i] -= 1e-4;
      // One-sided differences of 1e-3 inside the admissible region: a percent is enough to go downhill by.
      CHECK(slopes.beta[i] ==
            doctest::Approx((region.at(up).beta - region.at(down).beta) / 2e-4).epsilon(0.02));
      CHECK(slopes.gamma[i] ==
            doctest::Approx((region.at(up).gamma - region.at(down).gamma) / 2e-4).epsilon(1e-6));
    }
  }
}
