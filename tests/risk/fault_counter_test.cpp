#include "support/nasty_streams.hpp"

#include <foreshift/risk/fault_counter.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>

using namespace foreshift;
using risk::fault_counter;

namespace {

time_point minute(int m) { return time_point{std::chrono::minutes{m}}; }
/// Two hundred steps of a minute, each with `faults` more than before.
fault_counter after(double faults) {
  fault_counter c;
  for (int m = 0; m < 200; ++m) c.read(minute(m), faults * m), c.close();
  return c;
}

}  // namespace

TEST_CASE("what grows as ever is usual, a counter that begins to grow faster is not") {
  auto c = after(2);
  c.read(minute(200), 400);
  CHECK(c.close() > 0.1);
  c.read(minute(201), 420);
  CHECK(c.close() < 1e-6);
}

TEST_CASE("where a counter stands is nothing, and the first reading says no more than that") {
  fault_counter c;
  c.read(minute(0), 1e7);
  CHECK(c.close() == 1);
  for (int m = 1; m < 100; ++m) {
    c.read(minute(m), 1e7);
    CHECK(c.close() == 1);
  }
  c.read(minute(100), 1e7 + 9);
  CHECK(c.close() < 1e-6);
}

TEST_CASE("a counter that starts again has no more faults than it then counts") {
  auto c = after(2);
  c.read(minute(200), 2);
  CHECK(c.close() > 0.1);
  c.read(minute(201), 0);
  c.read(minute(202), 40);
  CHECK(c.close() < 1e-6);
}

TEST_CASE("steps without a reading share the faults that come after them") {
  auto c = after(2);
  for (int m = 0; m < 9; ++m) CHECK(c.close() == 1);
  c.read(minute(209), 2 * 199 + 20);
  CHECK(c.close() > 0.1);
}

TEST_CASE("late, repeated and impossible readings are passed over") {
  auto c = after(2);
  c.read(minute(100), 0);
  c.read(minute(199), 5000);
  c.read(minute(200), std::nan(""));
  c.read(minute(200), -5);
  c.read(minute(200), HUGE_VAL);
  CHECK(c.close() == 1);
  c.read(minute(201), 402);
  CHECK(c.close() > 0.1);
}

TEST_CASE("the largest counts leave it finite, and it comes back from an archive") {
  auto c = after(2);
  c.read(minute(200), 1e308);
  const double p = c.close();
  CHECK((p > 0 && p < 1e-9));
  c.read(minute(201), 5);
  auto back = test_support::through_archive(c, fault_counter{7});
  CHECK(back.close() == c.close());
}
