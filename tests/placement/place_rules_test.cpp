#include "pair.hpp"

#include <foreshift/placement/place_rules.hpp>

#include <doctest/doctest.h>

using namespace fleet;

TEST_CASE("a pinned workload stays") {
  pair p;
  CHECK_FALSE(p.ask(not_pinned{}));
  p.workload(10).pinned = true;
  CHECK(p.ask(not_pinned{}) == rejection::pinned);
}

TEST_CASE("a workload goes to no host that is less secure than it asks for") {
  pair p;
  CHECK_FALSE(p.ask(cleared{}));
  p.workload(10).clearance = 2;
  p.host(2).clearance = 1;
  CHECK(p.ask(cleared{}) == rejection::not_cleared);
  p.host(2).clearance = 2;
  CHECK_FALSE(p.ask(cleared{}));
  p.host(2).clearance = 3;
  CHECK_FALSE(p.ask(cleared{}));
}

TEST_CASE("a host offers every licence that the workload needs, and may offer more") {
  pair p;
  tag_names names;
  const auto oracle = *names.tag("oracle"), sap = *names.tag("sap");
  p.host(2).licences = oracle;
  CHECK_FALSE(p.ask(licensed{}));
  p.workload(10).licences = oracle;
  CHECK_FALSE(p.ask(licensed{}));
  p.workload(10).licences = oracle | sap;
  CHECK(p.ask(licensed{}) == rejection::unlicensed);
}

TEST_CASE("a workload tolerates every taint of the host, and may tolerate more") {
  pair p;
  tag_names names;
  const auto spot = *names.tag("spot"), gpu = *names.tag("gpu");
  p.workload(10).tolerates = spot;
  CHECK_FALSE(p.ask(taints_tolerated{}));
  p.host(2).taints = spot;
  CHECK_FALSE(p.ask(taints_tolerated{}));
  p.host(2).taints = spot | gpu;
  CHECK(p.ask(taints_tolerated{}) == rejection::tainted);
}
