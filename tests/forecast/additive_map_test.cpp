#include <foreshift/core/random.hpp>
#include <foreshift/forecast/additive_map.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;
using namespace foreshift::forecast::detail;

namespace {

// A trend that bends once, two features, the second of which may multiply, and a little noise.
additive_problem made(trend_growth growth, bool multiplies, std::uint64_t seed = 1) {
  random_stream random{seed};
  additive_problem p;
  p.growth = growth;
  p.cap = 1.1;
  p.prior_scale = {10, 10, 10};
  p.multiplies = {0, static_cast<unsigned char>(multiplies), static_cast<unsigned char>(multiplies)};
  if (growth != trend_growth::flat) p.changepoints = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8};
  for (int i = 0; i < 200; ++i) {
    const double t = i / 199.0;
    const double line = growth == trend_growth::logistic ? 4 * (t - 0.4) - 3 * std::max(t - 0.6, 0.0)
                                                         : 0.3 + 0.4 * t + 0.5 * std::max(t - 0.4, 0.0);
    const double g = growth == trend_growth::logistic ? p.cap * logistic(line)
                     : growth == trend_growth::flat   ? 0.5
                                                      : line;
    const std::vector<double> row{std::sin(0.9 * i), std::cos(0.9 * i), i % 7 == 0 ? 1.0 : 0.0};
    p.t.push_back(t);
    p.x.insert(p.x.end(), row.begin(), row.end());
    const double part = 0.1 * row[1] + 0.3 * row[2];
    p.y.push_back((multiplies ? g * (1 + part) : g + part) - 0.05 * row[0] + 0.02 * random.normal());
  }
  return p;
}

constexpr trend_growth growths[] = {trend_growth::linear, trend_growth::logistic, trend_growth::flat};

}  // namespace

TEST_CASE("no small change of any parameter lowers the loss") {
  for (const auto growth : growths)
    for (const bool multiplies : {false, true}) {
      const auto p = made(growth, multiplies);
      const auto best = additive_search{p}.run(1);
      CHECK(best.converged);
      CHECK(best.loss == doctest::Approx(penalised_loss(p, best.at, best.sigma)).epsilon(1e-12));
      // The search stops when an iteration gains less than 1e-9 of the loss (about 600): 1e-6 is left to it.
      const auto worse = [&](additive_parameters a, double sigma) {
        CHECK(penalised_loss(p, a, sigma) > best.loss - 1e-6);
      };
      for (const double h : {-1e-2, -1e-4, 1e-4, 1e-2}) {
        auto a = best.at;
        worse(a, best.sigma * (1 + h));
        a.k += h;
        if (growth != trend_growth::flat) worse(a, best.sigma);
        a = best.at, a.m += h;
        worse(a, best.sigma);
        for (std::size_t j = 0; j < a.beta.size(); ++j) a = best.at, a.beta[j] += h, worse(a, best.sigma);
        for (std::size_t j = 0; j < a.delta.size(); ++j) a = best.at, a.delta[j] += h, worse(a, best.sigma);
      }
    }
}

TEST_CASE("what made the data is found again") {
  for (const auto growth : growths)
    for (const bool multiplies : {false, true}) {
      const auto p = made(growth, multiplies);
      const auto best = additive_search{p}.run(1);
      // 200 observations with noise 0.02 leave effects a standard error of at most 0.02 / sqrt(200 / 7) / g,
      // with g about 1/2 where they multiply: 0.03 is four of them.
      CHECK(best.at.beta[0] == doctest::Approx(-0.05).epsilon(0.03 / 0.05));
      CHECK(std::abs(best.at.beta[1] - 0.1) < 0.03);
      CHECK(std::abs(best.at.beta[2] - 0.3) < 0.03);
      CHECK(best.sigma == doctest::Approx(0.02).epsilon(0.2));  // its standard error is 5 %
    }
}

TEST_CASE("bends that pass for noise at first are found when little noise is assumed") {
  // Up and down six times: half of the range is noise, or the trend bends twelve times and next to nothing
  // is.
  random_stream random{2};
  additive_problem p;
  for (int i = 0; i < 600; ++i) {
    p.t.push_back(i / 599.0);
    p.y.push_back(0.8 + 0.2 * std::abs((i % 100) / 50.0 - 1) + 0.004 * random.normal());
  }
  for (int j = 1; j <= 11; ++j) p.changepoints.push_back(j / 12.0);
  const auto best = additive_search{p}.run(1);
  CHECK(best.sigma == doctest::Approx(0.004).epsilon(0.2));
  additive_parameters straight{.k = 0, .m = 0.9, .delta = std::vector<double>(25), .beta = {}};
  CHECK(best.loss < penalised_loss(p, straight, 0.058) - 100);  // 0.058: of a uniform spread over 0.2
}

TEST_CASE("a linear model needs one linearisation, the others a few") {
  CHECK(additive_search{made(trend_growth::linear, false)}.run(1).iterations == 1);
  CHECK(additive_search{made(trend_growth::linear, true)}.run(1).iterations <= 15);
  CHECK(additive_search{made(trend_growth::logistic, true)}.run(1).iterations <= 30);
}

TEST_CASE("the covariance of line, rate and effects is positive and small against what is known") {
  for (const auto growth : growths) {
    const auto best = additive_search{made(growth, false)}.run(1);
    REQUIRE(best.covariance.size() == 25);
    for (std::size_t i = 0; i < 5; ++i) {
      for (std::size_t j = 0; j < 5; ++j)
        CHECK(best.covariance[i * 5 + j] == doctest::Approx(best.covariance[j * 5 + i]).epsilon(1e-9));
      const bool rate_of_flat = growth == trend_growth::flat && i == 1;
      if (rate_of_flat)
        CHECK(best.covariance[i * 5 + i] == 0);
      else
        CHECK(best.covariance[i * 5 + i] > 0);
    }
    // An effect of a column with squares summing to about 100: 0.02^2 / 100, give or take.
    CHECK(best.covariance[12] == doctest::Approx(4e-6).epsilon(0.5));
  }
}

TEST_CASE("a perfect line is met without a division by its noise") {
  additive_problem p;
  for (int i = 0; i < 50; ++i) p.t.push_back(i / 49.0), p.y.push_back(0.2 + 0.8 * i / 49.0);
  p.changepoints = {0.25, 0.5, 0.75};
  const auto best = additive_search{p}.run(1);
  CHECK(best.at.k == doctest::Approx(0.8).epsilon(1e-6));
  CHECK(best.at.m == doctest::Approx(0.2).epsilon(1e-6));
  CHECK(std::isfinite(best.loss));
}
