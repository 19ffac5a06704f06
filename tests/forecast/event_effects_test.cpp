#include <foreshift/forecast/event_effects.hpp>

#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <vector>

using namespace foreshift;
using forecast::event_effect, forecast::regressor_view, forecast::shared_effect;

namespace {

constexpr std::size_t day = 48;

/// Days with a curve and noise, and events that multiply.
struct past {
  telemetry::series demand{time_point{}, std::chrono::minutes{30}, {}};
  std::vector<double> shares;
  std::size_t columns;

  past(std::uint64_t seed, std::size_t days, double noise, std::size_t columns_ = 1) : columns(columns_) {
    random_stream random{seed};
    for (std::size_t t = 0; t < days * day; ++t) {
      const double hour = 2 * std::numbers::pi * static_cast<double>(t % day) / day;
      demand.values.push_back((3 + std::sin(hour)) * std::exp(noise * random.normal()));
    }
    shares.resize(days * day * columns);
  }
  past& with(std::size_t column, std::size_t from, std::size_t steps, double factor) {
    for (std::size_t t = from; t < from + steps; ++t) {
      demand.values[t] *= factor;
      shares[t * columns + column] = 1;
    }
    return *this;
  }
  std::vector<event_effect> learn(std::size_t season = day) const {
    return forecast::learn_effects(demand, {shares, columns}, season);
  }
};

}  // namespace

TEST_CASE("without noise an effect is its factor, at whatever hour it was") {
  for (const std::size_t from : {std::size_t{100}, std::size_t{205}, std::size_t{290}}) {
    past p{1, 10, 0};
    const auto found = p.with(0, from, 12, 1.8).learn();
    REQUIRE(found.size() == 1);
    CHECK(found[0].relative_change() == doctest::Approx(0.8).epsilon(0.02));
    CHECK(found[0].occurrences == 1);
  }
}

TEST_CASE(
    "the stated variance is what estimates are off by: 300 series, three in four within 1.15 deviations") {
  int within = 0;
  double sum = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    past p{seed, 14, 0.1};
    const auto found = p.with(0, 150 + seed % 40, 12, 1.8).with(0, 480 + seed % 70, 12, 1.8).learn();
    CHECK(found[0].occurrences == 2);
    const double off = found[0].log_factor - std::log(1.8);
    sum += off;
    within += std::abs(off) < 1.15 * std::sqrt(found[0].variance) ? 1 : 0;
  }
  CHECK(std::abs(sum / 300) < 0.01);
  CHECK(within > 195);  // 75 % of 300 are 225; 195 is four standard errors below
  CHECK(within < 282);
}

TEST_CASE("steps that two kinds of event share teach nothing of either") {
  past p{1, 10, 0.02, 2};
  p.with(0, 100, 12, 1.5).with(1, 100, 12, 1.0).with(1, 300, 12, 0.5);
  const auto found = p.learn();
  CHECK_FALSE(found[0].known());
  CHECK(found[1].relative_change() == doctest::Approx(-0.5).epsilon(0.05));
}

TEST_CASE("gaps, zeros, short and empty histories give nothing or less, never a NaN") {
  past gaps{1, 10, 0.02};
  gaps.with(0, 100, 12, 1.8);
  for (std::size_t t = 90; t < 109; ++t) gaps.demand.values[t] = t % 2 == 0 ? std::nan("") : 0;
  CHECK(gaps.learn()[0].relative_change() == doctest::Approx(0.8).epsilon(0.1));
  past dead{1, 10, 0.02};
  for (double& y : dead.with(0, 100, 12, 1.8).demand.values) y = 0;
  CHECK(dead.learn()[0] == event_effect{});
  for (const std::size_t season : {std::size_t{0}, std::size_t{1}, std::size_t{1'000'000}}) {
    past p{1, 10, 0.02};
    const auto found = p.with(0, 100, 12, 1.8).learn(season);
    CHECK(std::isfinite(found[0].log_factor));
  }
  past all{1, 4, 0.02};
  CHECK_FALSE(all.with(0, 0, 4 * day, 1.8).learn()[0].known());
  CHECK(forecast::learn_effects({{}, std::chrono::minutes{30}, {}}, {{}, 1}, day)[0] == event_effect{});
  CHECK(forecast::learn_effects(all.demand, {}, day).empty());
}

TEST_CASE("what series share is their mean, and what they scatter by beyond their own noise") {
  random_stream random{7};
  std::vector<event_effect> own;
  for (int i = 0; i < 2000; ++i) {
    const double variance = 0.01 + 0.03 * random.uniform();
    own.push_back({0.5 + 0.2 * random.normal() + std::sqrt(variance) * random.normal(), variance, 1});
  }
  own.push_back({});
  const auto all = forecast::share_effects(own);
  CHECK(all.series == 2000);
  CHECK(all.mean == doctest::Approx(0.5).epsilon(0.04));
  CHECK(all.variance == doctest::Approx(0.04).epsilon(0.1));
  CHECK(forecast::share_effects({}) == shared_effect{});
  CHECK(forecast::share_effects(std::vector<event_effect>{{0.5, 0.01, 1}, {0.5, 0.01, 1}}).variance == 0);
}

TEST_CASE("shrinkage makes the estimates of many series better, and the more so the less each has seen") {
  random_stream random{9};
  for (const double variance : {0.01, 0.09}) {
    std::vector<event_effect> own;
    std::vector<double> truth;
    for (int i = 0; i < 500; ++i) {
      truth.push_back(0.5 + 0.1 * random.normal());
      own.push_back({truth.back() + std::sqrt(variance) * random.normal(), variance, 2});
    }
    const auto all = forecast::share_effects(own);
    double alone = 0, together = 0;
    for (std::size_t i = 0; i < own.size(); ++i) {
      alone += std::pow(own[i].log_factor - truth[i], 2);
      together += std::pow(shrunk(own[i], all).log_factor - truth[i], 2);
    }
    CHECK(together / alone < (variance > 0.05 ? 0.2 : 0.65));  // theory: 0.1 and 0.5
  }
}

TEST_CASE("a series that has seen nothing takes what the others share; where nobody has, nothing is known") {
  using forecast::shrunk;
  CHECK(shrunk({}, {0.5, 0.04, 30}) == event_effect{0.5, 0.04, 0});
  CHECK_FALSE(shrunk({}, {}).known());
  const event_effect own{0.3, 0.01, 2};
  CHECK(shrunk(own, {}) == own);
  CHECK(shrunk(own, {0.3, 0, 1}) == own);  // it is the only one
  CHECK(shrunk(own, {0.5, 0, 30}).log_factor == doctest::Approx(0.5));
}
