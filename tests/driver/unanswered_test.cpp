#include <foreshift/driver/unanswered.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;

namespace {
constexpr consensus::command_id first{site_id{1}, 1}, second{site_id{1}, 2};
std::vector<consensus::command_id> given_up(driver::unanswered_commands& all, duration now) {
  std::vector<consensus::command_id> out;
  all.overdue(time_point{now}, [&](consensus::command_id id) { out.push_back(id); });
  return out;
}
}  // namespace

TEST_CASE("a command is given up once, when its time is over and not before") {
  driver::unanswered_commands all;
  all.add(first, time_point{10ms});
  all.add(second, time_point{20ms});
  CHECK(given_up(all, 9ms).empty());
  CHECK(given_up(all, 10ms) == std::vector{first});
  CHECK(given_up(all, 15ms).empty());
  CHECK(given_up(all, 30ms) == std::vector{second});
  CHECK(given_up(all, 40ms).empty());
}

TEST_CASE("a command is answered once, in time or after it was given up, and nobody waits for a stranger's") {
  driver::unanswered_commands all;
  all.add(first, time_point{10ms});
  all.add(second, time_point{10ms});
  CHECK(all.settle(first));
  CHECK_FALSE(all.settle(first));
  CHECK(given_up(all, 10ms) == std::vector{second});
  CHECK(all.settle(second));
  CHECK_FALSE(all.settle({site_id{2}, 1}));
  CHECK(all == driver::unanswered_commands{});
}
