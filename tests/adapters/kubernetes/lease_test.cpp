#include <adapters/kubernetes/full_objects.hpp>
#include <foreshift/adapters/kubernetes/lease.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace foreshift;
using kubernetes::json, kubernetes::read_lease;
using namespace std::chrono_literals;

TEST_CASE("who has not renewed within the lease's duration is taken for gone") {
  auto object = json::parse(R"({"metadata":{"name":"n1","namespace":"kube-node-lease","resourceVersion":"5"},
      "spec":{"holderIdentity":"n1","leaseDurationSeconds":40,"renewTime":"2026-11-27T10:00:00.500000Z"}})");
  const auto l = read_lease(object);
  REQUIRE(l.has_value());
  const auto ten = parse_time("2026-11-27T10:00").value();
  CHECK(l->holder == "n1");
  CHECK(l->alive(ten + 40s));
  CHECK(!l->alive(ten + 40001ms));
  every_wrong_type_is_named(object, read_lease);
  object["spec"].erase("renewTime");
  CHECK(!read_lease(object)->alive(ten));
  object["spec"]["renewTime"] = "soon";
  CHECK(read_lease(object).error() == "spec.renewTime: a time, not \"soon\", is wanted");
}

TEST_CASE("a full lease is read") {
  const auto full = full_object("coordination.k8s.io.v1.Lease");
  if (!full) return;
  const auto l = read_lease(*full);
  REQUIRE(l.has_value());
  CHECK(l->renewed == parse_time("2004-01-01T01:01:01").value());
  CHECK(l->valid == 2s);
}
