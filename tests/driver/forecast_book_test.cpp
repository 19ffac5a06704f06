#include "fleet.hpp"

#include <foreshift/forecast/seasonal_ar.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace driver_test;

namespace {

using book = driver::forecast_book<last_value>;
constexpr double none = std::numeric_limits<double>::quiet_NaN();
constexpr workload_id one{1};

}  // namespace

TEST_CASE("skipped steps are gaps, and a late reading replaces the last of them") {
  book b{forecaster(), book_options()};
  CHECK_FALSE(b.knows(one));
  CHECK(b.paths(one) == nullptr);
  b.observe(one, noon, 1);
  b.observe(one, noon + 3 * step, 4);
  CHECK(b.end(one) == noon + 4 * step);
  const auto seen = b.recent(one, 10);
  REQUIRE(seen.size() == 4);
  CHECK(seen.start == noon);
  CHECK((std::isnan(seen.values[1]) && std::isnan(seen.values[2])));
  b.observe(one, noon + 4 * step, none);
  CHECK(b.last(one) == 4);
  b.observe(one, noon + 4 * step, 5);
  CHECK(b.last(one) == 5);
  b.observe(one, noon + 4 * step, 6);  // a step that has been taken is left alone
  b.observe(one, noon + 2 * step, 6);
  CHECK(b.last(one) == 5);
  CHECK(std::isnan(b.recent(one, 10).values[2]));
}

TEST_CASE("a short series is taken to stay as it is, in paths of the plan's shape") {
  book b{forecaster(), book_options()};
  b.observe(one, noon, 3);
  const auto* paths = b.paths(one);
  REQUIRE(paths != nullptr);
  CHECK(paths->count() == 16);
  CHECK(paths->horizon() == horizon);
  for (const double y : paths->flat()) CHECK(y == 3);
}

TEST_CASE("a series without a reading for a while has no paths") {
  book b{forecaster(), book_options()};
  b.learn(one, ramp(3, 0));
  for (int i = 0; i < 6; ++i) b.observe(one, noon + i * step, none);
  CHECK(b.paths(one) == nullptr);
  b.observe(one, noon + 6 * step, 3);
  CHECK(b.paths(one) != nullptr);
}

TEST_CASE("the paths repeat what the model was wrong by, and follow the series") {
  book b{forecaster(), book_options()};
  b.learn(one, ramp(5, 0.1));
  const auto* paths = b.paths(one);
  REQUIRE(paths != nullptr);
  for (std::size_t p = 0; p < paths->count(); ++p)  // each lead was short by the slope times the lead
    for (std::size_t h = 0; h < horizon; ++h)
      CHECK((*paths)[p][h] == doctest::Approx(5 + 0.1 * static_cast<double>(h + 1)));
  b.observe(one, noon, 5.1);
  CHECK((*b.paths(one))[0][0] == doctest::Approx(5.2));
}

TEST_CASE("learning again replaces everything that was known") {
  book b{forecaster(), book_options()};
  b.learn(one, ramp(5, 0.1));
  b.learn(one, ramp(2, 0));
  for (const double y : b.paths(one)->flat()) CHECK(y == doctest::Approx(2));
  CHECK(b.recent(one, 1000).size() == 40);
  b.forget(one);
  CHECK_FALSE(b.knows(one));
}

TEST_CASE("a series that began short is fitted again as it doubles") {
  using regressive = forecast::backtested<forecast::seasonal_ar>;
  regressive spec{.inner = {.season_length = 8}, .horizon = horizon, .errors_kept = 16};
  const auto day = [](int i) { return i % 8 < 2 ? 9.0 : 2.0; };
  driver::forecast_book<regressive> b{spec, book_options()};
  for (int i = 0; i < 60; ++i) b.observe(one, noon + i * step, day(i));
  const auto grown = b.prediction_of(one, {});
  driver::forecast_book<regressive> whole{spec, book_options()};
  telemetry::series y{noon, step, {}};
  for (int i = 0; i < 60; ++i) y.values.push_back(day(i));
  whole.learn(one, y);
  const auto known = whole.prediction_of(one, {});
  REQUIRE(grown);
  REQUIRE(known);
  for (std::size_t h = 0; h < horizon; ++h)
    CHECK(grown->mean[h] == doctest::Approx(known->mean[h]).epsilon(0.1));
}

TEST_CASE("no more history is kept or given than was asked for") {
  book b{forecaster(), book_options()};
  b.learn(one, ramp(2, 0.01, 500));
  CHECK(b.recent(one, 1000).size() == 64);
  for (int i = 0; i < 300; ++i) b.observe(one, noon + i * step, i);
  const auto seen = b.recent(one, 1000);
  CHECK(seen.size() == 64);
  CHECK(seen.values.back() == 299);
  CHECK(seen.end() == noon + 300 * step);
  b.observe(one, noon + 1000 * step, 1);  // so long a gap that the past is worth nothing
  CHECK(b.recent(one, 1000).size() == 1);
}

TEST_CASE("a series that is not followed can be forecast like one that is") {
  book b{forecaster(), book_options()};
  b.learn(one, ramp(5, 0.1));
  const auto other = b.paths_of(ramp(5, 0.1));
  REQUIRE(other);
  CHECK(std::ranges::equal(other->flat(), b.paths(one)->flat()));
  CHECK_FALSE(b.paths_of({}));
}

TEST_CASE("events of the calendar reach the model before they begin") {
  // Every tenth step a campaign adds 3; the next one begins with the second step to come.
  telemetry::calendar events;
  for (int i = -60; i <= 10; i += 10)
    events.events.push_back(
        {noon + (i + 1) * step, noon + (i + 2) * step, telemetry::event_kind::campaign, "c"});
  telemetry::series y{noon - 60 * step, step, {}};
  for (int i = -60; i < 0; ++i) y.values.push_back((i + 60) % 10 == 1 ? 5 : 2);
  using regressive = forecast::backtested<forecast::seasonal_ar>;
  regressive spec{.inner = {}, .horizon = horizon, .errors_kept = 16};
  spec.inner.season_length = 7;  // does not divide the campaigns' period
  driver::forecast_book<regressive> with{spec, book_options(), events}, without{spec, book_options()};
  with.learn(one, y), without.learn(one, y);
  const auto knows = with.prediction_of(one, {}), does_not = without.prediction_of(one, {});
  REQUIRE(knows);
  REQUIRE(does_not);
  CHECK(knows->mean[1] > 4);
  CHECK(knows->mean[3] < 3);
  CHECK(does_not->mean[1] < 4);
}

TEST_CASE("with a lead a model learns what comes just before each event") {
  // One step before each campaign, every tenth, 3 more; the next one begins with the third step to come.
  telemetry::calendar events;
  for (int i = -60; i <= 10; i += 10)
    events.events.push_back(
        {noon + (i + 2) * step, noon + (i + 3) * step, telemetry::event_kind::campaign, "c"});
  telemetry::series y{noon - 60 * step, step, {}};
  for (int i = -60; i < 0; ++i) y.values.push_back((i + 60) % 10 == 1 ? 5 : 2);
  using regressive = forecast::backtested<forecast::seasonal_ar>;
  regressive spec{.inner = {}, .horizon = horizon, .errors_kept = 16};
  spec.inner.season_length = 7;  // does not divide the campaigns' period
  auto early = book_options();
  early.event_lead_steps = 1;
  driver::forecast_book<regressive> with{spec, early, events}, without{spec, book_options(), events};
  with.learn(one, y), without.learn(one, y);
  CHECK(with.prediction_of(one, {})->mean[1] > 4);
  CHECK(without.prediction_of(one, {})->mean[1] < 4);
}
