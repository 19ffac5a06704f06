#include <foreshift/placement/class_census.hpp>
#include <foreshift/sim/labelled_workloads.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace foreshift;
using namespace foreshift::placement;

TEST_CASE("a census gives the inventory's workloads their classes, and says why") {
  const auto all = sim::labelled_workloads({.seed = 21, .of_each = 8});
  std::vector<host_record> hosts(1);
  std::vector<workload_record> records;
  std::vector<workload_history> histories;
  for (std::size_t i = 0; i < all.size(); ++i) {
    records.emplace_back().id = {i};
    histories.push_back({{i}, all[i].demand, 1});
  }
  histories.push_back({{1000}, all[0].demand, 1});  // not in the inventory
  auto known = *inventory::make(hosts, records);
  workload_classes classes;
  const auto found = take_census(classes, known, histories);
  REQUIRE(found.size() == histories.size());
  std::size_t right = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (found[i].confidence > 0.1) CHECK(known.find(workload_id{i})->workload_class == found[i].of);
    right += class_name(known.find(workload_id{i})->workload_class) == name_of(all[i].kind) ? 1 : 0;
  }
  CHECK(right * 10 >= all.size() * 8);
  CHECK(known.find(workload_id{1000}) == nullptr);
}

TEST_CASE("a workload without readings keeps the class it had") {
  std::vector<host_record> hosts(1);
  std::vector<workload_record> records(1);
  records[0].workload_class = {5};
  auto known = *inventory::make(hosts, records);
  workload_classes classes;
  const std::vector<workload_history> histories(1);
  CHECK(take_census(classes, known, histories)[0].confidence == 0);
  CHECK(known.find(workload_id{0})->workload_class == class_id{5});
}
