#include <foreshift/adapters/kubernetes/movable.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::kubernetes;

namespace {

workload good() {
  workload w;
  w.meta.space = "shop";
  w.replicas = 2, w.surge = 1;
  w.probed = true;
  return w;
}

}  // namespace

TEST_CASE("without a readiness probe nothing moves, for a process that exists does not yet serve") {
  auto w = good();
  CHECK(why_not_within(w, {}) == "");
  CHECK(why_not_between(w) == "");
  w.probed = false;
  CHECK(why_not_within(w, {}).starts_with("none of its containers has a readinessProbe"));
  CHECK(why_not_between(w).starts_with("none of its containers has a readinessProbe"));
}

TEST_CASE("what a node holds does not move, neither to another node nor to another cluster") {
  auto w = good();
  w.volumes.host_path = "/srv/data";
  CHECK(why_not_within(w, {}).starts_with("it writes to its node's folder \"/srv/data\""));
  CHECK(why_not_between(w).starts_with("it writes to its node's folder"));
  w = good(), w.volumes.disk = "cinder \"v\"";
  CHECK(why_not_within(w, {}).starts_with("it writes to the disk cinder"));
  CHECK(why_not_between(w).starts_with("it writes to the disk cinder"));
}

TEST_CASE("a claim never leaves its cluster, and may be held by the node where it is") {
  auto w = good();
  w.volumes.claims = {{"data", true}};
  CHECK(why_not_between(w).starts_with("its claim \"data\" stays in its cluster"));
  CHECK(why_not_within(w, {}).starts_with("its claim \"data\" may be mounted by one node at a time"));
  w = good(), w.has_claims = true;
  CHECK(why_not_between(w) == "its copies have volumes of their own, which stay in their cluster");
}

TEST_CASE("what would leave a gap is told first, and of no copies there is nothing to tell") {
  auto w = good();
  w.rolling = false, w.probed = false;
  CHECK(why_not_within(w, {}).starts_with("its strategy is Recreate"));
  w.replicas = 0;
  CHECK(why_not_within(w, {}) == "");
}
