#include <foreshift/adapters/prometheus/retry.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>

using namespace foreshift;
using namespace std::chrono_literals;

TEST_CASE("waits double up to the bound, and at least half of each is waited") {
  const prometheus::retry_rules rules{
      .attempts_max = 10, .first_wait = 1s, .longest_wait = 5s, .patience = 1h};
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    time_point now{};
    prometheus::retry r{rules, now, seed};
    for (const duration wait : {1s, 2s, 4s, 5s, 5s, 5s, 5s, 5s, 5s}) {
      const auto next = r.after_failure(now);
      REQUIRE(next.has_value());
      CHECK(*next - now >= wait / 2);
      CHECK(*next - now <= wait);
      now = *next;
    }
    CHECK(!r.after_failure(now).has_value());
    CHECK(r.failures() == 10);
  }
}
TEST_CASE("two clients do not come back together, and one seed repeats itself") {
  prometheus::retry a{{}, time_point{}, 1}, b{{}, time_point{}, 2}, c{{}, time_point{}, 1};
  const auto first = a.after_failure(time_point{});
  CHECK(first != b.after_failure(time_point{}));
  CHECK(first == c.after_failure(time_point{}));
}
TEST_CASE("what the server asks for is not undercut, and patience ends") {
  const prometheus::retry_rules rules{
      .attempts_max = 9, .first_wait = 1s, .longest_wait = 5s, .patience = 60s};
  prometheus::retry r{rules, time_point{}, 1};
  CHECK(r.after_failure(time_point{}, 20s) == time_point{20s});
  CHECK(r.after_failure(time_point{20s}, 40s) == time_point{60s});
  CHECK(!r.after_failure(time_point{60s}, 1s));
  prometheus::retry once{{.attempts_max = 1}, time_point{}, 1};
  CHECK(!once.after_failure(time_point{}));
}
