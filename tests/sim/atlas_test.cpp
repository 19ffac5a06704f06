#include <foreshift/sim/atlas.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using consensus::migration_state;

namespace {

consensus::effect advanced(migration_state state, bool settled = false) {
  return consensus::migration_advanced{{70}, {{}, {1}, {10}, {2}, state, {}}, settled};
}

}  // namespace

TEST_CASE("a workload is at home where it was until its move has settled after a commit") {
  for (const bool commits : {true, false}) {
    sim::atlas map;
    map.home[workload_id{10}] = place_id{1};
    const auto end = commits ? migration_state::committed : migration_state::aborted;
    for (const auto state : {migration_state::approved, migration_state::started, end}) {
      map.learn(advanced(state));
      CHECK(*map.home.find(workload_id{10}) == place_id{1});
    }
    map.learn(advanced(end, true));
    CHECK(*map.home.find(workload_id{10}) == place_id{commits ? 2U : 1U});
    CHECK(*map.source.find(migration_id{70}) == place_id{1});
  }
}
