#include "pair.hpp"

#include <foreshift/placement/group_rules.hpp>

#include <doctest/doctest.h>

using namespace fleet;

TEST_CASE("a workload stays as near to its group as it asks for") {
  pair p;
  p.workload(10).together = p.workload(12).together = {1};  // the other is on host 3, in the same site
  CHECK_FALSE(p.ask(stays_together{}));
  p.workload(10).together_within = nearness::domain;
  CHECK_FALSE(p.ask(stays_together{}));
  CHECK(p.ask(stays_together{}, false) == rejection::away_from_group);  // no domain is known
  p.workload(10).together_within = nearness::host;
  CHECK(p.ask(stays_together{}) == rejection::away_from_group);
  p.workload(10).together_within = nearness::neighbourhood;
  CHECK_FALSE(p.ask(stays_together{}));  // hosts not told apart are neighbours
  p.host(2).neighbourhood = {4};
  CHECK(p.ask(stays_together{}) == rejection::away_from_group);
  p.host(3).neighbourhood = {4};
  CHECK_FALSE(p.ask(stays_together{}));
  SUBCASE("every other member counts") {
    p.workload(11).together = {1};
    CHECK(p.ask(stays_together{}) == rejection::away_from_group);
  }
  SUBCASE("one on its way counts where it will be") {
    p.workload(10).together_within = nearness::host;
    p.in_flight = {{{12}, {2}}};
    CHECK_FALSE(p.ask(stays_together{}));
  }
}

TEST_CASE("a service is not gathered in fewer failure domains than it needs") {
  pair p;
  p.services = {{.id = {1}, .domains_min = 2}};
  p.workload(10).service = p.workload(12).service = {1};
  CHECK(p.ask(stays_spread{}) == rejection::spread_lost);  // both would be in domain 200
  CHECK_FALSE(p.ask(stays_spread{}, false));               // two hosts, and no domain is known
  p.services[0].domains_min = 1;
  CHECK_FALSE(p.ask(stays_spread{}));
  p.services[0].domains_min = 2;
  SUBCASE("another keeps the source's domain") {
    p.workload(11).service = {1};
    CHECK_FALSE(p.ask(stays_spread{}));
  }
  SUBCASE("what is gathered already may be spread, or stay as it is") {
    p.host(1).domain = p.host(3).domain = {5};
    CHECK_FALSE(p.ask(stays_spread{}, false));
    p.host(2).domain = {5};
    CHECK_FALSE(p.ask(stays_spread{}, false));
  }
  SUBCASE("one on its way counts where it will be") {
    p.in_flight = {{{12}, {1}}};
    CHECK_FALSE(p.ask(stays_spread{}));
  }
}

TEST_CASE("a service goes where everything is that it depends on") {
  pair p;
  p.services = {{.id = {1}, .depends_on = {{2}}}, {.id = {2}}};
  p.workload(10).service = {1};
  p.workload(11).service = {2};
  CHECK_FALSE(p.ask(keeps_dependencies{}));  // one neighbourhood
  p.host(2).neighbourhood = {7};
  CHECK(p.ask(keeps_dependencies{}) == rejection::dependency_lost);
  p.workload(12).service = {2};
  CHECK(p.ask(keeps_dependencies{}) == rejection::dependency_lost);
  p.host(3).neighbourhood = {7};
  CHECK_FALSE(p.ask(keeps_dependencies{}));
}

TEST_CASE("the last of a service does not leave those that depend on it") {
  pair p;
  p.services = {{.id = {1}, .depends_on = {{2}}}, {.id = {2}}};
  p.workload(10).service = {2};
  p.workload(11).service = {1};
  CHECK_FALSE(p.ask(keeps_dependencies{}));
  p.host(2).neighbourhood = {7};
  CHECK(p.ask(keeps_dependencies{}) == rejection::dependency_lost);
  SUBCASE("another one stays") {
    p.workload(12).service = {2};
    CHECK_FALSE(p.ask(keeps_dependencies{}));
  }
  SUBCASE("nobody there depends on it") {
    p.host(1).neighbourhood = {8};
    p.workload(11).host = {3};
    CHECK_FALSE(p.ask(keeps_dependencies{}));
  }
}
