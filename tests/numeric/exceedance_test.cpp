#include <foreshift/core/random.hpp>
#include <foreshift/numeric/distribution.hpp>
#include <foreshift/numeric/exceedance.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

using namespace foreshift;
using numeric::exceedance, numeric::exceedance_count, numeric::is_over, numeric::mixed,
    numeric::normal_exceedance, numeric::path_shape, numeric::steps_over;

namespace {
constexpr double missing = std::numeric_limits<double>::quiet_NaN();
}

TEST_CASE("at the limit is not over it, and what is not a number is") {
  CHECK_FALSE(is_over(8, 8));
  CHECK(is_over(std::nextafter(8, 9), 8));
  CHECK(is_over(missing, 8));
  CHECK(is_over(std::numeric_limits<double>::infinity(), 8));
}

TEST_CASE("only the steps of the run are counted") {
  const std::vector<double> path{9, 1, 9, 9, 1};
  const auto at = [&](std::size_t s) { return path[s]; };
  for (std::size_t from = 0; from <= 5; ++from)
    for (std::size_t to = from; to <= 5; ++to) {
      std::uint32_t slowly = 0;
      for (std::size_t s = from; s < to; ++s) slowly += path[s] > 8 ? 1 : 0;
      CHECK(steps_over(from, to, 8, at) == slowly);
    }
}

TEST_CASE("steps are averaged over the paths, and a path counts once") {
  exceedance_count count;
  count.add(2), count.add(0), count.add(1), count.add(0);
  CHECK(count.over(4) == exceedance{0.75, 0.5});
}

TEST_CASE("of normal paths the tail is theirs: 0.9772 lie below two deviations") {
  random_stream random{3};
  constexpr path_shape shape{.count = 20'000, .horizon = 3};
  std::vector<double> paths(shape.count * shape.horizon);
  for (double& x : paths) x = 10 + 2 * random.normal();
  const auto at = [&](std::size_t p, std::size_t s) { return paths[p * shape.horizon + s]; };
  const auto tail = normal_exceedance(shape, 14, at);
  // The density there is 0.054 a deviation; the mean and the deviation of 20,000 values are off by about 1 %.
  CHECK(tail.steps / 3 == doctest::Approx(1 - numeric::normal_cdf(2)).epsilon(0.05));
  CHECK(tail.probability >= tail.steps / 3);
}

TEST_CASE("the normal tail is the closed formula of the steps' means and variances") {
  const double paths[2][2] = {{1, 5}, {3, 9}};  // means 2 and 7, deviations 1 and 2
  const auto at = [&](std::size_t p, std::size_t s) { return paths[p][s]; };
  const auto tail = normal_exceedance({2, 2}, 8, at);
  const double first = numeric::normal_cdf(-6), second = numeric::normal_cdf(-0.5);
  CHECK(tail.steps == doctest::Approx(first + second).epsilon(1e-12));
  CHECK(tail.probability == doctest::Approx(second).epsilon(1e-12));
}

TEST_CASE("a step in which a path is not a number is over") {
  const auto at = [](std::size_t p, std::size_t s) { return p == 0 && s == 1 ? missing : 1.0; };
  const auto tail = normal_exceedance({4, 2}, 8, at);
  CHECK(tail.probability == 1);
  CHECK(tail.steps == doctest::Approx(1));
}

TEST_CASE("a mixture lies between its parts, and a share of 0 or 1 is one of them") {
  constexpr exceedance counted{2, 0.5}, tail{1, 0.25};
  CHECK(mixed(counted, tail, 0) == counted);
  CHECK(mixed(counted, tail, 1) == tail);
  CHECK(mixed(counted, tail, 0.5) == exceedance{1.5, 0.375});
}
