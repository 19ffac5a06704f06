#include "support/nasty_streams.hpp"

#include <foreshift/risk/event_rates.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

using namespace foreshift;
using risk::event_rates, risk::krichevsky_trofimov;

TEST_CASE("the estimate of Krichevsky and Trofimov loses at most half a logarithm and ln 2 to any constant") {
  // Every number of events among 64 looks, the worst order being irrelevant: the loss depends on counts only.
  for (int events = 0; events <= 64; ++events) {
    double loss = 0;
    for (int i = 0; i < 64; ++i) {
      const bool happened = i < events;
      const double p = krichevsky_trofimov(std::min(i, events), i);
      loss -= std::log(happened ? p : 1 - p);
    }
    const double share = events / 64.0;
    const double best =
        events == 0 || events == 64 ? 0 : -64 * (share * std::log(share) + (1 - share) * std::log(1 - share));
    CHECK(loss <= best + 0.5 * std::log(64.0) + std::log(2.0) + 1e-9);
  }
}

TEST_CASE("a series without a past has its fleet's rate, and one with a long past its own") {
  event_rates rates{{}};
  CHECK(rates.base(0.2) == doctest::Approx(0.2));
  for (std::size_t t = 0; t < 1000; ++t) rates.learn(t, t % 2 == 0);
  CHECK(rates.base(0.2) == doctest::Approx(0.5).epsilon(0.01));
}

TEST_CASE("the recent rate follows where the rate of all of the past does not") {
  event_rates rates{{.recent = 20}};
  for (std::size_t t = 0; t < 1000; ++t) rates.learn(t, t >= 900);
  CHECK(rates.all().rate() < 0.12);
  CHECK(rates.recent(0.1) > 0.9);
}

TEST_CASE("the seasonal rate knows the hour, also across the end of a season") {
  event_rates rates{{.season_length = 24}};
  for (std::size_t t = 0; t < 240; ++t) rates.learn(t, t % 24 == 0);
  CHECK(rates.seasonal(240, 0.05) > 0.25);
  CHECK(rates.seasonal(239, 0.05) > rates.seasonal(230, 0.05));
  CHECK(rates.seasonal(250, 0.05) < 0.02);
  CHECK(event_rates{{}}.seasonal(3, 0.4) == 0.4);
  event_rates tiny{{.season_length = 1}};
  tiny.learn(0, true);
  CHECK(tiny.seasonal(5, 0) == doctest::Approx(0.4 / 1.4));  // one place, counted once
}

TEST_CASE("event rates come back from an archive") {
  event_rates rates{{.season_length = 6}};
  for (std::size_t t = 0; t < 50; ++t) rates.learn(t, t % 6 == 1);
  const auto back = test_support::through_archive(rates, event_rates{{}});
  CHECK(back.all() == rates.all());
  for (std::size_t t = 0; t < 6; ++t) CHECK(back.seasonal(t, 0.1) == rates.seasonal(t, 0.1));
}
