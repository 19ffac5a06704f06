#include <foreshift/adapters/prometheus/metric_family.hpp>

#include <doctest/doctest.h>

using namespace foreshift::prometheus;

TEST_CASE("each type is read from the word it is written as") {
  for (int i = 0; i <= static_cast<int>(metric_type::state_set); ++i) {
    const auto type = static_cast<metric_type>(i);
    CHECK(parse_metric_type(name_of(type)) == type);
  }
  CHECK(parse_metric_type("untyped") == metric_type::unknown);
  CHECK(!parse_metric_type("Counter"));
  CHECK(!parse_metric_type(""));
}

TEST_CASE("a family has the samples with its endings and no others") {
  constexpr metric_family histogram{"rpc_seconds", metric_type::histogram};
  for (const auto* name :
       {"rpc_seconds_bucket", "rpc_seconds_sum", "rpc_seconds_count", "rpc_seconds_created"})
    CHECK(histogram.has(name));
  for (const auto* name :
       {"rpc_seconds", "rpc_seconds_total", "rpc", "rpc_seconds_bucketing", "other_bucket", ""})
    CHECK(!histogram.has(name));
  CHECK(metric_family{"rpc", metric_type::counter}.has("rpc_total"));
  CHECK(metric_family{"rpc_total", metric_type::counter}.has("rpc_total"));  // as the text format declares it
  CHECK(metric_family{"rpc", metric_type::summary}.has("rpc"));
  CHECK(!metric_family{"rpc", metric_type::summary}.has("rpc_bucket"));
  CHECK(metric_family{"build", metric_type::info}.has("build_info"));
  CHECK(!metric_family{"build", metric_type::info}.has("build"));
  CHECK(metric_family{"q", metric_type::gauge_histogram}.has("q_gsum"));
  CHECK(!metric_family{"q", metric_type::gauge}.has("q_total"));
}
