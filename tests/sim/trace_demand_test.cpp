#include <foreshift/sim/trace_demand.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace foreshift;
using namespace foreshift::sim;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

fleet_trace one(std::vector<double> percent, double size = 1) {
  fleet_trace trace;
  trace.workloads.push_back({"w", size, std::move(percent), {}});
  return trace;
}

}  // namespace

TEST_CASE("demand is percent of the size, to the millionth") {
  const demand_table demand{one({44.46, 100, 0, 1000}, 0.5)};
  CHECK(demand.at(workload_id{0}, 0) == 222'300);
  CHECK(demand.at(workload_id{0}, 1) == 500'000);
  CHECK(demand.at(workload_id{0}, 2) == 0);
  CHECK(demand.at(workload_id{0}, 3) == 5'000'000);
  CHECK(demand.cores(workload_id{0})[0] == 0.2223);
}

TEST_CASE("a missing value repeats the last one, and is nothing before the first") {
  const demand_table demand{one({missing, 30, missing, missing, 20})};
  const auto d = demand.exact(workload_id{0});
  CHECK(std::vector<millionths>(d.begin(), d.end()) ==
        std::vector<millionths>{0, 300'000, 300'000, 300'000, 200'000});
}

TEST_CASE("ten times a tenth of a core is one core") {
  millionths sum = 0;
  for (int i = 0; i < 10; ++i) sum += to_millionths(0.1);
  CHECK(sum == to_millionths(1.0));
  CHECK(to_millionths(0.8 * 8) == 6'400'000);
}
