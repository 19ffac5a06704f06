#include <foreshift/forecast/error_likeness.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

// One-step forecasts and the errors that were made, the oldest first.
error_blocks blocks_of(const std::vector<double>& means, const std::vector<double>& errors) {
  error_blocks blocks{{.horizon = 1, .kept = means.size(), .every = 1, .means = true}};
  for (std::size_t i = 0; i < means.size(); ++i) {
    blocks.open()[0] = means[i];
    blocks.observe(means[i] + errors[i]);
  }
  return blocks;
}

}  // namespace

TEST_CASE("an error counts in full at no distance, a quarter at the bandwidth, and never nothing") {
  const auto blocks = blocks_of({10, 12, 1e9}, {2, -2, 2});  // mean absolute error 2
  const error_likeness like{blocks, 0, 10, 1}, wide{blocks, 0, 10, 2};
  CHECK(like.weight(1) / like.weight(2) == doctest::Approx(0.25));
  CHECK(like.weight(0) / like.weight(2) == doctest::Approx(1.0 / 32));
  CHECK(wide.weight(1) / wide.weight(2) == doctest::Approx(1 / (1.25 * 1.25)));
}

TEST_CASE("weights add up to the effective number of errors, all of them where no forecast is like") {
  const auto blocks = blocks_of({10, 12, 1e9}, {2, -2, 2});
  const auto total = [&](double mean) {
    const error_likeness like{blocks, 0, mean, 1};
    return like.weight(0) + like.weight(1) + like.weight(2);
  };
  CHECK(total(10) == doctest::Approx(std::pow(1 + 1 / 4.0 + 1 / 32.0, 2) / (1 + 1 / 16.0 + 1 / 1024.0)));
  CHECK(total(-1e9) == doctest::Approx(3));
}

TEST_CASE("without a bandwidth, and without errors other than 0, all count alike") {
  const auto blocks = blocks_of({10, 12}, {2, -2});
  for (const std::size_t age : {0U, 1U}) CHECK(error_likeness{blocks, 0, 10, 0}.weight(age) == 1);
  const auto perfect = blocks_of({10, 12}, {0, 0});
  for (const std::size_t age : {0U, 1U}) CHECK(error_likeness{perfect, 0, 10, 1}.weight(age) == 1);
}

TEST_CASE("the rank of an error counts those below, shares with those equal, and makes room for itself") {
  const auto blocks = blocks_of({1, 1, 1, 1}, {-1, 2, 2, 4});
  const error_likeness like{blocks, 0, 1, 0};
  CHECK(like.rank(2).below == 1 / 5.0);
  CHECK(like.rank(2).upto == 4 / 5.0);
  CHECK(like.rank(-3).below == 0);
  CHECK(like.rank(5).upto == 1);
  const auto two = blocks_of({0, 8}, {1, -1});
  const error_likeness uneven{two, 0, 0, 1};  // -1 was made far away
  const double light = uneven.weight(0), heavy = uneven.weight(1);
  CHECK(light == doctest::Approx(heavy / 32).epsilon(0.25));
  CHECK(uneven.rank(0).below == doctest::Approx(light / (light + heavy + 1)));
  CHECK(uneven.rank(0).upto == doctest::Approx((light + 1) / (light + heavy + 1)));
}
