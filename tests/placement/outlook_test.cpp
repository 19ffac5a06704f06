#include "fleet.hpp"

#include <foreshift/placement/outlook.hpp>

#include <doctest/doctest.h>

using namespace fleet;

TEST_CASE("agreed moves that are not yet observed take room") {
  const auto paths = flat_paths(6);
  const auto quiet = outlook_of({1}, {1}, 8, paths);
  const auto expecting = outlook_of({1}, {1}, 8, paths, 3);
  CHECK(quiet.peak == 6);
  CHECK(expecting.peak == 9);
  CHECK(as_it_is(quiet).probability == 0);
  CHECK(as_it_is(expecting).probability == 1);
}

TEST_CASE("a workload that leaves and one that comes change the same paths in opposite ways") {
  const auto host_paths = flat_paths(6), workload_paths = flat_paths(3);
  const auto host = outlook_of({1}, {1}, 5, host_paths);
  const workload_outlook workload{.workload = {7}, .paths = &workload_paths, .demand = 3};
  CHECK(if_left(host, workload, {}).steps == 1);  // the step in which it is copied
  CHECK(if_came(host, workload, {}).steps == 4);
}

TEST_CASE("hosts and workloads are found by id, and strangers are not") {
  world w;
  w.host(1, 1), w.host(4, 1);
  w.workload(10, 1, flat_paths(1)), w.workload(12, 1, flat_paths(1));
  w.moving = {{12}};
  w.build();
  const auto view = w.view();
  CHECK(view.find(host_id{4})->host == host_id{4});
  CHECK(view.find(host_id{3}) == nullptr);
  CHECK(view.find(workload_id{10})->workload == workload_id{10});
  CHECK(view.find(workload_id{11}) == nullptr);
  CHECK(view.is_moving({12}));
  CHECK_FALSE(view.is_moving({10}));
  CHECK(view.minutes(3) == doctest::Approx(15));
}
