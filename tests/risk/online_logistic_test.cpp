#include "support/nasty_streams.hpp"

#include <foreshift/core/random.hpp>
#include <foreshift/risk/online_logistic.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>

using namespace foreshift;
using risk::log_odds, risk::online_logistic, risk::probability_of;

TEST_CASE("log-odds and probabilities are each other's inverse, and finite at the ends") {
  for (const double p : {0.001, 0.2, 0.5, 0.97}) CHECK(probability_of(log_odds(p)) == doctest::Approx(p));
  CHECK(log_odds(0) == doctest::Approx(-log_odds(1)));
  CHECK(std::isfinite(log_odds(0)));
}

TEST_CASE("before an outcome the weights are the prior's") {
  const online_logistic<2> model{{.prior = {0.5, -1}, .prior_variance = 2, .memory = 0}};
  CHECK(model({1, 3}) == doctest::Approx(probability_of(0.5 - 3)));
}

TEST_CASE("it finds the weights that made the outcomes, whatever the prior") {
  random_stream random{7};
  online_logistic<3> model{{.prior = {2, 2, 2}, .prior_variance = 4, .memory = 0}};
  const std::array truth = {-1.0, 1.5, -0.5};
  for (int i = 0; i < 20'000; ++i) {
    const std::array x = {1.0, 2 * random.uniform() - 1, 4 * random.uniform() - 2};
    const double p = probability_of(truth[0] + truth[1] * x[1] + truth[2] * x[2]);
    model.learn(x, random.uniform() < p);
  }
  for (std::size_t i = 0; i < 3; ++i) CHECK(std::abs(model.weights()[i] - truth[i]) < 0.12);
}

TEST_CASE("one step agrees with the posterior mode of a single outcome to first order") {
  // Mode of -x^2 / (2 v) + ln sigma(x): found by bisection.
  const double v = 0.01;
  double low = 0, high = 1;
  for (int i = 0; i < 60; ++i) {
    const double x = (low + high) / 2;
    (-x / v + 1 - probability_of(x) > 0 ? low : high) = x;
  }
  online_logistic<1> model{{.prior = {0}, .prior_variance = v, .memory = 0}};
  model.learn({1}, true);
  CHECK(model.weights()[0] == doctest::Approx(low).epsilon(0.001));
}

TEST_CASE("with a memory it follows a change that one without it does not") {
  online_logistic<1> all{{.prior = {0}, .prior_variance = 1, .memory = 0}};
  online_logistic<1> recent{{.prior = {0}, .prior_variance = 1, .memory = 100}};
  for (int i = 0; i < 4000; ++i) {
    const bool happened = i < 3500 ? i % 10 == 0 : i % 10 != 0;
    all.learn({1}, happened), recent.learn({1}, happened);
  }
  CHECK(all({1}) < 0.4);
  CHECK(recent({1}) > 0.75);
}

TEST_CASE("a share of an outcome moves the weights less, and n of them about as much as a whole one") {
  online_logistic<1> whole{{.prior = {0}, .prior_variance = 0.1, .memory = 0}}, parts = whole;
  whole.learn({1}, true);
  for (int i = 0; i < 10; ++i) parts.learn({1}, true, 0.1);
  CHECK(parts.weights()[0] == doctest::Approx(whole.weights()[0]).epsilon(0.01));
}

TEST_CASE("the largest rows and the same outcome for ever leave it finite") {
  online_logistic<2> model{{.prior = {0, 0}, .prior_variance = 100, .memory = 50}};
  for (int i = 0; i < 20'000; ++i) model.learn({1, i % 2 == 0 ? 100.0 : -100.0}, true);
  CHECK(std::isfinite(model.weights()[0]));
  CHECK(model({1, 100}) > 0.5);
}

TEST_CASE("logistic weights come back from an archive, and weights that are no number do not") {
  online_logistic<2> model{{.prior = {0, 1}, .prior_variance = 1, .memory = 0}};
  for (int i = 0; i < 50; ++i) model.learn({1, i * 0.1}, i % 3 == 0);
  auto back = test_support::through_archive(model, online_logistic<2>{{}});
  model.learn({1, 2}, true), back.learn({1, 2}, true);
  CHECK(back.weights() == model.weights());
  CHECK(back({1, 7}) == model({1, 7}));

  archive_writer out;
  out(std::array<double, 2>{0, 1}, 1.0, 0.0, std::numeric_limits<double>::quiet_NaN(), 0.0,
      std::array<double, 4>{1, 0, 0, 1});
  const auto bytes = out.take();
  archive_reader in{bytes};
  online_logistic<2> broken{{}};
  in(broken);
  CHECK_FALSE(in.ok());
}
