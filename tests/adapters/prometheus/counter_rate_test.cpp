#include <foreshift/adapters/prometheus/counter_rate.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;

namespace {
constexpr double none = std::numeric_limits<double>::quiet_NaN();
/// The rates of a step of 10 s; -1 stands for none.
std::vector<double> rates(std::vector<double> counts) {
  prometheus::counts_to_rates(counts, 10s);
  for (double& x : counts)
    if (std::isnan(x)) x = -1;
  return counts;
}
}  // namespace

TEST_CASE("what was added within a step is its rate") {
  CHECK(rates({100, 110, 110, 150}) == std::vector<double>{1, 0, 4, -1});
  CHECK(rates({}).empty());
  CHECK(rates({7}) == std::vector<double>{-1});
}
TEST_CASE("a restart begins at zero") {
  CHECK(rates({100, 110, 20, 30}) == std::vector<double>{1, 2, 1, -1});
  CHECK(rates({5, 0, 0}) == std::vector<double>{0, 0, -1});
}
TEST_CASE("after a gap comes the mean over it, and before the first count nothing is known") {
  CHECK(rates({100, none, none, 160, 170}) == std::vector<double>{-1, -1, 2, 1, -1});
  CHECK(rates({none, none, 50, 60}) == std::vector<double>{-1, -1, 1, -1});
  CHECK(rates({100, none, 30}) == std::vector<double>{-1, 1.5, -1});  // restarted meanwhile
  CHECK(rates({none, none}) == std::vector<double>{-1, -1});
}
