#include <foreshift/core/random.hpp>
#include <foreshift/forecast/theta_history.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

constexpr double gap = std::numeric_limits<double>::quiet_NaN();
std::vector<double> walk(std::size_t n) {
  random_stream random{6};
  std::vector<double> y{100};
  while (y.size() < n) y.push_back(y.back() + random.normal());
  return y;
}

}  // namespace

TEST_CASE("the start of the level is the best one for its alpha") {
  const std::vector<double> y = walk(100);
  const theta_history history{y, 1};
  for (const double alpha : {0.01, 0.2, 0.7, 0.9999}) {
    const auto found = smooth_level(history, alpha);
    const auto squares = [&](double start) {
      double level = start, sum = 0;
      for (const double v : history.values) {
        sum += (v - level) * (v - level);
        level += alpha * (v - level);
      }
      return sum;
    };
    CHECK(found.squares == doctest::Approx(squares(found.start)).epsilon(1e-9));
    for (const double off : {-0.01, 0.01}) CHECK(squares(found.start + off) > found.squares);
  }
}

TEST_CASE("a history begins with its first observation, is bridged, and has unit size") {
  const theta_history h{std::vector<double>{gap, gap, -4, gap, 2}, 1};
  CHECK(h.unit == 4);
  CHECK(h.values == std::vector<double>{-1, -0.25, 0.5});
  CHECK(h.observed == std::vector<bool>{true, false, true});
  CHECK(theta_history{std::vector<double>{0, 0}, 1}.unit == 1);
}

TEST_CASE("what was not observed leaves no error") {
  const theta_history h{std::vector<double>{5, gap, 9, gap, gap, 9}, 1};
  CHECK(smooth_level(h, 0.9999).squares < 0.1);  // the one step from 5 to 9, halved by the bridge
  const theta_history whole{std::vector<double>{5, 9, 5, 9, 5, 9}, 1};
  CHECK(smooth_level(whole, 0.9999).squares > 0.8);
}

TEST_CASE("the largest observations that count leave a history, whatever the season makes of them") {
  std::vector<double> y(60, gap);
  for (std::size_t i = 0; i < y.size(); ++i)
    if (i % 6 < 2) y[i] = (i % 6 == 0 ? 1.0 : 0.999) * largest_observation;
  const theta_history h{y, 6};
  REQUIRE_FALSE(h.values.empty());
  for (const double v : h.values) CHECK(std::abs(v) <= 1);
}
