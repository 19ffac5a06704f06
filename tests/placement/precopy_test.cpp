#include <foreshift/placement/precopy.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace foreshift::placement;

TEST_CASE("rounds are a geometric series while the dirty rate is below the bandwidth") {
  // Each round leaves a tenth: 1 GB, 100 MB, ... until less than 50 pages are left.
  const auto copy = estimate_precopy({.memory_bytes = 1e9, .dirty_rate = 12.5e6, .bandwidth = 125e6});
  CHECK(copy.rounds == 4);
  CHECK(copy.downtime_seconds == doctest::Approx(1e9 * 1e-4 / 125e6));
  CHECK(copy.sent_bytes == doctest::Approx(1e9 * (1 - std::pow(0.1, 5)) / 0.9));
  CHECK(copy.seconds == doctest::Approx(copy.sent_bytes / 125e6));
}

TEST_CASE("what is dirtied faster than it is copied ends with all of it at once") {
  const auto copy = estimate_precopy({.memory_bytes = 1e9, .dirty_rate = 500e6, .bandwidth = 125e6});
  CHECK(copy.rounds == 4);  // three times the memory has been sent, and more
  CHECK(copy.downtime_seconds == doctest::Approx(8));
  CHECK(copy.sent_bytes == doctest::Approx(5e9));
}

TEST_CASE("where rounds hardly help there are twenty-nine") {
  const auto copy =
      estimate_precopy({.memory_bytes = 1e9, .dirty_rate = 65e6, .bandwidth = 100e6}, {.left_bytes_max = 0});
  CHECK(copy.rounds == 29);
  CHECK(copy.downtime_seconds == doctest::Approx(10 * std::pow(0.65, 29)));
}

TEST_CASE("an idle workload is copied once, and nothing passes where there is no way") {
  const auto idle =
      estimate_precopy({.memory_bytes = 1e9, .dirty_rate = 0, .bandwidth = 100e6}, {.switch_seconds = 0.06});
  CHECK(idle.rounds == 1);
  CHECK(idle.seconds == doctest::Approx(10.06));
  CHECK(idle.downtime_seconds == doctest::Approx(0.06));
  CHECK(std::isinf(estimate_precopy({.memory_bytes = 1, .dirty_rate = 0, .bandwidth = 0}).seconds));
  CHECK(estimate_precopy({.memory_bytes = 1e9, .dirty_rate = 1, .bandwidth = INFINITY}).seconds == 0);
}
