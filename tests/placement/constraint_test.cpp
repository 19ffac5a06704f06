#include "pair.hpp"

#include <foreshift/placement/constraint.hpp>

#include <doctest/doctest.h>

using namespace fleet;

namespace {

struct says_bool {
  bool admits(const candidate&, const site_view&) const;
};
static_assert(!Constraint<says_bool>);
static_assert(!Constraint<int>);

}  // namespace

TEST_CASE("a destination with a migration in flight is busy") {
  pair p;
  CHECK_FALSE(p.ask(not_busy{}));
  p.w.hosts[1].busy = true;
  CHECK(p.ask(not_busy{}) == rejection::busy);
}

TEST_CASE("the resources that are not at risk have to fit into what is not set aside") {
  pair p;
  CHECK_FALSE(p.ask(other_resources_fit{}));
  p.w.workload_records[0].requested[resource::memory] = 100;
  CHECK_FALSE(p.ask(other_resources_fit{}));
  p.w.workload_records[0].requested[resource::memory] = 100.5;
  CHECK(p.ask(other_resources_fit{}) == rejection::no_room);
  SUBCASE("the one at risk is judged by its paths") {
    p.w.workload_records[0].requested = {{1000, 1, 1, 1}};
    CHECK_FALSE(p.ask(other_resources_fit{}));
  }
}

TEST_CASE("a workload goes no further than the tighter of its own bound and the rule's") {
  pair p;
  CHECK_FALSE(p.ask(latency_bound{}));
  CHECK_FALSE(p.ask(latency_bound{12}));
  CHECK(p.ask(latency_bound{11}) == rejection::too_far);
  p.w.workload_records[0].latency_ms_max = 5;
  CHECK(p.ask(latency_bound{}) == rejection::too_far);
  CHECK(p.ask(latency_bound{}, false) == rejection::too_far);  // nobody knows how far it is
}

TEST_CASE("workloads of one apart group do not share a failure domain") {
  pair p;
  CHECK_FALSE(p.ask(apart_domains{}));
  p.w.workload_records[0].apart =
      p.w.workload_records[2].apart = {1};  // the other is on host 3, in domain 200 as well
  CHECK(p.ask(apart_domains{}) == rejection::same_failure_domain);
  CHECK_FALSE(p.ask(apart_domains{}, false));  // without domains, another host is enough
  p.w.workload_records[2].host = {2};
  CHECK(p.ask(apart_domains{}, false) == rejection::same_failure_domain);
}

TEST_CASE("a workload on its way is apart from both ends") {
  pair p;
  p.workload(10).apart = p.workload(12).apart = {1};
  CHECK_FALSE(p.ask(apart_domains{}, false));
  p.in_flight = {{{12}, {2}}};
  CHECK(p.ask(apart_domains{}, false) == rejection::same_failure_domain);
  p.workload(12).host = {2};
  p.in_flight = {{{12}, {3}}};
  CHECK(p.ask(apart_domains{}, false) == rejection::same_failure_domain);
}

TEST_CASE("the inventory's domains count as those of the distances do") {
  pair p;
  p.workload(10).apart = p.workload(12).apart = {1};
  p.host(2).domain = p.host(3).domain = {5};
  CHECK(p.ask(apart_domains{}, false) == rejection::same_failure_domain);
}

TEST_CASE("moves in flight take room at their destination before they arrive") {
  pair p;
  p.workload(10).requested[resource::memory] = 60;
  p.workload(12).requested[resource::memory] = 50;
  CHECK_FALSE(p.ask(other_resources_fit{}));
  p.in_flight = {{{12}, {2}}};
  CHECK(p.ask(other_resources_fit{}) == rejection::no_room);
}

TEST_CASE("a destination must not become the next problem") {
  pair p;
  CHECK_FALSE(p.ask(bounded_risk{}));
  p.w.hosts[1].pending = 1.5;
  CHECK(p.ask(bounded_risk{}) == rejection::would_overload);
  CHECK_FALSE(p.ask(bounded_risk{1}));
}

TEST_CASE("the first rule that refuses gives the reason") {
  pair p;
  p.w.build();
  p.w.hosts[1].busy = true, p.w.hosts[1].pending = 5;
  const auto view = p.w.view();
  const auto before = as_it_is(p.w.hosts[0]);
  const departure leaving{p.w.known.find(workload_id{10}), view.find(workload_id{10}), {}};
  const arrival to{p.w.hosts[1], p.w.known};
  const candidate c{leaving, p.w.hosts[0], before, to, view.moves};
  CHECK(first_refusal(std::tuple{not_busy{}, bounded_risk{}}, c, view) == rejection::busy);
  CHECK(first_refusal(std::tuple{bounded_risk{}, not_busy{}}, c, view) == rejection::would_overload);
  CHECK_FALSE(first_refusal(std::tuple{}, c, view));
}
