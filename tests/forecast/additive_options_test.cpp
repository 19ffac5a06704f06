#include <foreshift/core/archive.hpp>
#include <foreshift/forecast/additive_options.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace foreshift;
using namespace foreshift::forecast;

TEST_CASE("the defaults are Prophet's") {
  const additive spec;
  CHECK(spec.consistent());
  CHECK(spec.growth == trend_growth::linear);
  CHECK(spec.n_changepoints == 25);
  CHECK(spec.changepoint_range == 0.8);
  CHECK(spec.changepoint_prior_scale == 0.05);
  CHECK(spec.seasonality_prior_scale == 10);
  CHECK(spec.holidays_prior_scale == 10);
  CHECK(spec.seasonality_mode == effect_mode::additive);
  CHECK(spec.interval_width == 0.8);
  CHECK(spec.uncertainty_samples == 1000);
}

TEST_CASE("options out of their range are told") {
  CHECK_FALSE(additive{.growth = trend_growth::logistic}.consistent());  // where does it saturate?
  CHECK_FALSE(additive{.growth = trend_growth::logistic, .cap = 1, .floor = 1}.consistent());
  CHECK(additive{.growth = trend_growth::logistic, .cap = 1}.consistent());
  CHECK_FALSE(additive{.changepoint_range = 0}.consistent());
  CHECK_FALSE(additive{.changepoint_range = 1.1}.consistent());
  CHECK_FALSE(additive{.seasonality_prior_scale = 0}.consistent());
  CHECK_FALSE(additive{.interval_width = 1}.consistent());
  CHECK_FALSE(additive{.uncertainty_samples = 0}.consistent());
  CHECK_FALSE(additive{.seasonalities = {{.name = "none", .fourier_order = 0}}}.consistent());
  CHECK_FALSE(additive{.seasonalities = {{.name = "none", .period = duration{0}}}}.consistent());
  CHECK_FALSE(additive{.holidays = {{.name = "late", .lower_window = 1}}}.consistent());
  CHECK_FALSE(additive{.regressors = {{.name = "free", .prior_scale = -1.0}}}.consistent());
}

TEST_CASE("a specification is saved and restored, names and all") {
  const additive before{
      .growth = trend_growth::logistic,
      .cap = 100,
      .changepoints = {{time_point{std::chrono::hours{5}}}},
      .weekly_seasonality = 0,
      .seasonalities = {{.name = "shift", .period = std::chrono::hours{8}, .fourier_order = 2}},
      .holidays = {{.name = "sale", .days = {time_point{}}, .lower_window = -2, .prior_scale = 3.0}},
      .regressors = {{.name = "heat", .standardize = standardising::never}},
  };
  archive_writer out;
  out(before);
  const auto bytes = out.take();
  additive after;
  archive_reader in{bytes};
  in(after);
  REQUIRE(in.finished());
  CHECK(after.holidays[0].name == "sale");
  CHECK(after.holidays[0].lower_window == -2);
  CHECK(after.seasonalities[0].name == "shift");
  CHECK(after.yearly_seasonality == std::nullopt);
  CHECK(after.weekly_seasonality == 0);
  archive_writer again;
  again(after);
  CHECK(again.take() == bytes);
}
