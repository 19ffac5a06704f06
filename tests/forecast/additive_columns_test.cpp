#include <foreshift/forecast/additive_columns.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <numbers>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;
using foreshift::forecast::detail::additive_columns;
using foreshift::forecast::detail::columns_of;

namespace {

std::vector<double> row_of(const additive_columns& c, time_point t, std::vector<double> given = {}) {
  std::vector<double> out(c.size());
  c.write_row(t, given, out);
  return out;
}
std::vector<std::string> names(const additive_columns& c) {
  std::vector<std::string> out;
  for (const auto& part : c.components) out.push_back(part.name);
  return out;
}

}  // namespace

TEST_CASE("a season is the Fourier sum over days since 1970") {
  const additive spec{.yearly_seasonality = 10, .weekly_seasonality = 0, .daily_seasonality = 0};
  const auto columns = columns_of(spec, {});
  REQUIRE(columns.size() == 20);
  const time_point t = *parse_time("2021-03-05 13:30");
  const double day = 18691.5625;  // 2021-03-05 is day 18691
  const auto row = row_of(columns, t);
  for (std::size_t k = 1; k <= 10; ++k) {
    // 51 turns of the year: the angle itself is good to about 1e-12 only.
    const double angle = 2 * std::numbers::pi * static_cast<double>(k) * day / 365.25;
    CHECK(row[2 * k - 2] == doctest::Approx(std::sin(angle)).epsilon(1e-9));
    CHECK(row[2 * k - 1] == doctest::Approx(std::cos(angle)).epsilon(1e-9));
  }
}

TEST_CASE("automatic seasons follow the length and the steps of the history") {
  using list = std::vector<std::string>;
  const auto automatic = [](double days, double between) {
    return names(columns_of(additive{}, {.days = days, .days_between = between}));
  };
  CHECK(automatic(729.9, 1) == list{"weekly"});
  CHECK(automatic(730, 1) == list{"yearly", "weekly"});
  CHECK(automatic(13.9, 1.0 / 24) == list{"daily"});
  CHECK(automatic(14, 1.0 / 24) == list{"weekly", "daily"});
  CHECK(automatic(1.9, 1.0 / 24) == list{});
  CHECK(automatic(4000, 28) == list{"yearly"});  // months
  CHECK(automatic(4000, 7) == list{"yearly"});
  CHECK(names(columns_of(additive{.weekly_seasonality = 0, .daily_seasonality = 2},
                         {.days = 100, .days_between = 1})) == list{"daily"});
  CHECK(columns_of(additive{}, {.days = 800, .days_between = 0.1}).size() == 20 + 6 + 8);
}

TEST_CASE("a holiday has a column for each day of its window, whatever the hour") {
  const additive spec{.holidays = {{.name = "sale",
                                    .days = {*parse_time("2020-05-10 09:00"), *parse_time("1960-01-01")},
                                    .lower_window = -1,
                                    .upper_window = 2}}};
  const auto columns = columns_of(spec, {});
  REQUIRE(columns.size() == 4);
  const auto at = [&](const char* text) { return row_of(columns, *parse_time(text)); };
  using row = std::vector<double>;
  CHECK(at("2020-05-08 23:59") == row{0, 0, 0, 0});
  CHECK(at("2020-05-09 00:00") == row{1, 0, 0, 0});
  CHECK(at("2020-05-10 23:00") == row{0, 1, 0, 0});
  CHECK(at("2020-05-11 12:00") == row{0, 0, 1, 0});
  CHECK(at("2020-05-12 00:00") == row{0, 0, 0, 1});
  CHECK(at("2020-05-13 00:00") == row{0, 0, 0, 0});
  CHECK(at("1959-12-31 01:00") == row{1, 0, 0, 0});  // before 1970 a day is rounded down as well
  CHECK(at("1960-01-01 01:00") == row{0, 1, 0, 0});
}

TEST_CASE("windows of neighbouring holidays overlap") {
  const additive spec{.holidays = {{.name = "pair",
                                    .days = {*parse_time("2020-05-10"), *parse_time("2020-05-11")},
                                    .upper_window = 1}}};
  CHECK(row_of(columns_of(spec, {}), *parse_time("2020-05-11")) == std::vector<double>{1, 1});
}

TEST_CASE("regressors are standardised unless they are binary, constant, or it is not wanted") {
  const auto one = [](std::vector<double> values, standardising how, double value) {
    additive_columns columns;
    add_regressor(columns, {.regressors = {{.name = "r", .standardize = how}}}, values);
    return row_of(columns, {}, {value})[0];
  };
  const double s = std::sqrt(5.0 / 3.0);  // of 1, 2, 3, 4, with n - 1
  CHECK(one({1, 2, 3, 4}, standardising::automatic, 4) == doctest::Approx(1.5 / s));
  CHECK(one({1, 2, 3, 4}, standardising::never, 4) == 4);
  CHECK(one({0, 1, 1, 0}, standardising::automatic, 1) == 1);
  CHECK(one({0, 1, 1, 0}, standardising::always, 1) == doctest::Approx(0.5 / std::sqrt(1.0 / 3.0)));
  CHECK(one({7, 7, 7}, standardising::always, 9) == 9);
  CHECK(one({-1e100, 1e100}, standardising::automatic, 1e100) == doctest::Approx(std::sqrt(0.5)));
  CHECK(one({0, 1e-310}, standardising::automatic, 0) < 1);  // no unit left: no NaN
}

TEST_CASE("a regressor that is no number counts as its mean, an absurd one is cut") {
  additive_columns columns;
  add_regressor(columns, {}, std::vector<double>{1, 2, 3});
  CHECK(columns.components[0].name == "regressor_0");
  CHECK(row_of(columns, {}, {NAN})[0] == 0);
  CHECK(row_of(columns, {}, {INFINITY})[0] == 1e12);
  CHECK(row_of(columns, {}, {})[0] == 0);
}
