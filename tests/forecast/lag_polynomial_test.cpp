#include <foreshift/core/random.hpp>
#include <foreshift/forecast/lag_polynomial.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

TEST_CASE("a product has the cross terms, with the sign of its kind") {
  const std::vector<double> a{0.5}, b{0.4};
  const auto ar = lag_product(a, b, 12, -1.0);  // (1 - .5B)(1 - .4B^12) = 1 - .5B - .4B^12 + .2B^13
  REQUIRE(ar.size() == 3);
  CHECK(ar[2].lag == 13);
  CHECK(ar[2].value == doctest::Approx(-0.2));
  CHECK(lag_product(a, b, 12, 1.0)[2].value == doctest::Approx(0.2));
  const auto merged = lag_product(a, b, 1, -1.0);  // lags that coincide are added
  REQUIRE(merged.size() == 2);
  CHECK(merged[0].value == doctest::Approx(0.9));
}

TEST_CASE("difference terms are binomial and multiply") {
  const auto terms = difference_terms({.d = 1, .D = 1, .season_length = 4});
  REQUIRE(terms.size() == 3);  // y = w + y1 + y4 - y5
  CHECK(terms[2].lag == 5);
  CHECK(terms[2].value == -1);
  const auto twice = difference_terms({.d = 2});
  CHECK(twice[0].value == 2);
  CHECK(twice[1].value == -1);
  CHECK(difference_terms({}).empty());
}

TEST_CASE("any partial autocorrelations below one give stationary coefficients, and come back") {
  random_stream random{3};
  for (std::size_t p = 1; p <= 6; ++p)
    for (int i = 0; i < 40; ++i) {
      std::vector<double> partial(p);
      for (double& r : partial) r = std::tanh(random.normal());
      auto a = partial;
      partials_to_coefficients(a);
      CHECK(roots_beyond(a, 1.0));
      REQUIRE(coefficients_to_partials(a));
      for (std::size_t k = 0; k < p; ++k) CHECK(a[k] == doctest::Approx(partial[k]).epsilon(1e-6));
    }
}

TEST_CASE("roots are told from the circle of any radius") {
  CHECK(roots_beyond(std::vector<double>{0.5}, 1.99));  // 1 - z/2 has the root 2
  CHECK_FALSE(roots_beyond(std::vector<double>{0.5}, 2.01));
  CHECK_FALSE(roots_beyond(std::vector<double>{1.2}, 1.0));
  CHECK_FALSE(roots_beyond(std::vector<double>{NAN}, 1.0));
  CHECK(roots_beyond(std::vector<double>{}, 100.0));
  // 1 + 0.8 z^24 in one polynomial of lag 24 has roots of modulus 1.0093; counted in B^24 it has 1.25
  CHECK(roots_beyond(arima_order{.Q = 1, .season_length = 24}, std::vector<double>{0.8}, 1.2));
}
