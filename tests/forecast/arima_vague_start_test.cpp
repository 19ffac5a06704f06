#include <foreshift/forecast/arima_vague_start.hpp>

#include <doctest/doctest.h>

#include <array>
#include <vector>

using namespace foreshift::forecast;

namespace {
const std::vector<double> y{112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118, 115, 126, 141, 135};
const std::array<double, 2> c{-0.4, -0.5};
constexpr arima_order order{.d = 1, .q = 1, .D = 1, .Q = 1, .season_length = 4};
}  // namespace

TEST_CASE("as the prior widens its likelihood becomes the exact one") {
  const double exact = log_likelihood(order, c, y)->log_likelihood;
  double before = 1e300;
  for (const double wide : {1e4, 1e6, 1e8, 1e10}) {
    const double off = std::abs(log_likelihood_vague_start(order, c, y, 0, wide)->log_likelihood - exact);
    CHECK(off < before);
    before = off;
  }
  CHECK(before < 1e-5);
}

TEST_CASE("without differences there is nothing vague") {
  constexpr arima_order still{.p = 1, .q = 1};
  const std::array<double, 2> a{0.6, 0.2};
  CHECK(log_likelihood_vague_start(still, a, y, 120)->log_likelihood ==
        doctest::Approx(log_likelihood(still, a, y, 120)->log_likelihood).epsilon(1e-12));
}
