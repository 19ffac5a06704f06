#include <foreshift/numeric/levenberg_marquardt.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <span>
#include <vector>

using namespace foreshift::numeric;

TEST_CASE("Rosenbrock's valley is walked to its end") {
  const auto residuals = [](std::span<const double> x, std::span<double> out) {
    out[0] = 10 * (x[1] - x[0] * x[0]);
    out[1] = 1 - x[0];
    return true;
  };
  const auto found = minimize_squares(residuals, {-1.2, 1.0}, 2, {.rounds_max = 200, .tolerance = 1e-14});
  CHECK(found.converged);
  CHECK(found.x[0] == doctest::Approx(1).epsilon(1e-5));  // forward differences are good to 1e-6
  CHECK(found.x[1] == doctest::Approx(1).epsilon(1e-5));
}

TEST_CASE("a linear problem is solved in one round but for the damping, and derivatives may be given") {
  const std::array<double, 4> t{0, 1, 2, 3}, y{1, 3, 5, 7};
  const auto residuals = [&](std::span<const double> x, std::span<double> out) {
    for (std::size_t i = 0; i < 4; ++i) out[i] = x[0] + x[1] * t[i] - y[i];
    return true;
  };
  const auto derivatives = [&](std::span<const double>, std::span<const double>, std::span<double> rows) {
    for (std::size_t i = 0; i < 4; ++i) rows[i] = 1, rows[4 + i] = t[i];
  };
  const auto found = minimize_squares(residuals, derivatives, {0, 0}, 4, {.tolerance = 1e-20});
  CHECK(found.x[0] == doctest::Approx(1));
  CHECK(found.x[1] == doctest::Approx(2));
  CHECK(found.rounds < 12);
}

TEST_CASE("where there are no residuals the step is shortened") {
  const auto residuals = [](std::span<const double> x, std::span<double> out) {
    if (x[0] <= 0) return false;
    out[0] = std::log(x[0]) - 1;  // a full first step from 10 would go below zero
    return true;
  };
  const auto found = minimize_squares(residuals, {10.0}, 1);
  CHECK(found.x[0] == doctest::Approx(std::exp(1.0)).epsilon(1e-6));
  CHECK_FALSE(minimize_squares(residuals, {-1.0}, 1).converged);
}

TEST_CASE("no parameters, no dependence and a perfect start are answers at once") {
  const auto constant = [](std::span<const double>, std::span<double> out) {
    out[0] = 3;
    return true;
  };
  CHECK(minimize_squares(constant, {}, 1).converged);
  CHECK(minimize_squares(constant, {}, 1).sum == 9);
  CHECK(minimize_squares(constant, {1.0, 2.0}, 1).x == std::vector<double>{1.0, 2.0});
}
