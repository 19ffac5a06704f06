#include <foreshift/anomaly/sample_clock.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

#include <chrono>
#include <limits>

using namespace foreshift;
using namespace std::chrono_literals;
using anomaly::sample_clock;

namespace {

time_point minute(long m) { return time_point{std::chrono::minutes{m}}; }
/// Twenty regular samples, the last one at minute 95.
sample_clock at_five_minutes() {
  sample_clock clock;
  for (long i = 0; i < 20; ++i) CHECK(clock.observe(minute(5 * i)).missed == 0);
  return clock;
}

}  // namespace

TEST_CASE("a gap is counted in usual steps, and jitter is none") {
  auto clock = at_five_minutes();
  CHECK(clock.observe(minute(107)).missed == 0);  // two and a bit
  CHECK(clock.observe(minute(122)).missed == 2);
  CHECK(clock.observe(minute(122)).missed == 0);
  CHECK(clock.observe(minute(127)).missed == 0);
}

TEST_CASE("nothing is a gap before the usual step is known") {
  sample_clock clock;
  for (const long m : {0, 1, 60, 61, 300}) CHECK(clock.observe(minute(m)).missed == 0);
}

TEST_CASE("when the sampling changes, what was a gap becomes the usual step") {
  auto clock = at_five_minutes();
  long now = 95;
  std::size_t gaps = 0;
  for (int i = 0; i < 300; ++i) gaps += clock.observe(minute(now += 60)).missed > 0 ? 1U : 0U;
  CHECK(gaps > 1);
  CHECK(gaps < 120);
  CHECK(clock.observe(minute(now += 60)).missed == 0);
}

TEST_CASE("a sample from before the latest is late, and a clock that was set back costs one sample") {
  auto clock = at_five_minutes();
  CHECK(clock.observe(minute(90)).late);
  CHECK_FALSE(clock.observe(minute(100)).late);
  CHECK(clock.observe(minute(10)).late);
  for (long m = 15; m < 60; m += 5) {
    const auto tick = clock.observe(minute(m));
    CHECK_FALSE(tick.late);
    CHECK(tick.missed == 0);
  }
}

TEST_CASE("one stamp far in the future blinds it for one sample only") {
  auto clock = at_five_minutes();
  CHECK(clock.observe(time_point::max()).missed == 1'000'000);
  CHECK(clock.observe(minute(100)).late);
  CHECK_FALSE(clock.observe(minute(105)).late);
  CHECK(clock.observe(minute(110)).missed == 0);
  CHECK(clock.observe(time_point::min()).late);
}

TEST_CASE("what comes back from an archive goes on alike") {
  auto a = at_five_minutes();
  a.observe(minute(50));
  auto b = test_support::through_archive(a, sample_clock{});
  for (const long m : {55L, 60L, 300L, 299L, 305L}) {
    const auto x = a.observe(minute(m)), y = b.observe(minute(m));
    CHECK((x.late == y.late && x.missed == y.missed));
  }
}
