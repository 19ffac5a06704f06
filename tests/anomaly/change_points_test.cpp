#include <foreshift/anomaly/change_points.hpp>
#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

using namespace foreshift;
using anomaly::change_points;

namespace {

/// The posterior of all run lengths by the formulas as they stand, without forgetting any.
class slow_posterior {
 public:
  explicit slow_posterior(double hazard) : hazard_(hazard) {}
  void learn(double x) {
    values_.push_back(x);
    std::vector<double> next(p_.size() + 1);
    for (std::size_t r = 0; r < p_.size(); ++r) {
      const double p = p_[r] * likelihood(x, r);
      next[r + 1] += p * (1 - hazard_);
      next[0] += p * hazard_;
    }
    double all = 0;
    for (const double p : next) all += p;
    for (double& p : next) p /= all;
    p_ = next;
  }
  [[nodiscard]] double shorter_than(std::size_t length) const {
    double sum = 0;
    for (std::size_t r = 0; r < std::min(length, p_.size()); ++r) sum += p_[r];
    return sum;
  }

 private:
  /// Student's t with 2 alpha degrees after the r values before the newest.
  [[nodiscard]] double likelihood(double x, std::size_t r) const {
    const auto n = static_cast<double>(r);
    double mean = 0;
    for (std::size_t i = values_.size() - 1 - r; i + 1 < values_.size(); ++i) mean += values_[i];
    const double sample_mean = r > 0 ? mean / n : 0;
    double squares = 0;
    for (std::size_t i = values_.size() - 1 - r; i + 1 < values_.size(); ++i)
      squares += (values_[i] - sample_mean) * (values_[i] - sample_mean);
    const double kappa = 1 + n, alpha = 1 + n / 2, mu = n * sample_mean / kappa;
    const double beta = 1 + squares / 2 + n * sample_mean * sample_mean / (2 * kappa);
    const double variance = beta * (kappa + 1) / (alpha * kappa), nu = 2 * alpha;
    return std::exp(std::lgamma((nu + 1) / 2) - std::lgamma(nu / 2)) /
           std::sqrt(nu * 3.14159265358979323846 * variance) *
           std::pow(1 + (x - mu) * (x - mu) / (nu * variance), -(nu + 1) / 2);
  }
  double hazard_;
  std::vector<double> values_, p_{1};
};

}  // namespace

TEST_CASE("with room for every run the probabilities are those of the formulas") {
  change_points fast{{.expected_run = 50, .recent = 5, .runs = 400, .probation = 4}};
  for (const double x : {-1.0, 1.0, -1.0, 1.0}) fast.observe({{}, x});  // mean 0, deviation 1
  slow_posterior slow{1.0 / 50};
  random_stream random{9};
  for (int i = 0; i < 300; ++i) {
    const double x = random.normal() * (i < 200 ? 1 : 3) + (i >= 100 ? 2 : 0);
    const auto s = fast.observe({{}, x});
    slow.learn(x);
    if (i >= 5) REQUIRE(s.value == doctest::Approx(slow.shorter_than(5)).epsilon(1e-8));
  }
}

TEST_CASE("forgetting the least likely runs changes the probability by less than 0.03") {
  change_points few, all{{.runs = 2000}};
  random_stream random{3};
  double apart = 0;
  for (int i = 0; i < 1800; ++i) {
    const telemetry::sample s{{}, random.normal() + (i / 400 % 2 == 1 ? 4 : 0)};
    apart = std::max(apart, std::abs(few.observe(s).value - all.observe(s).value));
  }
  CHECK(apart < 0.03);
}

TEST_CASE("a change of level or of spread is found within 20 samples, nearly always and nearly always once") {
  for (const bool level : {true, false}) {
    int before = 0, found = 0, again = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      change_points d;
      random_stream random{seed};
      int alerts = 0;
      for (int i = 0; i < 1000; ++i) {
        const double x = random.normal();
        const bool alert = d.observe({{}, i < 600 ? x : level ? x + 4 : 5 * x}).alert;
        if (i < 600) before += alert ? 1 : 0;
        if (i >= 600) alerts += alert ? 1 : 0;
        if (i == 619) found += alerts > 0 ? 1 : 0;
      }
      again += std::max(0, alerts - 1);
    }
    CHECK(before <= 1);  // in 10,000 samples
    CHECK(found >= 19);
    CHECK(again <= 3);  // in 8,000
  }
}

TEST_CASE("change points stand nasty streams") { test_support::scores_nasty_streams(change_points{}); }
