#include <foreshift/core/random.hpp>
#include <foreshift/forecast/accuracy.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {
const std::vector<double> y{10, 20, 0, NAN, 40};
const std::vector<double> f{12, 15, 0, 99, 40};
}  // namespace

TEST_CASE("absolute and squared errors are averaged over what was observed") {
  CHECK(mean_absolute_error({y, f}) == doctest::Approx((2 + 5 + 0 + 0) / 4.0));
  CHECK(root_mean_squared_error({y, f}) == doctest::Approx(std::sqrt((4 + 25) / 4.0)));
  const std::vector<double> gaps{NAN, NAN};
  CHECK(std::isnan(mean_absolute_error({gaps, gaps})));
}

TEST_CASE("sMAPE is M4's, with 200 as its bound and 0 for two zeros") {
  CHECK(smape({y, f}) == doctest::Approx(200.0 * (2.0 / 22 + 5.0 / 35 + 0 + 0) / 4));
  const std::vector<double> up{1}, down{-1};
  CHECK(smape({up, down}) == 200);
}

TEST_CASE("MASE divides by the seasonal naive error of the history") {
  const std::vector<double> history{1, 5, 2, 7, NAN, 8};  // season 2: |2-1|, |7-5|, -, |8-7|
  CHECK(seasonal_naive_scale(history, 2) == doctest::Approx(4.0 / 3));
  CHECK(mase({y, f}, 4.0 / 3) == doctest::Approx(1.75 / (4.0 / 3)));
  CHECK(std::isnan(seasonal_naive_scale(history, 6)));
  CHECK(mase({f, f}, 0) == 0);
  CHECK(std::isinf(mase({y, f}, 0)));
}

TEST_CASE("OWA of the published seasonal naive figures on M4 hourly is the published one") {
  // The organisers' table, hourly: sNaive has sMAPE 13.912, MASE 1.193, OWA 0.6275; Doornik et al. 8.913,
  // 0.801, 0.4096. The published scores are rounded to three places, which moves OWA by up to 0.00012.
  CHECK(std::abs(owa({13.912, 1.193}, m4_hourly_naive2) - 0.6275) < 0.0002);
  CHECK(std::abs(owa({8.913, 0.801}, m4_hourly_naive2) - 0.4096) < 0.0002);
  CHECK(owa(m4_hourly_naive2, m4_hourly_naive2) == 1);
}

TEST_CASE("pinball loss is lopsided as its level says") {
  const std::vector<double> observed{10, 10}, low{8, 13};
  CHECK(pinball_loss({observed, low}, 0.9) == doctest::Approx((0.9 * 2 + 0.1 * 3) / 2));
  CHECK(pinball_loss({y, f}, 0.5) == doctest::Approx(0.5 * mean_absolute_error({y, f})));
}

TEST_CASE("an interval's ends belong to it, and misses cost 2 / alpha") {
  const std::vector<double> observed{1, 2, 3, 4}, lower{1, 3, 0, 0}, upper{2, 4, 2, 4};
  CHECK(coverage({observed, lower, upper}) == 0.5);
  // widths 1, 1, 2, 4; the second is 1 below, the third 1 above; alpha 0.05
  CHECK(msis({observed, lower, upper}, {.level = 0.95, .scale = 2}) ==
        doctest::Approx((8 + 40 + 40) / 4.0 / 2));
}

TEST_CASE("the fast CRPS is the double sum of its definition") {
  random_stream random{2};
  for (std::size_t m = 2; m <= 9; ++m) {
    std::vector<double> x;
    for (std::size_t i = 0; i < m; ++i) x.push_back(random.normal());
    const double observed = random.normal();
    double distance = 0, spread = 0;
    for (const double a : x) {
      distance += std::abs(a - observed);
      for (const double b : x) spread += std::abs(a - b);
    }
    const auto n = static_cast<double>(m);
    CHECK(crps_in_place(x, observed) == doctest::Approx(distance / n - spread / (2 * n * (n - 1))));
  }
  std::vector<double> one{3};
  CHECK(crps_in_place(one, 5) == 2);
}

TEST_CASE("the CRPS of a normal forecast has its closed form, from samples and from quantiles") {
  // CRPS(N(0,1), y) = y (2 Phi(y) - 1) + 2 phi(y) - 1/sqrt(pi) (Gneiting and Raftery 2007, p. 367); y = 1.
  const double pi = 3.14159265358979323846;
  const double closed =
      2 * 0.84134474606854293 - 1 + 2 * std::exp(-0.5) / std::sqrt(2 * pi) - 1 / std::sqrt(pi);
  std::vector<double> sample, levels, quantiles;
  for (int i = 0; i < 4000; ++i) {
    const double p = (i + 0.5) / 4000;
    levels.push_back(p);
    quantiles.push_back(foreshift::detail::portable_normal_quantile(p));
  }
  sample = quantiles;  // a stratified sample: its error is far below that of random draws
  CHECK(crps_in_place(sample, 1.0) == doctest::Approx(closed).epsilon(0.002));
  CHECK(crps({1.0, levels, quantiles}) == doctest::Approx(closed).epsilon(0.002));
}

TEST_CASE("the Brier score of certainty is 0 or 1") {
  const std::vector<double> happened{1, 0, 1, 0}, right{1, 0, 1, 0}, wrong{0, 1, 0, 1},
      half{0.5, 0.5, 0.5, 0.5};
  CHECK(brier_score({happened, right}) == 0);
  CHECK(brier_score({happened, wrong}) == 1);
  CHECK(brier_score({happened, half}) == 0.25);
}
