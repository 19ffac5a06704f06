#include "arima_reference.hpp"
#include "data_folder.hpp"

#include <foreshift/core/random.hpp>
#include <foreshift/forecast/arima.hpp>
#include <foreshift/forecast/arima_vague_start.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;
using namespace forecast_test;

namespace {

telemetry::series_view hourly(std::span<const double> y) { return {{}, std::chrono::hours{1}, y}; }

arima spec_of(const arima_order& o) {
  return {.p = o.p,
          .d = o.d,
          .q = o.q,
          .P = o.P,
          .D = o.D,
          .Q = o.Q,
          .season_length = o.season_length,
          .standard_errors = false};
}

}  // namespace

TEST_CASE("at fixed parameters the likelihood is R's") {
  std::size_t compared = 0;
  for (const auto& row : reference_rows("r_arima_fixed_param_loglik.csv")) {
    auto parameters = numbers_in(row[5], ';');
    double mean = 0;
    if (row[4] == "TRUE") mean = parameters.back(), parameters.pop_back();
    const auto order = order_in(row[1], row[2], std::stoul(row[3]));
    const auto y = reference_series(row[0]);
    const auto ours = log_likelihood_vague_start(order, parameters, y, mean);
    REQUIRE(ours);
    CHECK(ours->used == std::stoul(row[9]));
    // twelve digits are in the file
    CHECK(ours->log_likelihood == doctest::Approx(std::stod(row[7])).epsilon(1e-10));
    CHECK(ours->variance == doctest::Approx(std::stod(row[8])).epsilon(1e-10));
    ++compared;
  }
  CHECK(compared == 22);
}

TEST_CASE("at fixed parameters forecasts and standard errors are R's on M4 series") {
  const auto file = data_rows("r-parity/m4h_arima_fixed_param_loglik.csv");
  const auto m4 = data_or_skip("fixed parameters on M4", "m4-hourly/train.csv", true);
  for (const auto& row : file) {
    const auto* y = find_series(m4, row[0]);
    if (y == nullptr) return;
    const auto order = order_in(row[2], row[3], 24);
    const auto parameters = numbers_in(row[4], ';');
    const auto ours = log_likelihood_vague_start(order, parameters, *y);
    REQUIRE(ours);
    CHECK(ours->log_likelihood == doctest::Approx(std::stod(row[5])).epsilon(1e-10));
    CHECK(ours->variance == doctest::Approx(std::stod(row[6])).epsilon(1e-10));
    const auto m = *fit_at(spec_of(order), parameters, hourly(*y), {});
    std::vector<double> mean(48), variance(48);
    predict_mean(m, {}, mean);
    predict_variance(m, variance);
    CHECK(mean[0] == doctest::Approx(std::stod(row[8])).epsilon(1e-5));
    CHECK(mean[23] == doctest::Approx(std::stod(row[9])).epsilon(1e-5));
    CHECK(mean[47] == doctest::Approx(std::stod(row[10])).epsilon(1e-5));
    // The bands' width hangs on the variance, in which R's vague start shows by up to 1.4e-5.
    CHECK(std::sqrt(variance[0]) == doctest::Approx(std::stod(row[11])).epsilon(1e-5));
    CHECK(std::sqrt(variance[47]) == doctest::Approx(std::stod(row[12])).epsilon(1e-5));
  }
}

TEST_CASE("fits of given orders are as likely as R's, with its coefficients") {
  const auto check = [](const char* name, arima spec, double log_likelihood,
                        std::vector<double> coefficients) {
    const auto m = *fit(spec, hourly(reference_series(name)), {});
    // R's vague start moves its likelihoods in the fifth digit; its optimiser stops at 1e-8 of them.
    CHECK(m.log_likelihood() == doctest::Approx(log_likelihood).epsilon(2e-5));
    for (std::size_t i = 0; i < coefficients.size(); ++i)
      CHECK(m.coefficients()[i] == doctest::Approx(coefficients[i]).epsilon(5e-3));
  };
  check("logAirPassengers", {.p = 0, .D = 1, .Q = 1, .season_length = 12}, 244.699530597, {-0.4018, -0.5569});
  check("USAccDeaths", {.p = 0, .D = 1, .Q = 1, .season_length = 12}, -425.439993561, {-0.43028, -0.55277});
  check("WWWusage", {.p = 3, .q = 0}, -251.996992018, {1.15134, -0.66123, 0.34071});
  check("LakeHuron", {.d = 0}, -103.245260626, {0.74490, 0.32059});
  check("lynx", {.p = 2, .d = 0, .q = 0}, -935.015924594, {1.14744, -0.59975});
  CHECK(fit(arima{.d = 0}, hourly(reference_series("LakeHuron")), {})->mean() ==
        doctest::Approx(579.055455191).epsilon(1e-5));
}

TEST_CASE("a regression with autoregressive errors is R's") {
  const auto y = reference_series("LakeHuron");
  std::vector<double> year;
  for (std::size_t t = 0; t < y.size(); ++t) year.push_back(1875 + static_cast<double>(t));
  const arima spec{.p = 2, .d = 0, .q = 0};
  const auto m = *fit(spec, hourly(y), {year, 1});
  CHECK(m.log_likelihood() == doctest::Approx(-101.19826717).epsilon(1e-8));  // no differences: R is exact
  CHECK(m.coefficients()[0] == doctest::Approx(1.00482005).epsilon(1e-3));
  // R was given the year less its mean or 1920; the slope is the same
  CHECK(m.effect(0) == doctest::Approx(-0.0215679).epsilon(2e-3));
  CHECK(m.residual_variance() == doctest::Approx(0.476048898).epsilon(1e-4));
  CHECK(m.aicc() == doctest::Approx(213.048708254).epsilon(1e-7));
}

TEST_CASE("law and petrol act on road deaths as R says") {
  const auto table = reference_rows("series_Seatbelts.csv");
  std::vector<double> y, x;
  for (std::size_t t = 0; t + 12 < table.size(); ++t) {
    y.push_back(std::stod(table[t][0]));
    x.insert(x.end(), {std::stod(table[t][1]), std::stod(table[t][2])});
  }
  const arima spec{.p = 1, .d = 0, .q = 0, .P = 1, .season_length = 12};
  const auto m = *fit(spec, hourly(y), {x, 2});
  CHECK(m.log_likelihood() == doctest::Approx(327.399645657).epsilon(1e-7));
  CHECK(m.effect(0) == doctest::Approx(-0.10808141).epsilon(1e-3));
  CHECK(m.effect(1) == doctest::Approx(-1.26216072).epsilon(1e-3));
  CHECK(m.coefficients()[1] == doctest::Approx(0.6661746).epsilon(1e-3));
  std::vector<double> future, mean(12);
  for (std::size_t t = table.size() - 12; t < table.size(); ++t)
    future.insert(future.end(), {std::stod(table[t][1]), std::stod(table[t][2])});
  predict_mean(m, {future, 2}, mean);
  std::size_t compared = 0;
  for (const auto& row : reference_rows("r_arima_xreg_forecasts.csv"))
    if (row[0].starts_with("Seatbelts") && std::stoul(row[1]) <= 12) {
      CHECK(mean[std::stoul(row[1]) - 1] == doctest::Approx(std::stod(row[2])).epsilon(1e-5));
      ++compared;
    }
  CHECK(compared == 12);
}

TEST_CASE("fits of one order on M4 series are as likely as R's") {
  const auto file = data_rows("r-parity/m4h_arima201011_models.csv");
  const auto m4 = data_or_skip("fitted (2,0,1)(0,1,1) on M4", "m4-hourly/train.csv", true);
  std::size_t good = 0, all = 0;
  for (const auto& row : file) {
    const auto* y = find_series(m4, row[1]);
    if (y == nullptr) return;
    const auto m = *fit(spec_of({2, 0, 1, 0, 1, 1, 24}), hourly(*y), {});
    ++all;
    if (m.aicc() <= std::stod(row[14]) + 0.5) ++good;
  }
  CHECK(good == all);
}

TEST_CASE("what cannot be fitted is named") {
  const std::vector<double> y{1, 2, 3, 2, 1, 2, 3, 4, 2, 1}, ones(10, 1.0);
  CHECK(fit(arima{.p = 5, .q = 5}, hourly(y), {}).error() == errc::too_short);
  CHECK(fit(arima{}, hourly(y), {ones, 1}).error() == errc::singular);  // differencing leaves nothing of it
  CHECK(fit(arima{}, hourly(y), {std::span{ones}.first(9), 1}).error() == errc::bad_regressors);
  CHECK(fit(arima{}, hourly(std::vector<double>(9, std::nan(""))), {}).error() == errc::all_missing);
}

TEST_CASE("a series without noise is continued") {
  std::vector<double> ramp, season;
  for (int t = 0; t < 60; ++t) ramp.push_back(3 + 2.0 * t), season.push_back(t % 6);
  std::vector<double> out(6);
  predict_mean(*fit(arima{.include_drift = true}, hourly(ramp), {}), {}, out);
  CHECK(out[5] == doctest::Approx(3 + 2.0 * 65));
  predict_mean(*fit(arima{.d = 0, .D = 1, .season_length = 6}, hourly(season), {}), {}, out);
  for (int h = 0; h < 6; ++h) CHECK(out[static_cast<std::size_t>(h)] == doctest::Approx(h));
}
