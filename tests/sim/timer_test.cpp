#include <foreshift/sim/timer.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace foreshift;
using namespace std::chrono_literals;

TEST_CASE("actions run in the order of their time, and those of one instant in the order of their making") {
  sim::timer t;
  std::string story;
  t.after(2s, [&] { story += 'c'; });
  t.after(1s, [&] { story += 'a'; });
  t.after(1s, [&] { story += 'b'; });
  t.after(2s, [&] { story += 'd'; });
  while (t.step()) {
  }
  CHECK(story == "abcd");
  CHECK(t.now() == time_point{2s});
}

TEST_CASE("what an action causes at the same instant runs behind what was there already") {
  sim::timer t;
  std::string story;
  t.after(1s, [&] {
    story += 'a';
    t.after(0s, [&] { story += 'c'; });
  });
  t.after(1s, [&] { story += 'b'; });
  t.run_for(1s);
  CHECK(story == "abc");
}

TEST_CASE("running until an instant runs what is due by then and stands at that instant") {
  sim::timer t{time_point{10s}};
  int due = 0;
  t.after(1s, [&] { ++due; });
  t.after(1001ms, [&] { ++due; });
  t.run_until(time_point{11s});
  CHECK(due == 1);
  CHECK(t.now() == time_point{11s});
  CHECK(t.pending() == 1);
}

TEST_CASE("the past is now: time never goes backwards") {
  sim::timer t{time_point{10s}};
  bool ran = false;
  t.at(time_point{1s}, [&] { ran = true; });
  CHECK(t.step());
  CHECK(ran);
  CHECK(t.now() == time_point{10s});
  CHECK(!t.step());
}
