#include "fleet.hpp"

#include <foreshift/placement/best_fit.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>

using namespace fleet;

namespace {

/// Every admitted pair, priced: the slow and obvious version.
struct cheapest {
  double cost = std::numeric_limits<double>::infinity();
  workload_id workload;
  host_id to;
};
cheapest exhaustive(const site_view& view, host_id hot) {
  cheapest best;
  const overload_minutes objective;
  const usual_rules rules;
  const auto& from = *view.find(hot);
  const auto before = as_it_is(from);
  const auto leaving = candidates(view, from, 1000);
  for (const auto& w : leaving.candidates)
    for (const auto& h : view.hosts) {
      if (h.host == hot) continue;
      const arrival to{h, *view.known};
      const candidate c{w, from, before, to, view.moves};
      if (first_refusal(rules, c, view)) continue;
      if (const double cost = objective.cost(c, view); cost < best.cost) best = {cost, c.record().id, h.host};
    }
  return best;
}

best_fit<> without_a_budget() { return {.options = {.candidates_max = 1000, .evaluations_max = 0}}; }

}  // namespace

TEST_CASE("the search agrees with trying every pair, and says that its choice is proven best") {
  int chosen = 0, none = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const auto w = random_world(seed, 3 + seed % 6, 2 + seed % 5, 16, 6);
    const auto view = w.view();
    const auto best = exhaustive(view, {1});
    const auto got = without_a_budget().select({view, {1}});
    if (!got) {
      ++none;
      const auto& hot = *view.find(host_id{1});
      const bool worth = best.cost < overload_minutes{}.staying({hot, as_it_is(hot)}, view);
      CHECK_FALSE(worth);
      continue;
    }
    ++chosen;
    CHECK(got->cost == best.cost);
    CHECK(got->workload == best.workload);
    CHECK(got->to.host == best.to);
    CHECK(got->gap == 0);
  }
  CHECK(chosen > 100);
  CHECK(none > 5);
}

TEST_CASE("with a budget of evaluations the gap bounds what may have been missed") {
  int open = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto w = random_world(seed, 6, 6, 16, 6);
    const auto view = w.view();
    const best_fit<> hasty{.options = {.evaluations_max = 3}};
    const auto got = hasty.select({view, {1}});
    if (!got) continue;
    const auto best = exhaustive(view, {1});
    CHECK(got->evaluated <= 3);
    CHECK(got->cost >= best.cost);
    CHECK(got->cost * (1 - got->gap) <= best.cost + 1e-12);
    open += got->gap > 0 ? 1 : 0;
  }
  CHECK(open > 10);
}

TEST_CASE("hosts that a rule refuses at sight do not use up the budget") {
  world w;
  w.host(1, 1);
  for (std::uint64_t h = 2; h < 40; ++h) w.host(h, h);  // too small for what is set aside
  w.host(40, 40);
  w.workload(10, 1, flat_paths(5)), w.workload(11, 1, flat_paths(5));
  for (auto& r : w.workload_records) r.requested[resource::memory] = 1;
  for (auto& h : w.host_records)
    if (h.id.value > 1 && h.id.value < 40) h.capacity[resource::memory] = 0;
  w.build();
  const best_fit<> hasty{.options = {.evaluations_max = 2}};
  const auto got = hasty.select({w.view(), {1}});
  REQUIRE(got.has_value());
  CHECK(got->to.host == host_id{40});
}

TEST_CASE("a search that its limits have ended does not say that there is no destination") {
  world w;
  w.host(1, 1), w.host(2, 1), w.host(3, 1);
  w.workload(10, 1, flat_paths(5)), w.workload(11, 1, flat_paths(4));
  w.workload(20, 2, flat_paths(7)), w.workload(30, 3, flat_paths(7));
  w.build();
  const auto why = [&](best_fit_options o) {
    return best_fit<>{.options = o}.select({w.view(), {1}}).error();
  };
  CHECK(why({.evaluations_max = 0}) == why_none::no_destination);
  CHECK(why({.evaluations_max = 1}) == why_none::search_ended);
  CHECK(why({.candidates_max = 1}) == why_none::search_ended);
  const auto offered = best_fit<>{.options = {.evaluations_max = 1}}.offers({w.view(), {1}}, {});
  REQUIRE_FALSE(offered);
  CHECK(offered.error() == why_none::search_ended);
}

TEST_CASE("workloads left out by the cap leave nothing proven") {
  world w;
  w.host(1, 1), w.host(2, 1);
  w.workload(10, 1, flat_paths(5)), w.workload(11, 1, flat_paths(4));
  w.build();
  const best_fit<> narrow{.options = {.candidates_max = 1}};
  const auto got = narrow.select({w.view(), {1}});
  REQUIRE(got.has_value());
  CHECK(got->gap == 1);
}

TEST_CASE("most pairs are never looked at closely") {
  const auto w = random_world(3, 40, 30, 64, 12);
  const auto got = best_fit<>{}.select({w.view(), {1}});
  REQUIRE(got.has_value());
  CHECK(got->gap == 0);
  CHECK(got->evaluated < 200);  // of 1200
}

TEST_CASE("a workload that is pinned or moving is never chosen") {
  auto w = random_world(5, 5, 4, 16, 6);
  const auto first = best_fit<>{}.select({w.view(), {1}});
  REQUIRE(first.has_value());
  SUBCASE("moving") { w.moving = {first->workload}; }
  SUBCASE("pinned") {
    for (auto& r : w.workload_records) r.pinned = r.id == first->workload;
    w.build();
  }
  const auto second = best_fit<>{}.select({w.view(), {1}});
  if (second) CHECK(second->workload != first->workload);
}

TEST_CASE("nothing is chosen without a reason to move, something to move, or somewhere to go") {
  world w;
  w.host(1, 1), w.host(2, 1);
  SUBCASE("an unknown host") {
    w.build();
    CHECK(best_fit<>{}.select({w.view(), {9}}).error() == why_none::unknown_host);
  }
  SUBCASE("no path over the limit") {
    w.workload(10, 1, flat_paths(8));  // at the limit is not over it
    w.build();
    CHECK(best_fit<>{}.select({w.view(), {1}}).error() == why_none::nothing_at_risk);
  }
  SUBCASE("nothing movable") {
    w.workload(10, 1, flat_paths(9));
    w.workload_records[0].pinned = true;
    w.build();
    CHECK(best_fit<>{}.select({w.view(), {1}}).error() == why_none::nothing_movable);
  }
  SUBCASE("the only destination is full") {
    w.workload(10, 1, flat_paths(9)), w.workload(11, 2, flat_paths(7));
    w.build();
    CHECK(best_fit<>{}.select({w.view(), {1}}).error() == why_none::no_destination);
  }
  SUBCASE("the move costs what it avoids") {
    w.workload(10, 1, flat_paths(4)), w.workload(11, 1, flat_paths(4.5));
    w.build();
    const best_fit<> dear{.objective = {.move = 100}};
    CHECK(dear.select({w.view(), {1}}).error() == why_none::not_worth_it);
  }
}

TEST_CASE("alternatives say why they were not chosen, the feasible ones first") {
  world w;
  w.host(1, 1), w.host(2, 1), w.host(3, 2, 1), w.host(4, 2, 7), w.host(5, 2);
  w.workload(10, 1, flat_paths(5)), w.workload(11, 1, flat_paths(4));
  w.hosts[4].busy = true;
  w.build();
  const auto got = best_fit<>{}.select({w.view(), {1}});
  REQUIRE(got.has_value());
  CHECK(got->workload == workload_id{11});
  CHECK(got->to == location{{1}, {2}});
  REQUIRE(got->alternatives.size() == 3);
  CHECK(got->alternatives[0].to.host == host_id{3});
  CHECK(got->alternatives[0].why == rejection::costlier);
  CHECK(got->alternatives[0].cost > got->cost);
  CHECK(got->alternatives[1].to.host == host_id{5});
  CHECK(got->alternatives[1].why == rejection::busy);
  CHECK(got->alternatives[2].to.host == host_id{4});
  CHECK(got->alternatives[2].why == rejection::would_overload);
}
