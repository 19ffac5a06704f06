#include <foreshift/feedback/claim.hpp>

#include <doctest/doctest.h>

#include <cstdint>

using namespace foreshift;
using feedback::brier, feedback::brier_worst, feedback::certain, feedback::probability_bp, feedback::quantise;

TEST_CASE("a probability is quantised to the nearest part") {
  CHECK(quantise(0) == probability_bp{0});
  CHECK(quantise(1) == certain);
  CHECK(quantise(0.12344) == probability_bp{1234});
  CHECK(quantise(0.12346) == probability_bp{1235});
}

TEST_CASE("the Brier score is the squared error, exactly") {
  for (std::uint32_t p = 0; p <= 10'000; ++p) {
    CHECK(brier({p}, false).value == std::uint64_t{p} * p);
    CHECK(brier({p}, true) == brier({10'000 - p}, false));
  }
  CHECK(brier({0}, true) == brier_worst);
}

TEST_CASE("the score is proper: no claim beats the rate itself") {
  // Expected score of claiming c when the event comes k times in 20: enumerated over all c.
  for (std::uint64_t k = 0; k <= 20; ++k) {
    const auto expected = [&](std::uint32_t c) {
      return k * brier({c}, true).value + (20 - k) * brier({c}, false).value;
    };
    const auto honest = static_cast<std::uint32_t>(k * 500);
    for (std::uint32_t c = 0; c <= 10'000; c += 50)
      if (c != honest) CHECK(expected(honest) < expected(c));
  }
}
