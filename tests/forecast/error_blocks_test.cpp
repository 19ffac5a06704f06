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

TEST_CASE("forecasts every few steps: what is known, and how old, agrees with a list of all forecasts") {
  for (std::size_t horizon = 1; horizon <= 5; ++horizon)
    for (std::size_t every = 1; every <= 4; ++every)
      for (std::size_t kept = 1; kept <= 3; ++kept) {
        CAPTURE(horizon);
        CAPTURE(every);
        CAPTURE(kept);
        error_blocks blocks{{.horizon = horizon, .kept = kept, .every = every}};
        const auto forecast_of = [](std::size_t origin, std::size_t lead) {
          return 100.0 * static_cast<double>(origin) + static_cast<double>(lead);
        };
        for (std::size_t now = 0; now < 25; ++now) {  // observations so far
          CHECK(blocks.due() == (now % every == 0));
          CHECK(blocks.latest().empty());
          if (blocks.due()) {
            const auto out = blocks.open();
            for (std::size_t lead = 0; lead < horizon; ++lead) out[lead] = forecast_of(now, lead);
            CHECK(blocks.latest().size() == horizon);
          }
          blocks.observe(static_cast<double>(now));
          for (std::size_t lead = 0; lead < horizon; ++lead) {
            std::vector<double> wanted, errors;
            for (std::size_t origin = now / every * every + every; origin > 0 && wanted.size() < kept;) {
              origin -= every;
              if (origin + lead <= now)
                wanted.push_back(static_cast<double>(origin + lead) - forecast_of(origin, lead));
            }
            blocks.append_errors(lead, errors);
            CHECK(blocks.known(lead) == wanted.size());
            CHECK(errors == wanted);
            if (lead + 1 == horizon) {
              CHECK(blocks.complete() == wanted.size());
              for (std::size_t age = 0; age < blocks.complete(); ++age)
                CHECK(blocks.block(age)[lead] == wanted[age]);
            }
          }
        }
      }
}

TEST_CASE("what had been forecast is remembered beside the error, when it is wanted") {
  error_blocks blocks{{.horizon = 3, .kept = 4, .every = 2, .means = true}};
  CHECK(!error_blocks{{.horizon = 3, .kept = 4, .every = 2}}.keeps_means());
  std::vector<std::vector<double>> curves;
  std::vector<double> y;
  for (std::size_t t = 0; t < 21; ++t) {
    if (blocks.due()) {
      const double level = static_cast<double>(10 * curves.size());
      curves.push_back({level, level + 1, level + 2});
      std::ranges::copy(curves.back(), blocks.open().begin());
    }
    std::size_t running = 0;
    blocks.visit_next([&](std::size_t lead, double mean) {
      CHECK(mean == curves[curves.size() - 1 - running][lead]);
      ++running;
    });
    CHECK(running == (t == 0 ? 1 : t % 2 == 0 && t >= 2 ? 2 : 1));
    y.push_back(static_cast<double>(t * t));
    blocks.observe(y.back());
  }
  // 21 observations, the last forecast after 20: its first step is known.
  for (std::size_t lead = 0; lead < 3; ++lead)
    for (std::size_t age = 0; age < blocks.known(lead); ++age) {
      const std::size_t made = (lead == 0 ? 10 : 9) - age;
      CHECK(blocks.mean(lead, age) == curves[made][lead]);
      CHECK(blocks.error(lead, age) == y[2 * made + lead] - curves[made][lead]);
    }
}
