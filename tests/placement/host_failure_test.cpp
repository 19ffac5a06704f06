#include "fleet.hpp"

#include <foreshift/placement/host_failure.hpp>

#include <doctest/doctest.h>

using namespace fleet;

namespace {
/// Host 1 carries demands of 3, 4 and 2; of limit 8, hosts 2 and 3 have 3 and 4 left.
world three_hosts() {
  world w;
  w.host(1, 1), w.host(2, 1, 5), w.host(3, 1, 4);
  w.workload(10, 1, flat_paths(3)), w.workload(11, 1, flat_paths(4)), w.workload(12, 1, flat_paths(2));
  w.build();
  return w;
}
}  // namespace

TEST_CASE("the workloads of a failed host find places one after the other, the larger first") {
  const auto w = three_hosts();
  const auto answer = if_host_fails(w.view(), {1});
  REQUIRE(answer.workloads.size() == 3);
  CHECK(answer.workloads[0].workload == workload_id{11});
  CHECK(answer.workloads[0].to == host_id{3});
  CHECK(answer.workloads[1].workload == workload_id{10});
  CHECK(answer.workloads[1].to == host_id{2});
  CHECK_FALSE(answer.workloads[2].to);
  CHECK(answer.stranded() == 1);
  CHECK(answer.overload_before == 0);
  CHECK(answer.overload_after == 0);
  CHECK(to_string(answer, w.known) ==
        "If host 1 \"h1\" fails, 2 of 3 workloads have somewhere to go. Overload expected on the other "
        "hosts: 0.0 "
        "min, was 0.0 min.\n"
        "  workload 11: to host 3 \"h3\"\n"
        "  workload 10: to host 2 \"h2\"\n"
        "  workload 12: nowhere (2 would overload)\n");
}

TEST_CASE("where there is not room for all, priority goes before size") {
  auto w = three_hosts();
  w.workload_records[2].priority = 1;
  w.workload_records[0].criticality = 2;
  w.build();
  const auto answer = if_host_fails(w.view(), {1});
  CHECK(answer.workloads[0].workload == workload_id{12});
  CHECK(answer.workloads[1].workload == workload_id{10});
  CHECK(answer.workloads[2].workload == workload_id{11});
  CHECK_FALSE(answer.workloads[2].to);
}

TEST_CASE("a pin does not hold on a host that is gone, and what has no forecast is named") {
  auto w = three_hosts();
  for (auto& r : w.workload_records) r.pinned = true;
  w.workloads.pop_back();
  w.build();
  const auto answer = if_host_fails(w.view(), {1});
  CHECK(answer.stranded() == 0);
  CHECK(answer.unknown == std::vector<workload_id>{{12}});
  CHECK(to_string(answer, w.known).ends_with("  workload 12: has no forecast\n"));
}

TEST_CASE("overload that the others would take on is expected and told") {
  const auto w = three_hosts();
  const auto answer = if_host_fails(w.view(), {1}, overload_minutes{}, std::tuple{});  // no rules at all
  CHECK(answer.stranded() == 0);
  CHECK(answer.overload_after == 20);  // 2 more on either host is too much for all of the horizon
}
