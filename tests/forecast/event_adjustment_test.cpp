#include <foreshift/forecast/event_adjustment.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

using namespace foreshift;
using forecast::event_effect;

namespace {

/// Two steps, the second with the whole event and half of another.
const std::vector<double> shares{0, 0, 1, 0.5};
const std::vector<event_effect> effects{{std::log(1.8), 0, 2}, {std::log(0.25), 0, 1}};

forecast::prediction flat() {
  forecast::prediction p;
  p.mean = {10, 10};
  p.levels = {0.1, 0.5, 0.9};
  p.quantiles = {8, 8, 10, 10, 12, 12};
  p.paths = {1001, 2};
  std::ranges::fill(p.paths.flat(), 10.0);
  return p;
}

}  // namespace

TEST_CASE("factors multiply by their shares, into everything that a prediction says, and out of a history") {
  auto p = flat();
  put_in(p, {shares, 2}, effects);
  CHECK(p.mean[0] == 10);
  CHECK(p.mean[1] == doctest::Approx(9));  // 10 x 1.8 x sqrt(0.25)
  CHECK(p.quantile_curve(0)[1] == doctest::Approx(7.2));
  CHECK(p.quantile_curve(2)[1] == doctest::Approx(10.8));
  CHECK(p.paths[17][0] == 10);
  CHECK(p.paths[17][1] == doctest::Approx(9));
  std::vector<double> history{10, 9};
  forecast::take_out(history, {shares, 2}, effects);
  CHECK(history[0] == 10);
  CHECK(history[1] == doctest::Approx(10));
}

TEST_CASE("an effect that is not sure widens quantiles and paths alike, and leaves the middle") {
  auto p = flat();
  const std::vector<double> on{0, 1};
  const std::vector<event_effect> unsure{{std::log(2.0), 0.04, 2}};
  put_in(p, {on, 1}, unsure);
  CHECK(p.quantile_curve(1)[1] == doctest::Approx(20));
  const double own = std::log(1.2), more = 0.2 * 1.2815515655;
  CHECK(p.quantile_curve(2)[1] == doctest::Approx(20 * std::exp(std::hypot(own, more))));
  CHECK(p.quantile_curve(0)[1] < 16);
  CHECK(p.mean[1] == doctest::Approx(20 * std::exp(0.02)));
  std::vector<double> drawn;
  for (std::size_t i = 0; i < p.paths.count(); ++i) drawn.push_back(std::log(p.paths[i][1] / 20));
  std::ranges::sort(drawn);
  CHECK(drawn[500] == doctest::Approx(0).epsilon(0.01));
  CHECK(drawn[900] == doctest::Approx(0.2 * 1.2815515655).epsilon(0.02));
  for (std::size_t i = 0; i < p.paths.count(); ++i) CHECK(p.paths[i][0] == 10);
}

TEST_CASE("what nothing is known of changes nothing, nor does a calendar without columns") {
  auto p = flat();
  const std::vector<double> on{1, 1};
  const std::vector<event_effect> unknown{{}};
  put_in(p, {on, 1}, unknown);
  put_in(p, {}, {});
  CHECK(std::ranges::equal(p.quantiles, flat().quantiles));
  CHECK(std::ranges::equal(p.paths.flat(), flat().paths.flat()));
  std::vector<double> history{10, 9};
  forecast::take_out(history, {}, {});
  CHECK(history == std::vector<double>{10, 9});
}

TEST_CASE("draws that are kept for all paths give the same bits as draws of its own") {
  const std::vector<double> on{1, 0.5, 1, 1};
  const std::vector<event_effect> unsure{{std::log(2.0), 0.04, 2}, {std::log(0.7), 0.01, 3}};
  auto own = flat(), kept = flat();
  put_in(own, {on, 2}, unsure);
  put_in(kept, {on, 2}, unsure, forecast::effect_deviates(kept.paths.count()));
  CHECK(std::ranges::equal(own.paths.flat(), kept.paths.flat()));
  const auto few = forecast::effect_deviates(3), many = forecast::effect_deviates(9);
  CHECK(std::ranges::equal(few, std::span{many}.first(3)));
}

TEST_CASE("quantiles that are not above zero are scaled and no more") {
  auto p = flat();
  p.quantiles = {-2, -2, 0, 0, 12, 12};
  const std::vector<double> on{1, 1};
  const std::vector<event_effect> unsure{{std::log(2.0), 0.04, 2}};
  put_in(p, {on, 1}, unsure);
  CHECK(p.quantile_curve(0)[0] == doctest::Approx(-4));
  CHECK(p.quantile_curve(1)[0] == 0);
}
