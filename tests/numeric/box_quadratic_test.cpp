#include <foreshift/core/random.hpp>
#include <foreshift/numeric/box_quadratic.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>

using namespace foreshift;
using namespace foreshift::numeric;

namespace {

box_quadratic<3> random_problem(random_stream& random) {
  box_quadratic<3> q{.size = 3};
  std::array<std::array<double, 3>, 3> root{};
  for (auto& row : root)
    for (double& v : row) v = random.normal();
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j)
      for (std::size_t k = 0; k < 3; ++k) q.a[i][j] += root[i][k] * root[j][k];
    q.a[i][i] += 0.01;
    q.b[i] = random.normal();
    q.low[i] = -random.uniform();
    q.high[i] = random.uniform();
  }
  return q;
}

// The slow obvious version: one variable at a time, clamped, until nothing moves.
std::array<double, 3> by_turns(const box_quadratic<3>& q) {
  std::array<double, 3> x{};
  for (int sweep = 0; sweep < 20000; ++sweep)
    for (std::size_t i = 0; i < 3; ++i) {
      double rest = q.b[i];
      for (std::size_t j = 0; j < 3; ++j)
        if (j != i) rest -= q.a[i][j] * x[j];
      x[i] = std::clamp(rest / q.a[i][i], q.low[i], q.high[i]);
    }
  return x;
}

}  // namespace

TEST_CASE("the minimum is inside the box and no worse than that of a slow search") {
  random_stream random{5};
  for (int i = 0; i < 200; ++i) {
    const auto q = random_problem(random);
    const auto x = minimise(q);
    for (std::size_t j = 0; j < 3; ++j) {
      CHECK(x[j] >= q.low[j]);
      CHECK(x[j] <= q.high[j]);
    }
    CHECK(q.value(x) <= q.value(by_turns(q)) + 1e-12);
  }
}

TEST_CASE("a free minimum is the solution of the linear equations") {
  box_quadratic<2> q{.size = 2, .a = {{{2, 1}, {1, 3}}}, .b = {3, 4}, .low = {-9, -9}, .high = {9, 9}};
  const auto x = minimise(q);
  CHECK(x[0] == doctest::Approx(1));
  CHECK(x[1] == doctest::Approx(1));
}

TEST_CASE("an empty range holds its variable") {
  box_quadratic<2> q{.size = 2, .a = {{{2, 1}, {1, 3}}}, .b = {3, 4}, .low = {0.5, -9}, .high = {0.5, 9}};
  const auto x = minimise(q);
  CHECK(x[0] == 0.5);
  CHECK(x[1] == doctest::Approx((4 - 0.5) / 3));
}
