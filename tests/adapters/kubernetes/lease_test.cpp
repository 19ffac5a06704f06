#include <adapters/kubernetes/full_objects.hpp>
#include <foreshift/adapters/kubernetes/lease.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace foreshift;
using kubernetes::json, kubernetes::read_lease;
using namespace std::chrono_literals;

TEST_CASE("a lease says who has it, since when, and for how long") {
  auto object = json::parse(R"({"metadata":{"name":"n1","namespace":"kube-node-lease","resourceVersion":"5"},
      "spec":{"holderIdentity":"n1","leaseDurationSeconds":40,"renewTime":"2026-11-27T10:00:00.500000Z"}})");
  const auto l = read_lease(object);
  REQUIRE(l.has_value());
  const auto ten = parse_time("2026-11-27T10:00").value();
  CHECK(l->holder == "n1");
  CHECK(l->renewed == ten);
  CHECK(l->valid == 40s);
  every_wrong_type_is_named(object, read_lease);
  object["spec"].erase("renewTime");
  CHECK(!read_lease(object)->renewed);
  object["spec"]["renewTime"] = "soon";
  CHECK(read_lease(object).error() == "spec.renewTime: a time, not \"soon\", is wanted");
}

TEST_CASE("who is not seen to renew for a lease's duration is taken for gone, whatever its own clock says") {
  kubernetes::lease l{.holder = "a", .valid = 40s, .renewal = "2026-11-27T10:00:00.500000Z"};
  const time_point seen{1h};
  kubernetes::lease_sight sight;
  CHECK(!sight.alive(seen));
  sight.see(l, seen);
  CHECK(sight.alive(seen + 40s - 1ns));
  CHECK(!sight.alive(seen + 40s));
  l.meta.version = "6";  // as when somebody writes a label
  sight.see(l, seen + 39s);
  CHECK(!sight.alive(seen + 40s));
  l.renewal = "1999-11-27T10:00:00.000001Z";
  sight.see(l, seen + 50s);
  CHECK(sight.ends() == seen + 90s);
  l.holder.clear();
  sight.see(l, seen + 60s);
  CHECK(!sight.alive(seen + 60s));
}

TEST_CASE("a full lease is read") {
  const auto full = full_object("coordination.k8s.io.v1.Lease");
  if (!full) return;
  const auto l = read_lease(*full);
  REQUIRE(l.has_value());
  CHECK(l->renewed == parse_time("2004-01-01T01:01:01").value());
  CHECK(l->valid == 2s);
}
