#include <foreshift/forecast/lstm_activation.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace foreshift::forecast::detail;

TEST_CASE("both functions are as near to the library's as they say, everywhere") {
  double worst_tanh = 0, worst_logistic = 0;
  for (float x = -100; x <= 100; x += 0.00390625F) {
    const double exact = static_cast<double>(x);
    worst_tanh =
        std::max(worst_tanh, std::abs(static_cast<double>(hyperbolic_tangent(x)) - std::tanh(exact)));
    worst_logistic =
        std::max(worst_logistic, std::abs(static_cast<double>(logistic(x)) - 1 / (1 + std::exp(-exact))));
  }
  CHECK(worst_tanh < 2.5e-7);
  CHECK(worst_logistic < 1.25e-7);
}

TEST_CASE("the power of two keeps its relative error over its range") {
  for (float s = -126; s <= 126; s += 0.0078125F)
    CHECK(std::abs(static_cast<double>(quick_exp2(s)) / std::exp2(static_cast<double>(s)) - 1) < 3e-7);
}

TEST_CASE("nothing that comes in leaves the range") {
  for (const float x : {0.0F, -0.0F, 1e-30F, 1e30F, -1e30F, std::numeric_limits<float>::infinity(),
                        -std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
    CHECK(std::abs(hyperbolic_tangent(x)) <= 1);
    CHECK(logistic(x) >= 0);
    CHECK(logistic(x) <= 1);
  }
  CHECK(hyperbolic_tangent(0.0F) == 0);
  CHECK(logistic(0.0F) == 0.5F);
}

TEST_CASE("tanh is odd and does not fall") {
  float before = -1;
  for (float x = -20; x <= 20; x += 0.03125F) {
    CHECK(hyperbolic_tangent(-x) == -hyperbolic_tangent(x));
    CHECK(hyperbolic_tangent(x) >= before - 2e-7F);  // by no more than the error
    before = hyperbolic_tangent(x);
  }
}
