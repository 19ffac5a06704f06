#include <foreshift/core/random.hpp>
#include <foreshift/numeric/moments.hpp>
#include <foreshift/numeric/statistics.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace foreshift;
using doctest::Approx;

TEST_CASE("running moments agree with two passes over the data, also far from zero") {
  random_stream random{11};
  for (const double centre : {0.0, 1e6, -1e9}) {
    std::vector<double> v(500);
    numeric::running_moments running;
    for (double& x : v) running.add(x = centre + random.normal());
    CHECK(running.count() == 500);
    CHECK(running.mean() == Approx(numeric::mean(v)).epsilon(1e-14));
    // At 1e9 the mean itself is rounded to 1e-7.
    CHECK(running.variance() == Approx(numeric::variance(v)).epsilon(1e-6));
  }
}

TEST_CASE("merging is as good as having seen everything") {
  random_stream random{12};
  for (std::size_t cut : {0U, 1U, 50U, 99U, 100U}) {
    numeric::running_moments all, left, right;
    for (std::size_t i = 0; i < 100; ++i) {
      const double x = random.normal();
      all.add(x);
      (i < cut ? left : right).add(x);
    }
    left.merge(right);
    CHECK(left.count() == 100);
    CHECK(left.mean() == Approx(all.mean()).epsilon(1e-13));
    CHECK(left.variance() == Approx(all.variance()).epsilon(1e-13));
  }
}

TEST_CASE("moments of nothing are missing, and NaN is not counted") {
  numeric::running_moments running;
  CHECK(std::isnan(running.mean()));
  running.add(std::nan(""));
  running.add(2);
  CHECK(running.count() == 1);
  CHECK(running.mean() == 2);
  CHECK(std::isnan(running.variance()));
  numeric::fading_moments fading{0.9};
  CHECK(std::isnan(fading.mean()));
  CHECK(std::isnan(fading.variance()));
}

TEST_CASE("fading moments are weighted moments, from the first value on") {
  random_stream random{13};
  const double decay = 0.95;
  numeric::fading_moments fading{decay};
  std::vector<double> v;
  for (int n = 0; n < 200; ++n) {
    v.push_back(100 + random.normal());
    fading.add(v.back());
    double weight = 0, mean = 0, square = 0;
    for (std::size_t i = 0; i < v.size(); ++i) {
      const double w = std::pow(decay, static_cast<double>(v.size() - 1 - i));
      weight += w, mean += w * v[i];
    }
    mean /= weight;
    for (std::size_t i = 0; i < v.size(); ++i)
      square += std::pow(decay, static_cast<double>(v.size() - 1 - i)) * (v[i] - mean) * (v[i] - mean);
    REQUIRE(fading.mean() == Approx(mean).epsilon(1e-12));
    REQUIRE(fading.variance() == Approx(square / weight).epsilon(1e-8));
  }
  CHECK(fading.weight() == Approx(20).epsilon(1e-3));
}
