#include <foreshift/core/random.hpp>
#include <foreshift/forecast/stl_loop.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

struct parts {
  std::vector<double> seasonal, trend, weights;
  explicit parts(std::size_t n) : seasonal(n), trend(n), weights(n) {}
};

}  // namespace

TEST_CASE("a loop that has worked before gives what a new one gives") {
  random_stream random{2};
  std::vector<double> y;
  for (int i = 0; i < 100; ++i) y.push_back(random.normal());
  const stl_settings daily{24, {7, 0, 1}, {41, 1, 5}, {25, 1, 3}, 2, 1};
  const stl_settings weekly{7, {11, 0, 2}, {15, 1, 2}, {7, 1, 1}, 1, 2};
  parts a(100), b(100);
  stl_loop used;
  used.run(y, {}, daily, a.seasonal, a.trend, a.weights);
  used.run(std::vector<double>(60, 1.0), {}, weekly, std::span{a.seasonal}.first(60),
           std::span{a.trend}.first(60), std::span{a.weights}.first(60));
  used.run(y, {}, weekly, a.seasonal, a.trend, a.weights);
  stl_loop{}.run(y, {}, weekly, b.seasonal, b.trend, b.weights);
  CHECK(a.seasonal == b.seasonal);
  CHECK(a.trend == b.trend);
  CHECK(a.weights == b.weights);
}

TEST_CASE("what was not observed has weight 0 and does not matter") {
  random_stream random{2};
  std::vector<double> y, observed(100, 1.0);
  for (int i = 0; i < 100; ++i) y.push_back(i % 7 + random.normal());
  observed[50] = 0;
  auto other = y;
  other[50] += 1000;
  const stl_settings weekly{7, {11, 0, 1}, {15, 1, 1}, {7, 1, 1}, 2, 3};
  parts a(100), b(100);
  stl_loop{}.run(y, observed, weekly, a.seasonal, a.trend, a.weights);
  stl_loop{}.run(other, observed, weekly, b.seasonal, b.trend, b.weights);
  CHECK(a.weights[50] == 0);
  CHECK(a.seasonal == b.seasonal);
  CHECK(a.trend == b.trend);
}
