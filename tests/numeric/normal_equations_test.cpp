#include <foreshift/core/random.hpp>
#include <foreshift/numeric/normal_equations.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <vector>

using namespace foreshift;
using doctest::Approx;
using numeric::normal_equations, numeric::vector;

namespace {

struct problem {
  std::vector<double> x, y, w;
  numeric::regression_data data(std::size_t columns) const { return {x, columns, y, w}; }
};

/// y = 3 - 2 a + noise, weights in (0, 1).
problem line(std::size_t n, double noise) {
  random_stream random{n};
  problem p;
  for (std::size_t i = 0; i < n; ++i) {
    const double a = 10 + random.normal();
    p.x.insert(p.x.end(), {1, a});
    p.y.push_back(3 - 2 * a + noise * random.normal());
    p.w.push_back(random.uniform());
  }
  return p;
}

}  // namespace

TEST_CASE(
    "the solution makes the weighted residuals orthogonal to every column, whatever the number of rows") {
  for (const std::size_t n : {3U, 63U, 64U, 65U, 128U, 129U}) {  // around the size of a block
    const auto p = line(n, 1.0);
    normal_equations equations(p.data(2));
    equations.gather(p.w);
    vector b;
    REQUIRE(equations.solve(b));
    double against_one = 0, against_a = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double r = p.w[i] * (p.y[i] - b[0] - b[1] * p.x[2 * i + 1]);
      against_one += r, against_a += r * p.x[2 * i + 1];
    }
    CHECK(std::abs(against_one) < 1e-9);
    CHECK(std::abs(against_a) < 1e-8);
  }
}

TEST_CASE("rows of weight 0 are not looked at, even when they hold NaN") {
  auto p = line(50, 0.0);
  p.w[7] = 0;
  p.y[7] = std::numeric_limits<double>::quiet_NaN();
  p.x[2 * 7 + 1] = std::numeric_limits<double>::infinity();
  normal_equations equations(p.data(2));
  equations.gather(p.w);
  equations.set_ridge(p.w, {.share = 1e-14});
  vector b;
  REQUIRE(equations.solve(b));
  CHECK(b[0] == Approx(3).epsilon(1e-9));
  CHECK(b[1] == Approx(-2).epsilon(1e-9));
}

TEST_CASE("the inverse times the matrix is the unit matrix") {
  const auto p = line(30, 1.0);
  normal_equations equations(p.data(2));
  equations.gather(p.w);
  vector b;
  REQUIRE(equations.solve(b));
  double s0 = 0, s1 = 0, s2 = 0;
  for (std::size_t i = 0; i < 30; ++i) {
    const double a = p.x[2 * i + 1];
    s0 += p.w[i], s1 += p.w[i] * a, s2 += p.w[i] * a * a;
  }
  const auto inverse = equations.inverse();
  CHECK(inverse(0, 0) * s0 + inverse(0, 1) * s1 == Approx(1).epsilon(1e-9));
  CHECK(std::abs(inverse(0, 0) * s1 + inverse(0, 1) * s2) < 1e-8);
  CHECK(inverse(1, 0) * s1 + inverse(1, 1) * s2 == Approx(1).epsilon(1e-9));
}

TEST_CASE("a column that is a combination of others is named singular, and a ridge resolves it") {
  problem p;
  for (int i = 0; i < 40; ++i) {
    const double a = i % 7, c = i % 3;
    p.x.insert(p.x.end(), {1, a, c, a + 2 * c - 1});
    p.y.push_back(a);
    p.w.push_back(1);
  }
  normal_equations equations(p.data(4));
  equations.gather(p.w);
  vector b;
  CHECK_FALSE(equations.solve(b));
  equations.gather(p.w);
  equations.set_ridge(p.w, {.share = 1e-8});
  REQUIRE(equations.solve(b));
  for (std::size_t i = 0; i < p.y.size(); ++i) {
    double fitted = 0;
    for (std::size_t j = 0; j < 4; ++j) fitted += b[static_cast<long>(j)] * p.x[4 * i + j];
    CHECK(std::abs(fitted - p.y[i]) < 1e-6);
  }
}

TEST_CASE("a column that is always zero gets the coefficient zero under a ridge") {
  problem p = line(40, 0.1);
  std::vector<double> wide;
  for (std::size_t i = 0; i < 40; ++i) wide.insert(wide.end(), {1, p.x[2 * i + 1], 0});
  p.x = wide;
  normal_equations equations(p.data(3));
  equations.gather(p.w);
  equations.set_ridge(p.w, {.share = 1e-6});
  vector b;
  REQUIRE(equations.solve(b));
  CHECK(b[2] == 0);
}

TEST_CASE("the ridge does not depend on units") {
  const auto p = line(60, 1.0);
  auto scaled = p;
  for (std::size_t i = 0; i < 60; ++i) scaled.x[2 * i + 1] *= 1e6;
  vector plain, in_other_units;
  const auto solve = [](const problem& of, vector& b) {
    normal_equations equations(of.data(2));
    equations.gather(of.w);
    equations.set_ridge(of.w, {.share = 0.5});
    return equations.solve(b);
  };
  REQUIRE(solve(p, plain));
  REQUIRE(solve(scaled, in_other_units));
  CHECK(in_other_units[1] * 1e6 == Approx(plain[1]).epsilon(1e-9));
  // Shrunk by 1 / (1 + share), because the constant, which is free, takes the mean away.
  CHECK(plain[1] == Approx(-2 / 1.5).epsilon(0.2));
}

TEST_CASE("as many rows as a whole number of blocks, and many columns") {
  constexpr std::size_t n = 128, k = 60;
  problem p;
  p.y.assign(n, 1.0);
  p.w.assign(n, 1.0);
  p.x.assign(n * k, 0.0);
  for (std::size_t i = 0; i < n; ++i) p.x[i * k + i % k] = 1;
  normal_equations equations(p.data(k));
  equations.gather(p.w);
  vector b;
  REQUIRE(equations.solve(b));
  for (std::size_t j = 0; j < k; ++j) CHECK(b[static_cast<long>(j)] == Approx(1.0));
}
