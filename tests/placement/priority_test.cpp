#include <foreshift/placement/priority.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace foreshift;
using namespace foreshift::placement;
using namespace std::chrono_literals;

TEST_CASE("priority grows with what is avoided and how critical it is, and shrinks with the time left") {
  const urgency base{.avoided = 10min, .criticality = 2, .time_left = 0min};
  CHECK(priority_of(base) == doctest::Approx(20));
  CHECK(priority_of({20min, 2, 0min}) == doctest::Approx(40));
  CHECK(priority_of({10min, 3, 0min}) == doctest::Approx(30));
  CHECK(priority_of({10min, 2, 60min}) == doctest::Approx(10));
  CHECK(priority_of({10min, 2, -5min}) == doctest::Approx(20));
  CHECK(priority_of({-10min, 2, 0min}) == 0);
}

TEST_CASE("the order is total: priority, then the sooner breach, then the id") {
  std::vector<proposal> all;
  for (const double priority : {1.0, 2.0})
    for (const auto breach : {10min, 20min})
      for (const std::uint64_t sponsor : {1U, 2U})
        for (const std::uint64_t sequence : {1U, 2U}) {
          proposal p;
          p.priority = priority, p.why.breach_at = time_point{} + breach, p.id = {{sponsor}, sequence};
          all.push_back(p);
        }
  for (const auto& a : all)
    for (const auto& b : all) {
      CHECK((goes_before(a, b) ? 1 : 0) + (goes_before(b, a) ? 1 : 0) == (a == b ? 0 : 1));
      for (const auto& c : all)
        if (goes_before(a, b) && goes_before(b, c)) CHECK(goes_before(a, c));
    }
  std::ranges::sort(all, goes_before);
  CHECK(all.front().priority == 2);
  CHECK(all.front().why.breach_at == time_point{} + 10min);
  CHECK(all.front().id == proposal_id{{1}, 1});
}
