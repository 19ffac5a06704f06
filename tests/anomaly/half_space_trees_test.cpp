#include <foreshift/anomaly/half_space_trees.hpp>
#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

using namespace foreshift;
using anomaly::half_space_trees;

TEST_CASE("a spike is as strange as the rarest of the noise") {
  half_space_trees forest{{.lags = 1}};
  random_stream random{2};
  std::vector<double> noise;
  double least = 100;
  for (std::size_t i = 0; i < 4000; ++i) {
    const bool spike = i >= 1000 && i % 600 == 0;
    const double amount =
        forest.measure(test_support::sample_at(i, random.normal() + (spike ? 8 : 0))).amount;
    if (spike)
      least = std::min(least, amount);
    else if (i >= 1000)
      noise.push_back(amount);
  }
  const auto stranger = std::ranges::count_if(noise, [&](double amount) { return amount > least; });
  CHECK(stranger < static_cast<std::ptrdiff_t>(noise.size() / 50));
}

TEST_CASE("an odd order of usual values is strange") {
  half_space_trees forest{{.lags = 2}};
  random_stream random{6};
  double usual = 0;
  const auto next = [&](std::size_t i, double sign) {
    return forest.measure(test_support::sample_at(i, sign + 0.1 * random.normal())).amount;
  };
  for (std::size_t i = 0; i < 1500; ++i) {
    const double amount = next(i, i % 2 == 0 ? 1 : -1);
    if (i >= 1000) usual = std::max(usual, amount);
  }
  CHECK(next(1500, -1) > usual + 1);  // for the second time
}

TEST_CASE("what never changes is not strange, and nothing is said before a window has been counted") {
  half_space_trees flat;
  for (std::size_t i = 0; i < 2000; ++i) CHECK(flat.measure(test_support::sample_at(i, 5)).amount == 0);
  half_space_trees forest{{.window = 100, .lags = 2, .probation = 50}};
  random_stream random{2};
  for (std::size_t i = 0; i < 50 + 1 + 100; ++i)
    CHECK(forest.measure(test_support::sample_at(i, random.normal())).amount == 0);
  double most = 0;
  for (std::size_t i = 151; i < 400; ++i)
    most = std::max(most, forest.measure(test_support::sample_at(i, random.normal())).amount);
  CHECK(most > 0);
}

TEST_CASE("equal seeds make equal forests, others do not") {
  half_space_trees a, b, other{{.seed = 2}};
  random_stream random{7};
  bool alike = true, different = false;
  for (std::size_t i = 0; i < 1000; ++i) {
    const auto s = test_support::sample_at(i, random.normal());
    const auto off = a.measure(s);
    alike = alike && off == b.measure(s);
    different = different || !(off == other.measure(s));
  }
  CHECK(alike);
  CHECK(different);
}

TEST_CASE("half-space trees stand nasty streams") {
  test_support::stands_nasty_streams(
      half_space_trees{{.trees = 5, .depth = 5, .window = 60, .probation = 40}});
}
