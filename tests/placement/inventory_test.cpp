#include <foreshift/placement/inventory.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <vector>

using namespace foreshift;
using namespace foreshift::placement;

namespace {
std::vector<host_record> hosts() {
  return {{.id = {2}, .site = {1}, .name = "b", .capacity = {{8, 64, 10, 10}}},
          {.id = {1}, .site = {1}, .name = "a", .capacity = {{4, 32, 10, 10}}, .limit_share = 0.5}};
}
std::vector<workload_record> workloads() {
  return {{.id = {20}, .name = "y", .requested = {{1, 2, 3, 4}}, .host = {1}},
          {.id = {10}, .name = "x", .requested = {{1, 1, 1, 1}}, .host = {1}},
          {.id = {30}, .name = "z", .requested = {{2, 2, 2, 2}}, .host = {2}, .apart = {5}}};
}
std::string why_not(std::vector<host_record> h, std::vector<workload_record> w) {
  const auto made = inventory::make(std::move(h), std::move(w));
  return made ? "" : to_string(made.error());
}
}  // namespace

TEST_CASE("hosts and workloads are sorted and found by id") {
  const auto known = inventory::make(hosts(), workloads()).value();
  CHECK(known.hosts()[0].name == "a");
  CHECK(known.workloads()[0].name == "x");
  CHECK(known.find(host_id{2})->name == "b");
  CHECK(known.find(workload_id{30})->name == "z");
  CHECK(known.find(host_id{3}) == nullptr);
  CHECK(known.find(workload_id{31}) == nullptr);
  CHECK(known.limit({1}, resource::cpu) == 2);
  CHECK(known.limit({2}, resource::memory) == doctest::Approx(51.2));
}

TEST_CASE("what is not set aside is free") {
  const auto known = inventory::make(hosts(), workloads()).value();
  CHECK(known.requested_on({1}) == resources{{2, 3, 4, 5}});
  CHECK(known.free_on({1}) == resources{{2, 29, 6, 5}});
}

TEST_CASE("a move changes both hosts and nothing else") {
  auto known = inventory::make(hosts(), workloads()).value();
  known.move({20}, {2});
  CHECK(known.find(workload_id{20})->host == host_id{2});
  CHECK(std::vector(known.workloads_on({1}).begin(), known.workloads_on({1}).end()) ==
        std::vector<workload_id>{{10}});
  CHECK(std::vector(known.workloads_on({2}).begin(), known.workloads_on({2}).end()) ==
        std::vector<workload_id>{{20}, {30}});
  CHECK(known.workloads_on({9}).empty());
  known.move({20}, {2});
  CHECK(known.workloads_on({2}).size() == 2);
  known.resize({20}, {{5, 5, 5, 5}});
  CHECK(known.requested_on({2}) == resources{{7, 7, 7, 7}});
}

TEST_CASE("members of a group are found, group zero has none") {
  auto all = workloads();
  all[0].apart = {5};
  const auto known = inventory::make(hosts(), all).value();
  CHECK(known.members_of({5}) == std::vector<workload_id>{{20}, {30}});
  CHECK(known.members_of({6}).empty());
  CHECK(known.members_of({}).empty());
}

TEST_CASE("what cannot be is refused with its name and the reason") {
  CHECK(why_not(hosts(), workloads()) == "");
  CHECK(why_not({}, {}) == "");
  auto h = hosts();
  auto w = workloads();
  SUBCASE("a repeated host") {
    h[0].id = {1};
    CHECK(why_not(h, w) == "inventory: host 1 \"b\": its id is given twice");
  }
  SUBCASE("a repeated workload") {
    w[2].id = {10};
    CHECK(why_not(h, w) == "inventory: workload 10 \"x\": its id is given twice");
  }
  SUBCASE("an unknown host") {
    w[1].host = {7};
    CHECK(why_not(h, w) == "inventory: workload 10 \"x\": it runs on host 7, which is not in the inventory");
  }
  SUBCASE("a capacity that is none") {
    for (const double x :
         {-1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
      h[0].capacity[resource::io] = x;
      CHECK(why_not(h, w) ==
            "inventory: host 2 \"b\": every capacity has to be a finite number and at least 0");
    }
  }
  SUBCASE("a request that is none") {
    w[0].requested[resource::cpu] = -0.1;
    CHECK(why_not(h, w) ==
          "inventory: workload 20 \"y\": every request has to be a finite number and at least 0");
  }
  SUBCASE("a limit that is no share") {
    for (const double x : {0.0, 1.1, std::numeric_limits<double>::quiet_NaN()}) {
      h[1].limit_share = x;
      CHECK(why_not(h, w) ==
            "inventory: host 1 \"a\": its limit has to be a share of its capacity above 0 and at most 1");
    }
  }
  SUBCASE("a workload that nobody needs") {
    w[0].criticality = 0;
    CHECK(why_not(h, w) == "inventory: workload 20 \"y\": its criticality has to be at least 1");
  }
  SUBCASE("a negative distance") {
    w[0].latency_ms_max = -1;
    CHECK(why_not(h, w) == "inventory: workload 20 \"y\": its latency bound is negative");
  }
}
