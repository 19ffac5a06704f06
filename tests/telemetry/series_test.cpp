#include <foreshift/telemetry/series.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::telemetry;
using namespace std::chrono_literals;

TEST_CASE("steps follow each other without a gap") {
  const series y{time_point{1h}, 5min, {1, 2, 3}};
  CHECK(y.time_at(0) == time_point{1h});
  CHECK(y.time_at(2) == time_point{1h + 10min});
  CHECK(y.end() == time_point{1h + 15min});
}

TEST_CASE("the first and the last part of a series meet in time and value") {
  const series y{time_point{1h}, 5min, {1, 2, 3, 4}};
  for (std::size_t n = 0; n <= 4; ++n) {
    const auto head = y.view().first(n), tail = y.view().last(4 - n);
    CHECK(head.end() == tail.start);
    CHECK(tail.end() == y.end());
    if (n < 4) CHECK(tail.values[0] == y.values[n]);
  }
}

TEST_CASE("a day has 288 steps of five minutes") {
  CHECK(steps_in(24h, 5min) == 288);
  CHECK(steps_in(5min, 5min) == 1);
}
