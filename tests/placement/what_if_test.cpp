#include "fleet.hpp"

#include <foreshift/placement/what_if.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace fleet;

TEST_CASE("at the limit is not over it") {
  CHECK(exceedance_of(flat_paths(8), 8) == exceedance{0, 0});
  CHECK(exceedance_of(flat_paths(8.001), 8) == exceedance{4, 1});
}

TEST_CASE("steps are averaged over the paths, and a path counts once") {
  sample_paths p{2, 3};
  p[0][1] = 9, p[0][2] = 9;
  CHECK(exceedance_of(p, 8) == exceedance{1, 0.5});
}

TEST_CASE("a move leaves the workload at the source while it is copied, and costs both ends") {
  const migration_cost cost{.copy_steps = 1, .overhead_share = 0.5};
  const auto workload = flat_paths(2);
  // Source at 7: 8 while copying, 5 afterwards. Destination at 4: 5 while copying, 6 afterwards.
  CHECK(exceedance_if_moved(flat_paths(7), workload, 7.9, cost, at_source(cost)) == exceedance{1, 1});
  CHECK(exceedance_if_moved(flat_paths(7), workload, 8, cost, at_source(cost)) == exceedance{0, 0});
  CHECK(exceedance_if_moved(flat_paths(4), workload, 5.5, cost, at_destination(cost)) == exceedance{3, 1});
  CHECK(exceedance_if_moved(flat_paths(4), workload, 6, cost, at_destination(cost)) == exceedance{0, 0});
}

TEST_CASE("a copy longer than the horizon never arrives") {
  const migration_cost cost{.copy_steps = 9, .overhead_share = 0};
  CHECK(exceedance_if_moved(flat_paths(1), flat_paths(9), 5, cost, at_destination(cost)) == exceedance{0, 0});
}

TEST_CASE("what-if agrees with building the paths") {
  random_stream random{11};
  for (int round = 0; round < 50; ++round) {
    sample_paths host{7, 5}, workload{7, 5};
    for (auto& x : host.flat()) x = 5 + random.normal();
    for (auto& x : workload.flat()) x = 2 * random.uniform();
    const migration_cost cost{.copy_steps = 2, .overhead_share = 0.1};
    auto built = host;
    for (std::size_t p = 0; p < 7; ++p)
      for (std::size_t s = 0; s < 5; ++s) built[p][s] += (s < 2 ? 0.1 : 1.0) * workload[p][s];
    CHECK(exceedance_if_moved(host, workload, 6, cost, at_destination(cost)) == exceedance_of(built, 6));
  }
}

TEST_CASE("the peak is that of the mean path, not the highest value") {
  sample_paths p{2, 2};
  p[0][0] = 4, p[1][0] = 0, p[0][1] = 1, p[1][1] = 2;
  CHECK(peak_of_mean(p) == 2);
  CHECK(mean_of(p) == 1.75);
}

TEST_CASE("a tail share mixes the normal tail of the same paths into the count") {
  random_stream random{12};
  sample_paths host{7, 5}, workload{7, 5};
  for (auto& x : host.flat()) x = 5 + random.normal();
  for (auto& x : workload.flat()) x = 2 * random.uniform();
  const migration_cost cost{.copy_steps = 2, .overhead_share = 0.1};
  auto built = host;
  for (std::size_t p = 0; p < 7; ++p)
    for (std::size_t s = 0; s < 5; ++s) built[p][s] += (s < 2 ? 0.1 : 1.0) * workload[p][s];
  const auto moved = exceedance_if_moved(host, workload, 9, cost, at_destination(cost), 0.5);
  CHECK(moved == exceedance_of(built, 9, 0.5));
  CHECK(exceedance_of(built, 9) == exceedance{0, 0});  // no path is over, and yet
  CHECK(moved.probability > 0);
}

TEST_CASE("a demand that is not a number is not safe") {
  auto host = flat_paths(1);
  host[0][0] = std::numeric_limits<double>::quiet_NaN();
  CHECK(exceedance_of(host, 8).probability > 0);
  const migration_cost cost{.copy_steps = 1, .overhead_share = 0.5};
  CHECK(exceedance_if_moved(host, flat_paths(1), 8, cost, at_destination(cost)).probability > 0);
}
