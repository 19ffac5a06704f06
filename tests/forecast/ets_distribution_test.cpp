#include <foreshift/forecast/ets_distribution.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <utility>
#include <vector>

#include "ets_reference.hpp"
#include "saved_model.hpp"

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

// R's fit as a model at the end of its series.
//
// For a damped trend with error M and season M, R 8.20 forecasts from a transition matrix (1 1; 0 phi), where
// its own recursion has (phi; phi): the slope's first step is not damped, and the slope's innovations are not
// either. `as_r` gives the model that does that in our terms, slope and beta divided by phi.
ets_model model_of(const forecast_test::ets_reference& r, bool as_r) {
  ets_state state = r.start;
  auto p = r.parameters;
  run(r.form, p, state, r.y);
  if (as_r && r.form.trend == ets_trend::damped && r.form.season == ets_season::multiplicative) {
    state.slope /= p.phi;
    p.beta /= p.phi;
  }
  return {r.form, p, state, {.sigma = std::sqrt(r.variance), .observed = r.y.size()}};
}

struct r_forecast {
  std::vector<double> mean, low95, high95;
};

void check_forecast(const forecast_test::ets_reference& r, const r_forecast& theirs) {
  CAPTURE(r.series);
  CAPTURE(r.label);
  const auto m = model_of(r, true);
  std::vector<double> mean(theirs.mean.size()), variance(mean.size());
  predict_mean(m, {}, mean);
  predict_variance(m, variance);
  for (std::size_t h = 0; h < mean.size(); ++h) {
    CHECK(mean[h] == doctest::Approx(theirs.mean[h]).epsilon(1e-5).scale(0));
    const double z = 1.959963984540054;
    // Without a trend R 8.20 lets a season's innovation come back one step early, h = m instead of m + 1;
    // the sample paths below agree with us.
    if (r.form.trend == ets_trend::none && r.form.season == ets_season::additive &&
        (h + 1) % r.season_length == 0)
      continue;
    CHECK(std::sqrt(variance[h]) ==
          doctest::Approx((theirs.high95[h] - theirs.low95[h]) / (2 * z)).epsilon(1e-5).scale(0));
  }
}

ets_model example(const ets_form& form, double sigma) {
  ets_state state{.level = 20, .slope = form.trend == ets_trend::none ? 0.0 : 0.3};
  if (form.season == ets_season::additive) state.season = {-4, 1, 3};
  if (form.season == ets_season::multiplicative) state.season = {0.8, 1.05, 1.15};
  const ets_parameters p{0.5, form.trend == ets_trend::none ? 0.0 : 0.2,
                         form.season == ets_season::none ? 0.0 : 0.3,
                         form.trend == ets_trend::damped ? 0.9 : 1.0};
  return {form, p, state, {.sigma = sigma}};
}

}  // namespace

TEST_CASE("forecasts and prediction intervals are R's") {
  const auto table = forecast_test::reference_text("r_ets_forecasts.csv");
  std::size_t checked = 0;
  for (const auto& r : forecast_test::ets_references()) {
    r_forecast theirs;
    for (std::size_t i = 0; i < table.at("h").size(); ++i)
      if (table.at("dataset")[i] == r.series && table.at("label")[i] == r.label) {
        theirs.mean.push_back(forecast_test::number(table.at("mean")[i]));
        theirs.low95.push_back(forecast_test::number(table.at("lo95")[i]));
        theirs.high95.push_back(forecast_test::number(table.at("hi95")[i]));
      }
    REQUIRE(theirs.mean.size() == 24);
    check_forecast(r, theirs);
    ++checked;
  }
  CHECK(checked == 16);
}

TEST_CASE("forecasts and prediction intervals of M4 series are R's") {
  for (const std::string kind : {"m4h_ets", "m4h_ets_AAdA"}) {
    const auto references = forecast_test::ets_references_m4("forecasts of ETS", kind + "_models.csv");
    if (references.empty()) return;
    std::ifstream in{std::string{std::getenv("FORESHIFT_DATA_DIR")} + "/r-parity/" + kind + "_forecasts.csv"};
    std::map<std::string, r_forecast> theirs;
    std::string line;
    std::getline(in, line);  // index,id,h,actual,mean,lo80,hi80,lo95,hi95
    while (std::getline(in, line)) {
      std::erase(line, '"');
      std::vector<std::string> cell{""};
      for (const char c : line) c == ',' ? cell.emplace_back() : cell.back() += c;
      auto& f = theirs[cell[1]];
      f.mean.push_back(forecast_test::number(cell[4]));
      f.low95.push_back(forecast_test::number(cell[7]));
      f.high95.push_back(forecast_test::number(cell[8]));
    }
    for (const auto& r : references) check_forecast(r, theirs.at(r.series));
  }
}

TEST_CASE("mean and variance are those of many sample paths") {
  constexpr std::size_t horizon = 8, paths = 20000;
  for (const auto e : {ets_error::additive, ets_error::multiplicative})
    for (const auto t : {ets_trend::none, ets_trend::additive, ets_trend::damped})
      for (const auto s : {ets_season::none, ets_season::additive, ets_season::multiplicative}) {
        const ets_form form{e, t, s};
        if (!is_stable(form)) continue;
        CAPTURE(to_string(form));
        const auto m = example(form, e == ets_error::additive ? 1.0 : 0.1);
        std::vector<double> sum(horizon), squares(horizon), path(horizon), mean(horizon), variance(horizon);
        random_stream random{4};
        for (std::size_t i = 0; i < paths; ++i) {
          simulate(m, random, path);
          for (std::size_t h = 0; h < horizon; ++h) {
            sum[h] += path[h];
            squares[h] += path[h] * path[h];
          }
        }
        predict_mean(m, {}, mean);
        predict_variance(m, variance);
        for (std::size_t h = 0; h < horizon; ++h) {
          const double seen = sum[h] / paths, spread = squares[h] / paths - seen * seen;
          // Four standard errors of a mean and, with some kurtosis, of a variance over 20000 paths.
          CHECK(std::abs(seen - mean[h]) < 4 * std::sqrt(variance[h] / paths));
          CHECK(spread == doctest::Approx(variance[h]).epsilon(0.06).scale(0));
        }
      }
}

TEST_CASE("where there is no formula the variance comes from seeded paths, the same each time") {
  const auto m = example({ets_error::additive, ets_trend::damped, ets_season::multiplicative}, 1.0);
  std::vector<double> a(6), b(6);
  predict_variance(m, a);
  predict_variance(m, b);
  CHECK(a == b);
  CHECK(a[0] == doctest::Approx(1).epsilon(0.1));  // sigma^2, four standard errors of 4000 paths
  CHECK(a[5] > a[0]);
}

TEST_CASE("variances of huge and of perfect models are finite") {
  for (const double scale : {1e-200, 1e99}) {
    const ets_model m({}, {}, {.level = scale}, {.sigma = scale});
    std::vector<double> v(5);
    predict_variance(m, v);
    for (const double x : v) CHECK(std::isfinite(x));
  }
  const ets_model perfect({}, {}, {.level = 3}, {.sigma = 0});
  std::vector<double> v(5, 1.0);
  predict_variance(perfect, v);
  for (const double x : v) CHECK(x == 0);
}
