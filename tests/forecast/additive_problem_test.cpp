#include <foreshift/forecast/additive_problem.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace foreshift::forecast;
using namespace foreshift::forecast::detail;

namespace {

const std::vector<double> changes{0.2, 0.5, 0.9};
const additive_parameters bent{.k = 0.7, .m = 0.3, .delta = {0.5, -1.4, 2.0}, .beta = {}};

// Prophet's own formulas, with the offsets gamma that keep the trend continuous.
double prophet_linear(double t) {
  double k = bent.k, m = bent.m;
  for (std::size_t j = 0; j < changes.size(); ++j)
    if (t >= changes[j]) k += bent.delta[j], m -= changes[j] * bent.delta[j];
  return k * t + m;
}
double prophet_logistic(double t, double cap) {
  double k = bent.k, m = bent.m, rate = bent.k, offset = bent.m;
  for (std::size_t j = 0; j < changes.size(); ++j) {
    const double gamma = (changes[j] - offset) * (1 - rate / (rate + bent.delta[j]));
    rate += bent.delta[j];
    offset += gamma;
    if (t >= changes[j]) k = rate, m = offset;
  }
  return cap / (1 + std::exp(-k * (t - m)));
}

}  // namespace

TEST_CASE("the trend as hinges is Prophet's trend with its offsets") {
  hinge_walk linear{trend_growth::linear, bent, changes}, curved{trend_growth::logistic, bent, changes};
  for (const double t : {-0.1, 0.0, 0.1, 0.2, 0.3, 0.5, 0.6, 0.95, 1.0, 1.7}) {
    CHECK(linear.at(t) == doctest::Approx(prophet_linear(t)).epsilon(1e-12));
    CHECK(3 * logistic(curved.at(t)) == doctest::Approx(prophet_logistic(t, 3)).epsilon(1e-12));
  }
  CHECK(linear.rate() == doctest::Approx(1.8));
}

TEST_CASE("the flat trend is a constant") {
  hinge_walk flat{trend_growth::flat, {.k = 5, .m = 0.4, .delta = {}, .beta = {}}, {}};
  CHECK(flat.at(0.0) == 0.4);
  CHECK(flat.at(9.0) == 0.4);
}

TEST_CASE("the loss is the negative log posterior, written out") {
  additive_problem p;
  p.t = {0, 0.5, 1};
  p.y = {0.2, 0.9, 1.0};
  p.x = {1, 2, 0, -1, 1, 0.5};
  p.prior_scale = {10, 3};
  p.multiplies = {0, 1};
  p.changepoints = {0.5};
  p.tau = 0.05;
  const additive_parameters a{.k = 0.6, .m = 0.1, .delta = {-0.2}, .beta = {0.05, 0.1}};
  const double trend[] = {0.1, 0.4, 0.6};
  const double fitted[] = {trend[0] * 1.2 + 0.05, trend[1] * 0.9, trend[2] * 1.05 + 0.05};
  double squares = 0;
  for (int i = 0; i < 3; ++i) squares += std::pow(p.y[static_cast<std::size_t>(i)] - fitted[i], 2);
  const double sigma = 0.3;
  CHECK(penalised_loss(p, a, sigma) ==
        doctest::Approx(3 * std::log(sigma) + squares / (2 * 0.09) + 0.09 / (2 * 0.25) + 0.36 / 50 +
                        0.01 / 50 + 0.2 / 0.05 + 0.0025 / 200 + 0.01 / 18)
            .epsilon(1e-12));
}

TEST_CASE("the share of the cap stays in [0, 1] for any line") {
  for (const double z : {-1e300, -800.0, 0.0, 800.0, 1e300}) {
    CHECK(logistic(z) >= 0);
    CHECK(logistic(z) <= 1);
  }
}
