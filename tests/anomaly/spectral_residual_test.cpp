#include <foreshift/anomaly/spectral_residual.hpp>
#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

using namespace foreshift;
using anomaly::spectral_residual;

TEST_CASE("spikes on a noisy wave stand out more than 99 of 100 other values, on average") {
  spectral_residual measure;
  random_stream random{3};
  std::vector<double> usual, spikes;
  for (std::size_t i = 0; i < 8000; ++i) {
    const bool spike = i >= 200 && i % 390 == 0;
    const double wave = 10 * std::sin(2 * std::numbers::pi * static_cast<double>(i) / 16) + random.normal();
    const double amount = measure.measure(test_support::sample_at(i, wave + (spike ? 25 : 0))).amount;
    if (i >= 200) (spike ? spikes : usual).push_back(amount);
  }
  REQUIRE(spikes.size() == 20);
  double above = 0;
  for (const double spike : spikes)
    above +=
        static_cast<double>(std::ranges::count_if(usual, [&](double amount) { return amount >= spike; }));
  CHECK(above / 20 < 0.01 * static_cast<double>(usual.size()));
}

TEST_CASE("the scale and the zero of the values do not matter") {
  spectral_residual one, other;
  random_stream random{8};
  for (std::size_t i = 0; i < 300; ++i) {
    const double x = random.normal() + (i % 90 == 0 ? 5 : 0);
    const auto a = one.measure(test_support::sample_at(i, x));
    const auto b = other.measure(test_support::sample_at(i, 1e6 * x + 3));
    CHECK(a.amount == doctest::Approx(b.amount).epsilon(1e-6));
  }
}

TEST_CASE("nothing is said before the window is full, nor of a flat stream") {
  spectral_residual measure{{.window = 32}};
  random_stream random{8};
  for (std::size_t i = 0; i < 26; ++i)
    CHECK(measure.measure(test_support::sample_at(i, random.normal())) == anomaly::nonconformity{});
  CHECK(measure.measure(test_support::sample_at(26, 0)).observed > 0);
  for (std::size_t i = 0; i < 100; ++i) {
    const double amount = measure.measure(test_support::sample_at(i, 7)).amount;
    if (i >= 27) CHECK(amount == 0);
  }
}

TEST_CASE("the spectral residual stands nasty streams") {
  test_support::stands_nasty_streams(spectral_residual{});
}
