#include <foreshift/sim/clock.hpp>

#include <doctest/doctest.h>

#include <contracts/clock_contract.hpp>

#include <chrono>

using namespace foreshift;
using namespace std::chrono_literals;

namespace {

struct kept {
  sim::timer timer;
  sim::clock it{timer, {.offset = -3s, .drift_ppm = 500}};
  auto& clock() { return it; }
  void pass(duration least) { timer.run_for(least); }
  time_point reference() { return timer.now(); }
};
struct set_back {  // stands still until time has caught up
  sim::timer timer;
  sim::clock it{timer};
  set_back() { it.jump(-10min); }
  auto& clock() { return timer.run_for(1s), it; }
};

}  // namespace

TEST_CASE("an exact clock tells the virtual time") {
  sim::timer t{time_point{5s}};
  const sim::clock c{t};
  CHECK(c.now() == t.now());
  t.run_for(3s);
  CHECK(c.now() == time_point{8s});
}

TEST_CASE("a clock is ahead by its offset and gains by its drift") {
  sim::timer t;
  const sim::clock fast{t, {.offset = 1s, .drift_ppm = 100}};
  const sim::clock slow{t, {.offset = -1s, .drift_ppm = -100}};
  t.run_for(10'000s);
  CHECK(fast.now() == time_point{10'002s});
  CHECK(slow.now() == time_point{9'998s});
}

TEST_CASE("no drift makes a clock go backwards, nor overflow within a century") {
  sim::timer t;
  const sim::clock stopping{t, {.offset = 0s, .drift_ppm = -999'999}};
  const sim::clock racing{t, {.offset = 0s, .drift_ppm = 1'000'000}};
  time_point before = stopping.now();
  for (int i = 0; i < 1000; ++i) {
    t.run_for(duration{1 + i * 7919});
    CHECK(stopping.now() >= before);
    before = stopping.now();
  }
  t.run_for(std::chrono::hours{24 * 365 * 100});
  CHECK(racing.now() - time_point{} == 2 * (t.now() - time_point{}));
}

TEST_CASE("a clock that leaps ahead goes on from there, one put back stands still until time has caught up") {
  sim::timer t;
  sim::clock c{t};
  t.run_for(10s);
  c.jump(5s);
  CHECK(c.now() == time_point{15s});
  t.run_for(1s);
  CHECK(c.now() == time_point{16s});
  c.jump(-2s);
  CHECK(c.now() == time_point{16s});
  t.run_for(1500ms);
  CHECK(c.now() == time_point{16s});
  t.run_for(1s);
  CHECK(c.now() == time_point{16500ms});
}

TEST_CASE("a clock that runs ten times too fast keeps what it has gained") {
  sim::timer t;
  sim::clock c{t};
  c.run(9'000'000);
  t.run_for(2s);
  CHECK(c.now() == time_point{20s});
  c.run(0);
  t.run_for(3s);
  CHECK(c.now() == time_point{23s});
}

TEST_CASE("a clock in virtual time does what a clock must, also one that drifts or has been set back") {
  SUBCASE("drifting") { contracts::clock_contract<kept>(); }
  SUBCASE("set back") { contracts::clock_contract<set_back>(); }
}
