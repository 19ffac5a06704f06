#include "fleet.hpp"

#include <foreshift/placement/rehearsal.hpp>
#include <foreshift/placement/usual_rules.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace fleet;

namespace {
std::vector<double> loads(const site_view& view) {
  std::vector<double> all;
  for (const auto& h : view.hosts) {
    all.insert(all.end(), h.paths->flat().begin(), h.paths->flat().end());
    all.push_back(h.peak);
  }
  return all;
}
}  // namespace

TEST_CASE("a rehearsed move changes loads, places and disruptions, and the original stays") {
  world w;
  w.host(1, 1), w.host(2, 2, 3);
  w.workload(10, 1, flat_paths(4));
  w.build();
  const auto view = w.view();
  rehearsal fleet{view};
  fleet.move({10}, {2});
  const auto then = fleet.view();
  CHECK(then.find(host_id{1})->peak == 0);
  CHECK(then.find(host_id{2})->peak == 7);
  CHECK(then.known->find(workload_id{10})->host == host_id{2});
  CHECK(moves_of(then.disruptions, host_id{2}) == 1);
  CHECK(moves_of(then.disruptions, {}) == 1);
  CHECK(view.find(host_id{1})->peak == 4);
  CHECK(view.known->find(workload_id{10})->host == host_id{1});
}

TEST_CASE("what is taken back is as it was to the last bit") {
  const auto w = random_world(3, 6, 4, 8, 5);
  rehearsal fleet{w.view()};
  std::vector<std::vector<double>> states{loads(fleet.view())};
  random_stream random{1};
  for (int i = 0; i < 8; ++i) {
    const workload_id which{100 + random.below(6)};
    const host_id at = fleet.view().known->find(which)->host;
    const host_id to{1 + (at.value - 1 + 1 + random.below(4)) % 5};
    fleet.move(which, to);
    states.push_back(loads(fleet.view()));
  }
  for (auto state = states.rbegin() + 1; state != states.rend(); ++state) {
    fleet.undo();
    CHECK(loads(fleet.view()) == *state);
  }
  CHECK(fleet.view().disruptions.empty());
}

TEST_CASE("destinations come cheapest first, and those that refuse are counted by reason") {
  world w;
  w.host(1, 1), w.host(2, 1, 2), w.host(3, 1, 1), w.host(4, 1, 7), w.host(5, 1), w.host(6, 1, 6);
  w.workload(10, 1, flat_paths(4));
  w.hosts[4].busy = true;
  w.build();
  const auto list = destinations(w.view(), {10}, overload_minutes{}, usual_rules{});
  REQUIRE(list.admitted.size() == 2);
  CHECK(list.admitted[0].to == host_id{3});
  CHECK(list.admitted[1].to == host_id{2});
  CHECK(list.admitted[0].cost < list.admitted[1].cost);
  CHECK(to_string(list.refused) == "2 would overload, 1 busy");
  CHECK(to_string(refusal_tally{}) == "");
}
