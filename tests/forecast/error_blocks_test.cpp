#include <foreshift/core/random.hpp>
#include <foreshift/forecast/error_blocks.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

TEST_CASE("a block holds, lead by lead, what was observed less what was forecast") {
  constexpr std::size_t horizon = 3, kept = 4;
  error_blocks blocks{{horizon, kept}};
  // Forecast i (from 0) says 100 i + lead; the observation after it is number i, value 7 i.
  const auto forecast_of = [](std::size_t i, std::size_t lead) {
    return 100.0 * static_cast<double>(i) + static_cast<double>(lead);
  };
  const auto observation = [](std::size_t i) { return 7.0 * static_cast<double>(i); };
  const auto open = [&](std::size_t i) {
    const auto out = blocks.open();
    for (std::size_t lead = 0; lead < horizon; ++lead) out[lead] = forecast_of(i, lead);
  };
  open(0);
  for (std::size_t i = 0; i < 30; ++i) {
    blocks.observe(observation(i));
    open(i + 1);
    const std::size_t forecasts = i + 2;
    CHECK(blocks.complete() == std::min(kept, forecasts > horizon ? forecasts - horizon : 0));
    for (std::size_t age = 0; age < blocks.complete(); ++age) {
      const std::size_t origin = i + 1 - horizon - age;
      for (std::size_t lead = 0; lead < horizon; ++lead)
        CHECK(blocks.block(age)[lead] == observation(origin + lead) - forecast_of(origin, lead));
    }
    for (std::size_t lead = 0; lead < horizon; ++lead) {
      std::vector<double> errors;
      blocks.append_errors(lead, errors);
      CHECK(errors.size() == std::min(kept, i + 1 > lead ? i + 1 - lead : 0));
      for (std::size_t age = 0; age < errors.size(); ++age)
        CHECK(errors[age] == observation(i - age) - forecast_of(i - age - lead, lead));
    }
  }
}

TEST_CASE("a gap repeats the error of the step before, and is 0 at the first step") {
  error_blocks blocks{{.horizon = 2, .kept = 2}};
  blocks.open()[0] = 1;
  blocks.observe(NAN);
  std::ranges::fill(blocks.open(), 5.0);
  blocks.observe(8);
  std::ranges::fill(blocks.open(), 5.0);
  blocks.observe(NAN);
  std::ranges::fill(blocks.open(), 5.0);
  CHECK(blocks.block(0)[0] == 3);
  CHECK(blocks.block(0)[1] == 3);
  CHECK(blocks.block(1)[0] == 0);
}

TEST_CASE("conformal quantiles are order statistics that count the error to come") {
  std::vector<double> nine{1, 2, 3, 4, 5, 6, 7, 8, 9};
  CHECK(conformal_quantile(nine, 0.9) == 9);  // ceil(10 x 0.9) = 9th of 9
  CHECK(conformal_quantile(nine, 0.1) == 1);
  CHECK(conformal_quantile(nine, 0.85) == 9);  // ceil(8.5)
  CHECK(conformal_quantile(nine, 0.15) == 1);  // floor(1.5)
  CHECK(conformal_quantile(nine, 0.5) == 5);
}

TEST_CASE("too few errors for a level extend the outermost one, outwards only") {
  const std::vector<double> sorted{-2, -1, 0, 1, 2};
  CHECK(conformal_quantile(sorted, 0.99) > 2);
  CHECK(conformal_quantile(sorted, 0.99) < 5);
  CHECK(conformal_quantile(sorted, 0.01) < -2);
  CHECK(conformal_quantile(std::vector<double>{3, 4}, 0.01) == 3);  // never beyond what is known on that side
}

TEST_CASE("quantiles never cross, whatever their levels and the sample") {
  random_stream random{31};
  for (std::size_t n = 1; n <= 40; ++n) {
    std::vector<double> errors;
    for (std::size_t i = 0; i < n; ++i) errors.push_back(random.normal() + 1.0);
    std::ranges::sort(errors);
    double last = -INFINITY;
    for (int p = 1; p < 200; ++p) {
      const double q = conformal_quantile(errors, p / 200.0);
      CHECK(q >= last);
      last = q;
    }
  }
}
