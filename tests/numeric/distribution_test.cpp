#include <foreshift/numeric/distribution.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace foreshift;
using doctest::Approx;

namespace {
// doctest's Approx adds 1 to the size of what it compares, which hides everything far below 1.
double relative_error(double x, double truth) { return std::abs(x - truth) / std::abs(truth); }
}  // namespace

TEST_CASE("normal probabilities and quantiles are those of the tables") {
  // The values R gives for pnorm(-10), pnorm(1.96), qnorm(0.975), qnorm(1e-300).
  CHECK(relative_error(numeric::normal_cdf(-10), 7.619853024160527e-24) < 1e-13);
  CHECK(numeric::normal_cdf(1.96) == Approx(0.9750021048517795).epsilon(1e-15));
  CHECK(numeric::normal_quantile(0.975) == Approx(1.959963984540054).epsilon(1e-15));
  CHECK(numeric::normal_quantile(1e-300) == Approx(-37.0471).epsilon(1e-6));
}

TEST_CASE("a quantile undoes a probability") {
  for (double p = 0.001; p < 1; p += 0.001)
    CHECK(numeric::normal_cdf(numeric::normal_quantile(p)) == Approx(p).epsilon(1e-14));
}

TEST_CASE("at probability 0 and 1 the quantile is the end of the support, without a throw") {
  CHECK(std::isinf(numeric::normal_quantile(0)));
  CHECK(numeric::normal_quantile(1) > 0);
  CHECK(std::isinf(numeric::student_t_quantile(1, 3)));
  CHECK(numeric::beta_quantile(0, {2, 3}) == 0);
  CHECK(numeric::beta_quantile(1, {2, 3}) == 1);
}

TEST_CASE("Student's t has the tables' quantiles and nears the normal") {
  // Closed forms for one and two degrees of freedom; the common table for ten.
  CHECK(relative_error(numeric::student_t_quantile(0.975, 2), 0.95 * std::sqrt(2 / (4 * 0.975 * 0.025))) <
        1e-13);
  CHECK(std::abs(numeric::student_t_quantile(0.975, 10) - 2.228) < 5e-4);
  CHECK(numeric::student_t_quantile(0.95, 1) == Approx(std::tan(0.45 * 3.14159265358979324)).epsilon(1e-13));
  CHECK(numeric::student_t_quantile(0.9, 1e9) == Approx(numeric::normal_quantile(0.9)).epsilon(1e-8));
}

TEST_CASE("the beta quantile agrees with its closed form for a = 1") {
  for (const double b : {0.5, 1.0, 7.0})
    for (const double p : {0.01, 0.5, 0.99})
      CHECK(numeric::beta_quantile(p, {1, b}) == Approx(1 - std::pow(1 - p, 1 / b)).epsilon(1e-12));
}
