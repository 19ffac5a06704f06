#include <foreshift/core/random.hpp>
#include <foreshift/forecast/ets.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "ets_reference.hpp"
#include "saved_model.hpp"

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

telemetry::series_view hourly(const std::vector<double>& y) { return {{}, std::chrono::hours{1}, y}; }

ets spec_of(const ets_form& f, std::size_t m) {
  return {.error = f.error, .trend = f.trend, .season = f.season, .season_length = m};
}

std::vector<double> load(std::size_t n, std::size_t m) {
  random_stream random{5};
  std::vector<double> y;
  for (std::size_t t = 0; t < n; ++t)
    y.push_back(100 + 30 * std::sin(6.283185307179586 * static_cast<double>(t % m) / static_cast<double>(m)) +
                2 * random.normal());
  return y;
}

// How many fits of R's forms are worse than R's by more than half a unit of AICc.
std::size_t worse_than_r(const std::vector<forecast_test::ets_reference>& references) {
  std::size_t worse = 0;
  for (const auto& r : references) {
    const auto m = fit(spec_of(r.form, r.season_length), hourly(r.y), {});
    REQUIRE(m);
    if (!(m->summary().aicc <= r.aicc + 0.5)) {
      ++worse;
      MESSAGE(r.series << " " << to_string(r.form) << ": " << m->summary().aicc << ", R " << r.aicc);
    }
  }
  return worse;
}

}  // namespace

TEST_CASE("fits of R's forms are as likely as R's or more") {
  CHECK(worse_than_r(forecast_test::ets_references()) == 0);
}

TEST_CASE("fits of R's forms to M4 series are as likely as R's or more") {
  // Two of the twenty of each kind: every fit is in bench/quality/ets_parity.cpp.
  for (const auto* file : {"m4h_ets_models.csv", "m4h_ets_AAdA_models.csv"}) {
    auto references = forecast_test::ets_references_m4("fits of ETS", file);
    if (references.empty()) return;
    references.erase(references.begin() + 2, references.end());
    CHECK(worse_than_r(references) == 0);
  }
}

TEST_CASE("what a form cannot do has a name") {
  const double gap = std::numeric_limits<double>::quiet_NaN();
  const ets relative{
      .error = ets_error::multiplicative, .trend = ets_trend::none, .season = ets_season::none};
  const std::vector<double> negative{1, 2, -3, 4, 5, 6, 7, 8, 9};
  CHECK(fit(relative, hourly(negative), {}).error() == errc::not_positive);
  CHECK(fit(ets{}, hourly(std::vector<double>(31, 1.0)), {}).error() == errc::too_short);
  CHECK(fit(ets{}, hourly(std::vector<double>(32, 1.0)), {}));
  CHECK(fit(ets{}, hourly(std::vector<double>(400, gap)), {}).error() == errc::all_missing);
  CHECK_FALSE(explain(errc::not_positive).empty());
}

TEST_CASE("likelihood and criterion do not depend on the unit, up to the unit itself") {
  const auto y = load(200, 12);
  for (const auto e : {ets_error::additive, ets_error::multiplicative}) {
    const ets spec{.error = e, .season_length = 12};
    const auto m = *fit(spec, hourly(y), {});
    auto scaled = y;
    for (double& v : scaled) v *= 1024;  // a power of two: the same digits
    const auto s = *fit(spec, hourly(scaled), {});
    CHECK(s.summary().aicc - m.summary().aicc == doctest::Approx(2 * 200 * std::log(1024.0)).epsilon(1e-9));
    CHECK(s.state().level == doctest::Approx(1024 * m.state().level).epsilon(1e-9));
    CHECK(s.summary().sigma / m.summary().sigma ==
          doctest::Approx(e == ets_error::additive ? 1024.0 : 1.0).epsilon(1e-9));
  }
}

TEST_CASE("sigma is the spread of the innovations") {
  const auto m = *fit(ets{.season_length = 12}, hourly(load(600, 12)), {});
  CHECK(m.summary().sigma == doctest::Approx(2).epsilon(0.1));
  CHECK(m.summary().observed == 600);
}

TEST_CASE("a weekly season of hours is learned from five weeks") {
  const auto y = load(5 * 168, 168);
  const auto m = *fit(ets{.trend = ets_trend::none, .season_length = 168}, hourly(y), {});
  double error = 0;
  const auto f = forecast_test::mean_curve(m, 168);
  for (std::size_t h = 0; h < f.size(); ++h)
    error += std::abs(f[h] - 100 - 30 * std::sin(6.283185307179586 * static_cast<double>(h) / 168)) / 168;
  CHECK(error < 1.5);  // the mean of five noises of 2 is off by 0.7
}

TEST_CASE("with little history the season is a mean of what there is") {
  const auto y = load(40, 12);
  const auto f = forecast_test::mean_curve(*fit(ets{.season_length = 12}, hourly(y), {}), 12);
  for (std::size_t h = 0; h < f.size(); ++h)
    CHECK(std::abs(f[h] - 100 - 30 * std::sin(6.283185307179586 * static_cast<double>((40 + h) % 12) / 12)) <
          10);
}

TEST_CASE("a long gap does not disturb the season's place") {
  auto y = load(40 * 12, 12);
  for (std::size_t t = 200; t < 315; ++t) y[t] = std::nan("");
  for (std::size_t t = 0; t < 5; ++t) y[t] = std::nan("");
  for (const auto s : {ets_season::additive, ets_season::multiplicative}) {
    const auto f = forecast_test::mean_curve(*fit(ets{.season = s, .season_length = 12}, hourly(y), {}), 12);
    for (std::size_t h = 0; h < f.size(); ++h)
      CHECK(std::abs(f[h] - 100 - 30 * std::sin(6.283185307179586 * static_cast<double>(h) / 12)) < 6);
  }
}

TEST_CASE("a fitted model survives saving and damage") {
  const auto a = *fit(ets{.season_length = 4}, hourly(load(60, 4)), {});
  forecast_test::check_saving(a, *fit(ets{.season = ets_season::none}, hourly(load(60, 4)), {}));
}
