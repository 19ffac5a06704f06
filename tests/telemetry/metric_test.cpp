#include <foreshift/telemetry/metric.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::telemetry;

TEST_CASE("every metric is found under its own name and no other") {
  for (std::size_t i = 0; i < metric_count; ++i) {
    const auto m = static_cast<metric>(i);
    CHECK(parse_metric(name_of(m)) == m);
  }
  CHECK_FALSE(parse_metric(""));
  CHECK_FALSE(parse_metric("CPU"));
  CHECK_FALSE(parse_metric("cpu "));
}

TEST_CASE("the first four metrics are demands on the resource of the same name") {
  for (std::size_t i = 0; i < resource_count; ++i) {
    const auto r = resource_of(static_cast<metric>(i));
    REQUIRE(r);
    CHECK(name_of(*r) == name_of(static_cast<metric>(i)));
  }
  CHECK_FALSE(resource_of(metric::latency));
}

TEST_CASE("counters of faults are demands on nothing") {
  std::size_t counters = 0;
  for (std::size_t i = 0; i < metric_count; ++i) {
    if (!is_counter(static_cast<metric>(i))) continue;
    ++counters;
    CHECK_FALSE(resource_of(static_cast<metric>(i)));
  }
  CHECK(counters == counter_count);
  CHECK_FALSE(is_counter(metric::latency));
  CHECK(is_counter(metric::errors));
}

TEST_CASE("a host and a workload of the same number are two entities") {
  CHECK(entity{host_id{7}} != entity{workload_id{7}});
  CHECK(series_key{host_id{7}, metric::cpu} != series_key{host_id{7}, metric::memory});
  CHECK(series_key{host_id{7}, metric::cpu} == series_key{host_id{7}, metric::cpu});
}
