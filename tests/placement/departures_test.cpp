#include "fleet.hpp"

#include <foreshift/placement/departures.hpp>

#include <doctest/doctest.h>

using namespace fleet;

namespace {
world hot() {
  world w;
  w.host(1, 1);
  w.workload(10, 1, flat_paths(1)), w.workload(11, 1, flat_paths(3)), w.workload(12, 1, flat_paths(4)),
      w.workload(13, 1, flat_paths(3));
  w.build();
  return w;  // 11 in all, the limit is 8
}
std::vector<std::uint64_t> ids(const departure_list& list) {
  std::vector<std::uint64_t> out;
  for (const auto& d : list.candidates) out.push_back(d.record->id.value);
  return out;
}
}  // namespace

TEST_CASE("the least moved that relieves the most comes first, ties by id") {
  const auto w = hot();
  CHECK(ids(candidates(w.view(), w.hosts[0], 9)) == std::vector<std::uint64_t>{11, 13, 12, 10});
}

TEST_CASE("the cap keeps the most relieving and counts the rest") {
  const auto w = hot();
  const auto list = candidates(w.view(), w.hosts[0], 2);
  CHECK(ids(list) == std::vector<std::uint64_t>{11, 13});
  CHECK(list.dropped == 2);
}

TEST_CASE("pinned, moving and unforecast workloads stay") {
  auto w = hot();
  w.workload_records[1].pinned = true;
  w.moving = {{13}};
  w.workloads.erase(w.workloads.begin());
  w.build();
  CHECK(ids(candidates(w.view(), w.hosts[0], 9)) == std::vector<std::uint64_t>{12});
}
