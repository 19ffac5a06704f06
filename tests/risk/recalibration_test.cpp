#include "support/nasty_streams.hpp"

#include <foreshift/core/random.hpp>
#include <foreshift/risk/recalibration.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace foreshift;
using risk::recalibration;

TEST_CASE("without outcomes a claim is what the prior makes of it") {
  const recalibration fresh;
  for (const double p : {0.001, 0.1, 0.5, 0.9}) CHECK(fresh(p) == doctest::Approx(p));
  const recalibration of_fleet{{.prior = {-1, 0.5}}};
  CHECK(of_fleet(0.5) == doctest::Approx(risk::probability_of(-1)));
}

TEST_CASE("claims twice too bold in log-odds become honest, before fifty events and after") {
  random_stream random{11};
  recalibration map;
  double early = 0, late = 0, raw = 0;
  int n = 0;
  for (int i = 0; i < 12'000; ++i) {
    const double truth = 0.02 + 0.3 * random.uniform();
    const double claimed = risk::probability_of(2 * risk::log_odds(truth) + 1);
    if (!map.is_isotonic() && i > 200) early = map(claimed) - truth;
    if (i > 8000) late += std::abs(map(claimed) - truth), raw += std::abs(claimed - truth), ++n;
    map.learn(claimed, random.uniform() < truth);
  }
  CHECK(map.is_isotonic());
  CHECK(std::abs(early) < 0.1);
  CHECK(late / n < 0.02);
  CHECK(raw / n > 0.04);
}

TEST_CASE("a recalibrated probability never falls as the claim rises, nor leaves 0 to 1") {
  random_stream random{13};
  recalibration map;
  for (int i = 0; i < 3000; ++i) map.learn(random.uniform(), random.uniform() < 0.3);
  double last = 0;
  for (int i = 0; i <= 1000; ++i) {
    const double p = map(i / 1000.0);
    CHECK(p >= last);
    CHECK(p <= 1);
    last = p;
  }
}

TEST_CASE("the smallest claims keep their order under the isotonic map") {
  recalibration map;
  for (int i = 0; i < 5000; ++i) map.learn(0.3, i % 3 == 0), map.learn(0.0005, false);
  REQUIRE(map.is_isotonic());
  CHECK(map(0.00002) < map(0.0002));
}

TEST_CASE("a recalibration comes back from an archive and goes on alike") {
  random_stream random{17};
  recalibration map;
  for (int i = 0; i < 1000; ++i) map.learn(random.uniform(), random.uniform() < 0.4);
  auto back = test_support::through_archive(map, recalibration{});
  for (int i = 0; i < 100; ++i) {
    const double p = random.uniform();
    CHECK(back(p) == map(p));
    map.learn(p, i % 2 == 0), back.learn(p, i % 2 == 0);
  }
}
