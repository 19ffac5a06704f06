#include <foreshift/sim/trace.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace foreshift;
using namespace std::chrono_literals;

TEST_CASE("an event reads as a line") {
  CHECK(to_string(sim::trace_event{time_point{12s + 345us}, site_id{2}, "deliver", 17, 8821}) ==
        "12.000345s site 2  deliver 17 8821");
}

TEST_CASE("the ring keeps the last events, the hash covers them all") {
  sim::trace a{2};
  sim::trace b{2};
  a.note(time_point{1s}, site_id{1}, "crash");
  b.note(time_point{1s}, site_id{2}, "crash");
  for (auto* t : {&a, &b}) {
    t->note(time_point{2s}, site_id{1}, "send", 3);
    t->note(time_point{3s}, site_id{1}, "send", 4);
  }
  CHECK(a.text() == b.text());
  CHECK(a.count() == 3);
  CHECK(a.last().size() == 2);
  CHECK(a.hash() != b.hash());
}

TEST_CASE("the same events give the same hash, another order another") {
  const auto hash = [](std::uint64_t first, std::uint64_t second) {
    sim::trace t;
    t.note(time_point{}, site_id{1}, "x", first);
    t.note(time_point{}, site_id{1}, "x", second);
    return t.hash();
  };
  CHECK(hash(1, 2) == hash(1, 2));
  CHECK(hash(1, 2) != hash(2, 1));
}
