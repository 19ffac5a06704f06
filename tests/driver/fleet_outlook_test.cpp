#include "fleet.hpp"

#include <doctest/doctest.h>

using namespace driver_test;

TEST_CASE("a host's paths are the sum of its workloads', another site's host has its own series") {
  auto fleet = make_outlook({1});
  for (std::uint64_t w = 0; w < 3; ++w)
    fleet.book().learn(workload_id{w}, ramp(1.0 + static_cast<double>(w), 0));
  fleet.book().learn(host_id{2}, ramp(4, 0));
  fleet.book().learn(workload_id{6}, ramp(9, 0));  // there: a workload of another site counts for nothing
  fleet.refresh({});
  CHECK(fleet.is_mine({0}));
  CHECK_FALSE(fleet.is_mine({2}));
  CHECK_FALSE(fleet.is_mine({99}));
  REQUIRE(fleet.paths({0}) != nullptr);
  for (const double y : fleet.paths({0})->flat()) CHECK(y == doctest::Approx(6));
  for (const double y : fleet.paths({2})->flat()) CHECK(y == doctest::Approx(4));
  CHECK(fleet.paths({1}) == nullptr);
  CHECK(fleet.outlook({3}) == nullptr);
  CHECK(fleet.view().workloads.size() == 3);
}

TEST_CASE("an own host on which nothing runs has all its room, and takes what comes") {
  auto fleet = make_outlook({1});
  for (std::uint64_t w = 0; w < 6; ++w) fleet.book().learn(workload_id{w}, ramp(2, 0));
  for (std::uint64_t w = 3; w < 6; ++w) fleet.settle({w}, {0});
  fleet.refresh({});
  REQUIRE(fleet.outlook({1}) != nullptr);
  CHECK(fleet.outlook({1})->peak == 0);
  CHECK(fleet.risk_of({1}, noon).probability == 0);
  CHECK(fleet.paths({0})->flat().front() == doctest::Approx(12));
  fleet.suppose({workload_id{3}, host_id{0}, host_id{1}, 0});
  CHECK(fleet.paths({1})->flat().front() == doctest::Approx(2));
  CHECK(fleet.paths({0})->flat().front() == doctest::Approx(10));
}

TEST_CASE("a supposed move takes the paths along until the next refresh") {
  auto fleet = make_outlook({1});
  for (std::uint64_t w = 0; w < 3; ++w) fleet.book().learn(workload_id{w}, ramp(2, 0));
  fleet.book().learn(host_id{2}, ramp(4, 0));
  fleet.refresh({});
  fleet.suppose({workload_id{0}, host_id{0}, host_id{2}, 0});
  CHECK(fleet.paths({0})->flat().front() == doctest::Approx(4));
  CHECK(fleet.paths({2})->flat().front() == doctest::Approx(6));
  CHECK(fleet.outlook({2})->peak == doctest::Approx(6));
  CHECK(fleet.view().is_moving({0}));
  CHECK(fleet.known().bound_for({0}) == host_id{2});  // what it requests is held there too
  fleet.refresh({});
  CHECK_FALSE(fleet.known().is_moving({0}));
  CHECK(fleet.paths({0})->flat().front() == doctest::Approx(6));
  CHECK_FALSE(fleet.view().is_moving({0}));
}

TEST_CASE("a move of a workload without a series is pending demand") {
  auto fleet = make_outlook({1});
  for (const std::uint64_t h : {2U, 4U}) fleet.book().learn(host_id{h}, ramp(4, 0));
  const driver::relocation r[] = {{workload_id{6}, host_id{2}, host_id{4}, 3}};
  fleet.refresh(r);
  CHECK(fleet.outlook({2})->pending == -3);
  CHECK(fleet.outlook({4})->pending == 3);
  CHECK(fleet.risk_of({4}, noon).probability == 0);
  const driver::relocation more[] = {{workload_id{6}, host_id{2}, host_id{4}, 4.5}};
  fleet.refresh(more);
  CHECK(fleet.risk_of({4}, noon).probability == 1);
}

TEST_CASE("a settled move counts where the workload is now") {
  auto fleet = make_outlook({1});
  for (std::uint64_t w = 0; w < 6; ++w) fleet.book().learn(workload_id{w}, ramp(1, 0));
  fleet.settle({0}, {1});
  fleet.refresh({});
  CHECK(fleet.paths({0})->flat().front() == doctest::Approx(2));
  CHECK(fleet.paths({1})->flat().front() == doctest::Approx(4));
}

TEST_CASE("an own host's odds are learned once a step of it has ended, and the paths' before and in a move") {
  auto fleet = make_outlook({1});
  for (std::uint64_t w = 0; w < 6; ++w) fleet.book().learn(workload_id{w}, ramp(w < 3 ? 3 : 1, 0));
  fleet.book().learn(host_id{2}, ramp(4, 0));
  fleet.refresh({});
  CHECK(fleet.odds_of({0}).slow == fleet.risk_of({0}, noon).probability);
  CHECK(fleet.odds_of({0}).fast == 1);
  fleet.observe({0}, 9), fleet.observe({1}, 3);
  const auto over = fleet.odds_of({0}), calm = fleet.odds_of({1});
  CHECK(over.slow != fleet.risk_of({0}, noon).probability);
  CHECK((over.fast > 0.9 && over.slow > 0.9 && calm.fast < 0.1 && calm.slow < 0.1));
  const auto said = fleet.claim_odds_of({0});
  CHECK((said.fast == over.fast && said.slow == over.slow));
  // Host 0 as it will be has not been seen yet.
  const driver::relocation leaves[] = {{workload_id{0}, host_id{0}, host_id{2}, 3}};
  fleet.refresh(leaves);
  CHECK(fleet.odds_of({0}).slow == fleet.risk_of({0}, noon).probability);
  CHECK(fleet.odds_of({1}).slow == calm.slow);
}

TEST_CASE("when the residents of a host have changed, its odds are those of the ones that are there") {
  auto fleet = make_outlook({1});
  for (std::uint64_t w = 0; w < 6; ++w) fleet.book().learn(workload_id{w}, ramp(w < 3 ? 3 : 1, 0));
  fleet.refresh({});
  fleet.observe({0}, 9), fleet.observe({1}, 3);
  fleet.settle({0}, {1});
  fleet.refresh({});
  fleet.observe({0}, 9), fleet.observe({1}, 3);  // of the last step before: not what they carry now
  CHECK(fleet.history({0}, 10) == std::vector<double>(10, 6));
  CHECK(fleet.history({1}, 10) == std::vector<double>(10, 6));
  CHECK(fleet.odds_of({0}).slow == doctest::Approx(fleet.odds_of({1}).slow));
  CHECK(fleet.odds_of({0}).slow < 0.1);
  CHECK(fleet.history({5}, 10).empty());
}
