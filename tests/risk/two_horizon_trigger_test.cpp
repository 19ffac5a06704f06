#include <foreshift/risk/two_horizon_trigger.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace std::chrono_literals;
using risk::advice, risk::two_horizon_options, risk::two_horizon_trigger;

namespace {
time_point at(int minutes) { return time_point{std::chrono::minutes{minutes}}; }
two_horizon_options at_once() {
  two_horizon_options o;
  o.fast.looks = o.slow.looks = 1;
  return o;
}
}  // namespace

TEST_CASE("every pair of horizons: one is enough for a warning, a migration takes both") {
  for (const double fast : {0.0, 0.49, 0.5, 1.0})
    for (const double slow : {0.0, 0.49, 0.5, 1.0}) {
      two_horizon_trigger t{at_once()};
      const int high = (fast >= 0.5 ? 1 : 0) + (slow >= 0.5 ? 1 : 0);
      const advice expected = high == 0 ? advice::none : high == 1 ? advice::warn : advice::migrate;
      CHECK(t.observe(at(0), {fast, slow, 10min}) == expected);
    }
}

TEST_CASE("a move that saves less than the minimum is only warned of, until it saves enough") {
  two_horizon_trigger t{at_once()};
  CHECK(t.observe(at(0), {1, 1, 59s}) == advice::warn);
  CHECK(t.observe(at(5), {1, 1, -1h}) == advice::warn);
  CHECK(t.observe(at(10), {1, 1, 60s}) == advice::migrate);
}

TEST_CASE("after a migration none is advised before the cool-down has passed, however high the risk") {
  two_horizon_trigger t{at_once()};
  CHECK(t.observe(at(0), {1, 1, 1h}) == advice::migrate);
  for (int m = 5; m < 60; m += 5) CHECK(t.observe(at(m), {1, 1, 1h}) == advice::warn);
  CHECK(t.observe(at(60), {1, 1, 1h}) == advice::migrate);
}

TEST_CASE("a probability between the two thresholds keeps what was, and below the lower one it is over") {
  two_horizon_trigger t{at_once()};
  CHECK(t.observe(at(0), {0.3, 0.3, 1h}) == advice::none);
  CHECK(t.observe(at(5), {0.6, 0.1, 1h}) == advice::warn);
  CHECK(t.observe(at(10), {0.3, 0.3, 1h}) == advice::warn);
  CHECK(t.observe(at(15), {0.3, 0.6, 1h}) == advice::migrate);
  CHECK(t.observe(at(20), {0.1, 0.1, 1h}) == advice::none);
}

TEST_CASE("by default the far horizon has to be in danger twice in a row") {
  two_horizon_trigger t;
  CHECK(t.observe(at(0), {1, 1, 1h}) == advice::warn);
  CHECK(t.observe(at(5), {1, 1, 1h}) == advice::migrate);
  CHECK(name_of(advice::migrate) == "migrate");
}

TEST_CASE("a dear benefit is asked for only where a migration hangs on it, and none at all is too little") {
  auto o = at_once();
  o.benefit_min = duration::zero();
  two_horizon_trigger t{o};
  int asked = 0;
  std::optional<duration> saved;
  const auto benefit = [&] { return ++asked, saved; };
  CHECK(t.observe(at(0), 0, 0, benefit) == advice::none);
  CHECK(t.observe(at(5), 1, 0, benefit) == advice::warn);
  CHECK(asked == 0);
  CHECK(t.observe(at(10), 1, 1, benefit) == advice::warn);
  saved = duration::zero();
  CHECK(t.observe(at(15), 1, 1, benefit) == advice::migrate);
  CHECK(t.observe(at(20), 1, 1, benefit) == advice::warn);
  CHECK(asked == 2);
}

TEST_CASE("a migration that is not made leaves no cool-down behind") {
  two_horizon_trigger t{at_once()};
  CHECK(t.observe(at(0), {1, 1, 1h}) == advice::migrate);
  t.not_made();
  CHECK(t.observe(at(5), {1, 1, 1h}) == advice::migrate);
}

TEST_CASE("another threshold holds for both horizons") {
  two_horizon_trigger t{at_once()};
  t.set_threshold(0.25);
  CHECK(t.options().fast.p_off == doctest::Approx(0.1));
  CHECK(t.observe(at(0), {0.3, 0.3, 1h}) == advice::migrate);
}
