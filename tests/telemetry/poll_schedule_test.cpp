#include <foreshift/telemetry/poll_schedule.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <vector>

using namespace foreshift;
using namespace foreshift::telemetry;
using namespace std::chrono_literals;

namespace {

constexpr time_point noon{12h};
std::vector<time_point> polls(std::uint64_t seed) {
  poll_schedule when{{.step = 1min, .delay = 10s, .spread = 5s, .seed = seed}};
  std::vector<time_point> out;
  for (time_point now = noon; out.size() < 200; out.push_back(now = when.next(now))) {
  }
  return out;
}

}  // namespace

TEST_CASE("every step is asked for once, after its delay and within the spread") {
  const auto all = polls(1);
  std::set<duration> offsets;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto due = noon + static_cast<int>(i) * 1min + 10s;
    CHECK(all[i] >= due);
    CHECK(all[i] < due + 5s);
    offsets.insert(all[i] - due);
  }
  CHECK(offsets.size() > 190);
  CHECK(*offsets.begin() < 500ms);
  CHECK(*offsets.rbegin() > 4500ms);
}
TEST_CASE("the same seed polls at the same times, another one at others") {
  CHECK(polls(1) == polls(1));
  CHECK(polls(1) != polls(2));
}
TEST_CASE("a step may be asked for when its delay is over, not before") {
  const poll_schedule when{{.step = 1min, .delay = 10s, .spread = 0s}};
  CHECK(when.newest_end(noon + 10s - 1ns) == noon - 1min);
  CHECK(when.newest_end(noon + 10s) == noon);
}
TEST_CASE("a delay of more than a step, and no spread at all") {
  poll_schedule when{{.step = 1min, .delay = 90s, .spread = 0s}};
  CHECK(when.newest_end(noon) == noon - 2min);
  CHECK(when.next(noon) == noon + 30s);
  CHECK(when.next(noon + 30s) == noon + 90s);
}
