#include <foreshift/sim/requests.hpp>

#include <sim/little_log.hpp>

#include <doctest/doctest.h>

#include <map>
#include <string>

using namespace foreshift;

namespace {

constexpr site_id sites[] = {{1}, {2}, {3}, {4}, {5}, {6}, {7}};

sim::atlas map_of(const consensus::state_machine& machine) {
  sim::atlas map;
  for (const auto& [id, s] : machine.authorities().subsets())
    for (const auto workload : s.workloads) map.home[workload] = place_id{id.value};
  for (const site_id site : sites) map.site_of[place_id{site.value}] = site;
  return map;
}

}  // namespace

TEST_CASE("genesis lets f voters of any number of sites be silent") {
  for (std::size_t n = 3; n <= 7; ++n) {
    const auto genesis = sim::genesis_for(std::span{sites}.first(n));
    CHECK(genesis.members.electors().size() == n);
    CHECK(genesis.subsets.size() == n);
    CHECK(!consensus::blocked_by_silence(genesis.members, genesis.credits));
  }
}

TEST_CASE("every kind of wish comes up, proposals are well formed and mostly move something") {
  const test::little_log log{sim::genesis_for(sites)};
  const auto map = map_of(log.machine());
  sim::requests asks{3, sites};
  std::map<std::string, int> kinds;
  for (int i = 0; i < 400; ++i) {
    const auto wish = asks.next(log.machine(), site_id{2}, 5, map);
    if (wish.define) ++kinds["define"];
    if (wish.command) ++kinds["command " + std::to_string(wish.command->index())];
    if (!wish.proposal) continue;
    ++kinds["proposal"];
    CHECK(well_formed(*wish.proposal));
    const auto& change = wish.proposal->changes.front();
    kinds["no move"] += map.home.find(change.workload)->value == change.destination.value;
  }
  CHECK(kinds["define"] == 3);
  CHECK(kinds["proposal"] > 100);
  CHECK(kinds["no move"] > 0);
  CHECK(kinds["no move"] < 20);
  CHECK(kinds["command 0"] > 5);
  CHECK(kinds["command 1"] > 50);
  CHECK(kinds["command 3"] > 5);
  CHECK(asks.transfers() == static_cast<std::uint64_t>(kinds["command 1"]));
}

TEST_CASE("a run of a site never uses a proposal's id again") {
  const test::little_log log{sim::genesis_for(sites)};
  sim::requests asks{3, sites};
  std::map<proposal_id, int> seen;
  for (int i = 0; i < 200; ++i)
    if (const auto wish = asks.next(log.machine(), site_id{2}, 5, map_of(log.machine())); wish.proposal)
      CHECK(++seen[wish.proposal->id] == 1);
}
