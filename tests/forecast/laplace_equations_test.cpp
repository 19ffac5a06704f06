#include <foreshift/core/random.hpp>
#include <foreshift/forecast/laplace_equations.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace foreshift;
using foreshift::forecast::detail::best_sigma;
using foreshift::forecast::detail::laplace_equations;

namespace {

// n rows of 2 smooth and 8 sparse columns, the sparse ones hinges: as collinear as change points are.
struct problem {
  static constexpr std::size_t n = 120, smooth = 2, sparse = 8, size = smooth + sparse;
  std::vector<double> x, y;

  problem(std::uint64_t seed, double noise) {
    random_stream random{seed};
    for (std::size_t i = 0; i < n; ++i) {
      const double t = static_cast<double>(i) / n;
      x.push_back(1);
      x.push_back(t);
      for (std::size_t j = 0; j < sparse; ++j)
        x.push_back(std::max(t - static_cast<double>(j + 1) / 10, 0.0));
      y.push_back(0.3 + 0.5 * t + 1.5 * x[i * size + 4] - 2.5 * x[i * size + 8] + noise * random.normal());
    }
  }
  void fill(laplace_equations& e) const {
    for (std::size_t a = 0; a < size; ++a) {
      for (std::size_t b = 0; b < size; ++b)
        for (std::size_t i = 0; i < n; ++i) e.gram()[a * size + b] += x[i * size + a] * x[i * size + b];
      for (std::size_t i = 0; i < n; ++i) e.slope()[a] += x[i * size + a] * y[i];
    }
  }
  // y - X a
  [[nodiscard]] std::vector<double> residuals(std::span<const double> a) const {
    std::vector<double> out = y;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < size; ++j) out[i] -= x[i * size + j] * a[j];
    return out;
  }
};

double squared(const std::vector<double>& v) {
  double sum = 0;
  for (const double e : v) sum += e * e;
  return sum;
}

}  // namespace

TEST_CASE("the best sigma is where the loss is flat") {
  for (const double squares : {1e-6, 0.3, 40.0, 1e5})
    for (const double n : {2.0, 700.0}) {
      const auto loss = [&](double s) { return n * std::log(s) + squares / (2 * s * s) + 2 * s * s; };
      const double s = best_sigma(squares, n);
      CHECK(loss(s) <= loss(s * 1.001));
      CHECK(loss(s) <= loss(s * 0.999));
    }
  CHECK(best_sigma(0, 10) > 0);
}

TEST_CASE("at the solution no coefficient gains by moving") {
  constexpr double tau = 0.05, scale = 5;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const problem p{seed, 0.02 * static_cast<double>(seed)};
    laplace_equations equations{std::vector<double>(problem::smooth, scale), problem::sparse, tau};
    p.fill(equations);
    const std::vector<double> zero(problem::size);
    const auto found =
        equations.solve({.at = zero, .squares = squared(p.y), .observations = problem::n, .sigma = 1});
    const auto r = p.residuals(found.coefficients);
    CHECK(found.squares == doctest::Approx(squared(r)).epsilon(1e-9));
    // sigma is iterated to 1e-6 of itself, and the loss is quadratic about it.
    CHECK(found.sigma == doctest::Approx(best_sigma(squared(r), problem::n)).epsilon(1e-5));
    for (std::size_t j = 0; j < problem::size; ++j) {
      double gain = 0;  // - d (squares / 2 sigma^2) / d a_j
      for (std::size_t i = 0; i < problem::n; ++i) gain += p.x[i * problem::size + j] * r[i];
      gain /= found.sigma * found.sigma;
      const double a = found.coefficients[j];
      // Gradients are differences of sums near 100 / sigma^2, with sigma good to 1e-6.
      if (j < problem::smooth)
        CHECK(gain == doctest::Approx(a / (scale * scale)).epsilon(1e-3));
      else if (a != 0)
        CHECK(gain == doctest::Approx(a > 0 ? 1 / tau : -1 / tau).epsilon(1e-3));
      else
        CHECK(std::abs(gain) <= (1 + 1e-3) / tau);
    }
  }
}

TEST_CASE("little noise lets changes in, much noise keeps them out") {
  const auto changes = [](double noise) {
    const problem p{3, noise};
    laplace_equations equations{std::vector<double>(problem::smooth, 5.0), problem::sparse, 0.05};
    p.fill(equations);
    const std::vector<double> zero(problem::size);
    const auto found =
        equations.solve({.at = zero, .squares = squared(p.y), .observations = problem::n, .sigma = 1});
    std::size_t count = 0;
    for (const double a : found.coefficients.subspan(problem::smooth)) count += a != 0;
    return count;
  };
  CHECK(changes(0.01) >= 2);
  CHECK(changes(3.0) == 0);
}

TEST_CASE("the least sum of squares is that of free coefficients") {
  const problem p{2, 0.1};
  laplace_equations equations{std::vector<double>(problem::smooth, 1e6), problem::sparse, 1e6};
  p.fill(equations);
  const std::vector<double> zero(problem::size);
  const double least = equations.least_squares(squared(p.y));
  const auto found =  // priors so wide that they do not matter
      equations.solve({.at = zero, .squares = squared(p.y), .observations = problem::n, .sigma = 0.1});
  CHECK(least == doctest::Approx(found.squares).epsilon(1e-6));
}

TEST_CASE("a start elsewhere leads to the same solution") {
  const problem p{5, 0.1};
  const auto solve = [&](std::vector<double> from) {
    laplace_equations equations{std::vector<double>(problem::smooth, 5.0), problem::sparse, 0.05};
    p.fill(equations);
    const auto r = p.residuals(from);
    for (std::size_t j = 0; j < problem::size; ++j) {
      equations.slope()[j] = 0;
      for (std::size_t i = 0; i < problem::n; ++i) equations.slope()[j] += p.x[i * problem::size + j] * r[i];
    }
    const auto found =
        equations.solve({.at = from, .squares = squared(r), .observations = problem::n, .sigma = 0.1});
    return std::vector<double>(found.coefficients.begin(), found.coefficients.end());
  };
  const auto a = solve(std::vector<double>(problem::size)),
             b = solve(std::vector<double>(problem::size, 2.0));
  for (std::size_t j = 0; j < problem::size; ++j) CHECK(a[j] == doctest::Approx(b[j]).epsilon(1e-4));
}

TEST_CASE("columns that repeat each other or are zero are survived") {
  laplace_equations equations{std::vector<double>{10, 10, 10}, 2, 0.05};
  // Rows (1, 1, 0, 1, 1): everything but the zero column is the same column. y = 2, ten times.
  for (const std::size_t a : {0U, 1U, 3U, 4U}) {
    for (const std::size_t b : {0U, 1U, 3U, 4U}) equations.gram()[a * 5 + b] = 10;
    equations.slope()[a] = 20;
  }
  const std::vector<double> zero(5);
  const auto found = equations.solve({.at = zero, .squares = 40, .observations = 10, .sigma = 1});
  double sum = 0;
  for (const double a : found.coefficients) {
    CHECK(std::isfinite(a));
    sum += a;
  }
  CHECK(sum == doctest::Approx(2).epsilon(1e-3));
  CHECK(found.coefficients[2] == 0);
}

TEST_CASE("the covariance is the inverse of the posterior's curvature") {
  // Without sparse coefficients: sigma^2 (X'X + sigma^2 / scale^2)^-1, here for two orthogonal columns.
  laplace_equations equations{std::vector<double>{2, 5}, 0, 0.05};
  equations.gram()[0] = 4;
  equations.gram()[3] = 9;
  const std::vector<double> zero(2), unit{1, 0, 0, 1};
  (void)equations.solve({.at = zero, .squares = 1, .observations = 10, .sigma = 1});
  const auto c = equations.covariance(unit, 0.5);
  CHECK(c[0] == doctest::Approx(0.25 / (4 + 0.25 / 4)));
  CHECK(c[3] == doctest::Approx(0.25 / (9 + 0.25 / 25)));
  CHECK(c[1] == 0);
}
