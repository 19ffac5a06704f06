#include <foreshift/placement/record.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace foreshift;
using namespace foreshift::placement;

TEST_CASE("records at their defaults ask for nothing") {
  CHECK_FALSE(fault_of(host_record{}));
  CHECK_FALSE(fault_of(workload_record{}));
  CHECK_FALSE(fault_of(service_record{.id = {1}}));
}

TEST_CASE("a safety capacity is at most the capacity") {
  host_record h{.capacity = {{4, 8, 1, 1}}, .safety = resources{{4, 8, 1, 1}}};
  CHECK_FALSE(fault_of(h));
  for (const double x : {4.5, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
    (*h.safety)[resource::cpu] = x;
    CHECK(fault_of(h) == "every safety capacity has to be at least 0 and at most the capacity");
  }
}

TEST_CASE("a service has a number and is somewhere") {
  CHECK(fault_of(service_record{}) == "number 0 stands for no service");
  CHECK(fault_of(service_record{.id = {1}, .domains_min = 0}) ==
        "it has to be in one failure domain at least");
}
