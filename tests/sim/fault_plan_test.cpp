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
using sim::fault_kind, sim::nemesis;

namespace {

constexpr site_id sites[] = {{1}, {2}, {3}, {4}, {5}};
const sim::fault_options busy{.length = 20s, .disks_lost_max = 2};

std::vector<sim::fault> lines_of(const std::vector<sim::fault>& plan, nemesis cause) {
  std::vector<sim::fault> out;
  for (const auto& f : plan)
    if (f.cause == cause) out.push_back(f);
  return out;
}
bool same(const sim::fault& a, const sim::fault& b) {
  return a.after == b.after && a.what == b.what && a.site == b.site && a.peer == b.peer &&
         a.amount == b.amount;
}

}  // namespace

TEST_CASE("what breaks has healed by the end, in every plan, but for lost disks") {
  std::set<nemesis> seen;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const auto plan = sim::plan_faults(sites, seed, busy);
    CHECK(std::is_sorted(plan.begin(), plan.end(),
                         [](const auto& a, const auto& b) { return a.after < b.after; }));
    std::map<std::pair<site_id, site_id>, int> cuts;
    std::map<site_id, int> stopped, paused;
    std::set<site_id> lost;
    for (const auto& f : plan) {
      CHECK(f.after <= busy.length);
      if (f.cause) seen.insert(*f.cause);
      CHECK((f.what != fault_kind::cut || f.site != f.peer));
      if (f.what == fault_kind::cut) ++cuts[{f.site, f.peer}];
      if (f.what == fault_kind::heal) --cuts[{f.site, f.peer}];
      if (f.what == fault_kind::pause) ++paused[f.site];
      if (f.what == fault_kind::resume) --paused[f.site];
      if (f.what == fault_kind::restart) stopped[f.site] = 0;
      for (const auto stop : {fault_kind::crash, fault_kind::power_loss, fault_kind::fail_sync,
                              fault_kind::fill, fault_kind::rot, fault_kind::misdirect, fault_kind::wipe})
        if (f.what == stop) stopped[f.site] = 1;
      for (const auto damage : {fault_kind::rot, fault_kind::misdirect, fault_kind::wipe})
        if (f.what == damage) lost.insert(f.site);
    }
    for (const auto& [pair, open] : cuts) CHECK(open == 0);
    for (const auto& [site, open] : paused) CHECK(open == 0);
    for (const auto& [site, down] : stopped) CHECK(down == 0);
    CHECK(lost.size() <= busy.disks_lost_max);
    CHECK(plan.back().what == fault_kind::weather);
    CHECK(plan.back().usual.loss == 0);
  }
  CHECK(seen.size() ==
        sim::nemesis_count - 5);  // the network counts bad weather, the reconfigurer epochs and departures
}

TEST_CASE("the same seed gives the same plan, another seed another") {
  const auto plan = sim::plan_faults(sites, 1, busy), again = sim::plan_faults(sites, 1, busy),
             other = sim::plan_faults(sites, 2, busy);
  CHECK(std::equal(plan.begin(), plan.end(), again.begin(), again.end(), same));
  CHECK_FALSE(std::equal(plan.begin(), plan.end(), other.begin(), other.end(), same));
}

TEST_CASE("each class is on for about half of the seeds, whatever the others are") {
  for (const nemesis n : sim::every_nemesis()) {
    int on = 0;
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
      on += sim::swarm(seed, sim::nemesis_set::all()).has(n) ? 1 : 0;
      CHECK(sim::swarm(seed, sim::nemesis_set{}.insert(n)).has(n) ==
            sim::swarm(seed, sim::nemesis_set::all()).has(n));
    }
    CHECK(on > 430);
    CHECK(on < 570);
  }
}

TEST_CASE("a plan without one class has every other fault where it was") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto whole = sim::plan_faults(sites, seed, busy);
    for (const nemesis without : {nemesis::crash, nemesis::partition, nemesis::bit_rot}) {
      auto options = busy;
      options.classes.erase(without);
      const auto plan = sim::plan_faults(sites, seed, options);
      CHECK(lines_of(plan, without).empty());
      for (const nemesis n : sim::every_nemesis()) {
        if (n == without) continue;
        const auto before = lines_of(whole, n), after = lines_of(plan, n);
        CHECK(std::equal(before.begin(), before.end(), after.begin(), after.end(), same));
      }
    }
  }
}

TEST_CASE("a plan without faults is fair weather and nothing else") {
  for (const auto& f : sim::plan_faults(sites, 1, {.classes = {}})) {
    CHECK(f.what == fault_kind::weather);
    CHECK(f.usual.loss == 0);
    CHECK(f.usual.duplication == 0);
  }
}

TEST_CASE("a bridge leaves one site that hears everybody") {
  sim::fault_options options = busy;
  options.classes = sim::nemesis_set{}.insert(nemesis::bridge);
  std::size_t bridges = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto plan = sim::plan_faults(sites, seed, options);
    std::map<duration, std::map<site_id, int>> cut_off;
    for (const auto& f : lines_of(plan, nemesis::bridge)) ++cut_off[f.after][f.site];
    for (const auto& [at, sides] : cut_off) {
      ++bridges;
      CHECK(sides.size() == 4);  // of five sites; each of these does not reach the two of the other half
      for (const auto& [site, cuts] : sides) CHECK(cuts == 2);
    }
  }
  CHECK(bridges > 20);
}
