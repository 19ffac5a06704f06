#include <foreshift/core/random.hpp>
#include <foreshift/numeric/fourier.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <complex>
#include <cstddef>
#include <numbers>
#include <vector>

using namespace foreshift;
using numeric::fourier_transform;

TEST_CASE("the transform is the sum of its definition, and is undone by its inverse") {
  random_stream random{1};
  for (const std::size_t n : {2U, 4U, 8U, 64U, 128U}) {
    std::vector<std::complex<double>> x(n);
    for (auto& v : x) v = {random.normal(), random.normal()};
    auto fast = x;
    const fourier_transform transform{n};
    transform.forward(fast);
    double apart = 0;
    for (std::size_t k = 0; k < n; ++k) {
      std::complex<double> slow = 0;
      for (std::size_t t = 0; t < n; ++t)
        slow += x[t] * std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(k * t % n) /
                                           static_cast<double>(n));
      apart = std::max(apart, std::abs(fast[k] - slow));
    }
    CHECK(apart < 1e-11);
    transform.inverse(fast);
    for (std::size_t t = 0; t < n; ++t) CHECK(std::abs(fast[t] - x[t]) < 1e-13);
  }
}

TEST_CASE("a wave has its amplitude at its own frequency and nothing elsewhere") {
  constexpr std::size_t n = 32;
  std::vector<std::complex<double>> x(n);
  for (std::size_t t = 0; t < n; ++t)
    x[t] = 3 * std::cos(2 * std::numbers::pi * 5 * static_cast<double>(t) / n);
  fourier_transform{n}.forward(x);
  for (std::size_t k = 0; k < n; ++k)
    CHECK(std::abs(x[k]) == doctest::Approx(k == 5 || k == n - 5 ? 3.0 * n / 2 : 0).epsilon(1e-12));
}
