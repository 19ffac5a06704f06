#include <foreshift/sim/fault_plan.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;

namespace {

constexpr site_id sites[] = {{1}, {2}, {3}};
constexpr sim::fault_options busy{.length = 20s, .crashes = 5, .partitions = 6};

}  // namespace

TEST_CASE("everything that breaks has healed by the end, in every plan") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto plan = sim::plan_faults(sites, seed, busy);
    CHECK(std::is_sorted(plan.begin(), plan.end(),
                         [](const auto& a, const auto& b) { return a.after < b.after; }));
    std::set<site_id> down;
    std::map<std::pair<site_id, site_id>, int> cuts;
    for (const auto& f : plan) {
      CHECK(f.after <= busy.length);
      if (f.what == sim::fault_kind::crash) {
        CHECK(down.empty());  // one at a time
        down.insert(f.site);
      }
      if (f.what == sim::fault_kind::restart) CHECK(down.erase(f.site) == 1);
      if (f.what == sim::fault_kind::cut) {
        CHECK(f.site != f.peer);
        ++cuts[{f.site, f.peer}];
      }
      if (f.what == sim::fault_kind::heal) --cuts[{f.site, f.peer}];
    }
    CHECK(down.empty());
    for (const auto& [pair, open] : cuts) CHECK(open == 0);
    CHECK(plan.back().what == sim::fault_kind::weather);
  }
}

TEST_CASE("the same seed gives the same plan, another seed another") {
  const auto times = [](std::uint64_t seed) {
    std::vector<duration> all;
    for (const auto& f : sim::plan_faults(sites, seed, busy)) all.push_back(f.after);
    return all;
  };
  CHECK(times(1) == times(1));
  CHECK(times(1) != times(2));
}

TEST_CASE("a plan without faults is the weather and nothing else") {
  const auto plan = sim::plan_faults(sites, 1, {});
  REQUIRE(plan.size() == 2);
  CHECK(plan[0].after == 0s);
  CHECK(plan[1].after == 20s);
}
