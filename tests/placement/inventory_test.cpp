#include <foreshift/placement/inventory.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <span>
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
std::vector<workload_id> list(std::span<const workload_id> ids) { return {ids.begin(), ids.end()}; }
std::string why_not(std::vector<host_record> h, std::vector<workload_record> w,
                    std::vector<service_record> s = {}) {
  const auto made = inventory::make(std::move(h), std::move(w), std::move(s));
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
  CHECK(list(known.workloads_on({1})) == std::vector<workload_id>{{10}});
  CHECK(list(known.workloads_on({2})) == std::vector<workload_id>{{20}, {30}});
  CHECK(known.workloads_on({9}).empty());
  known.move({20}, {2});
  CHECK(known.workloads_on({2}).size() == 2);
  known.resize({20}, {{5, 5, 5, 5}});
  CHECK(known.requested_on({2}) == resources{{7, 7, 7, 7}});
}

TEST_CASE("members of a group are found, group zero has none") {
  auto all = workloads();
  all[0].apart = {5};
  all[0].service = all[1].service = {3};
  all[1].together = {9};
  const auto known = inventory::make(hosts(), all).value();
  CHECK(list(known.workloads_of({3})) == std::vector<workload_id>{{10}, {20}});
  CHECK(known.workloads_of({}).empty());
  CHECK(list(known.companions_of({9})) == std::vector<workload_id>{{10}});
  CHECK(list(known.members_of({5})) == std::vector<workload_id>{{20}, {30}});
  CHECK(known.members_of({6}).empty());
  CHECK(known.members_of({}).empty());
}

TEST_CASE("a move in flight holds what is requested at both ends until it is settled or abandoned") {
  auto known = inventory::make(hosts(), workloads()).value();
  const auto at_source = known.requested_on({1}), at_destination = known.requested_on({2});
  const auto requested = known.find(workload_id{20})->requested;
  known.begin_move({20}, {2});
  CHECK(known.is_moving({20}));
  CHECK_FALSE(known.is_moving({10}));
  CHECK(known.bound_for({20}) == host_id{2});
  CHECK(known.bound_for({10}) == host_id{1});
  CHECK(known.find(workload_id{20})->host == host_id{1});
  CHECK(known.requested_on({1}) == at_source);
  CHECK(known.requested_on({2}) == at_destination + requested);
  CHECK(known.free_on({2}) == known.find(host_id{2})->capacity - known.requested_on({2}));
  SUBCASE("settled") {
    known.move({20}, {2});
    CHECK(known.in_flight().empty());
    CHECK(known.requested_on({1}) == at_source - requested);
    CHECK(known.requested_on({2}) == at_destination + requested);
  }
  SUBCASE("abandoned") {
    known.abandon_move({20});
    CHECK(known.in_flight().empty());
    CHECK(known.requested_on({1}) == at_source);
    CHECK(known.requested_on({2}) == at_destination);
  }
  SUBCASE("all at once") {
    known.begin_move({10}, {2});
    CHECK(std::vector(known.in_flight().begin(), known.in_flight().end()) ==
          std::vector<move_in_flight>{{{10}, {2}}, {{20}, {2}}});
    known.abandon_moves();
    CHECK(known.requested_on({2}) == at_destination);
  }
}

TEST_CASE("a host has a safety capacity of its own or that of its limit") {
  auto h = hosts();
  h[0].safety = resources{{6, 60, 9, 9}};
  const auto known = inventory::make(h, {}).value();
  CHECK(known.safety({2}, resource::memory) == 60);
  CHECK(known.safety({1}, resource::cpu) == known.limit({1}, resource::cpu));
}

TEST_CASE("hosts share a domain that is known, and otherwise nothing but themselves") {
  auto h = hosts();
  h.push_back({.id = {3}, .domain = {7}});
  h[0].domain = {7};
  const auto known = inventory::make(h, {}).value();
  CHECK(known.same_domain({2}, {3}));
  CHECK_FALSE(known.same_domain({1}, {2}));
  CHECK(known.same_domain({1}, {1}));
}

TEST_CASE("services know who depends on them") {
  const auto known =
      inventory::make(hosts(), workloads(),
                      {{.id = {2}, .depends_on = {{1}, {3}}}, {.id = {1}}, {.id = {3}, .depends_on = {{1}}}})
          .value();
  const auto of_1 = known.dependants_of({1});
  CHECK(std::vector(of_1.begin(), of_1.end()) == std::vector<service_id>{{2}, {3}});
  CHECK(known.dependants_of({2}).empty());
  CHECK(known.find(service_id{3})->depends_on.size() == 1);
  CHECK(known.find(service_id{4}) == nullptr);
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
  SUBCASE("an unknown service") {
    w[0].service = {4};
    CHECK(why_not(h, w) == "");  // nobody said which there are
    CHECK(why_not(h, w, {{.id = {5}}}) ==
          "inventory: workload 20 \"y\": it is of service 4, which is not in the inventory");
  }
  SUBCASE("a service that depends on what is not there, or on itself") {
    CHECK(why_not(h, w, {{.id = {5}, .name = "s", .depends_on = {{6}}}}) ==
          "inventory: service 5 \"s\": it depends on service 6, which is not in the inventory");
    CHECK(why_not(h, w, {{.id = {5}, .depends_on = {{5}}}}) ==
          "inventory: service 5: it depends on service 5, which is itself");
  }
  SUBCASE("a negative distance") {
    w[0].latency_ms_max = -1;
    CHECK(why_not(h, w) == "inventory: workload 20 \"y\": its latency bound is negative");
  }
}
