#include <foreshift/anomaly/phi_accrual.hpp>
#include <foreshift/anomaly/standard_ensemble.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/risk/error_counter.hpp>
#include <foreshift/risk/failure.hpp>
#include <foreshift/risk/past_windows.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

using namespace foreshift;
using risk::failure_of, risk::failure_options;

TEST_CASE(
    "who shows nothing has the base probability, and every cause alone raises it by its strength at most") {
  const failure_options o;
  CHECK(failure_of({}).probability == doctest::Approx(o.base));
  const std::array surely{0.0}, full{1.0};
  CHECK(failure_of({.anomaly_p = 0}).anomaly == doctest::Approx(o.anomaly.strength));
  CHECK(failure_of({.phi = 100}).silence == doctest::Approx(o.silence.strength));
  CHECK(failure_of({.counter_p = surely}).counters == doctest::Approx(o.counters.strength));
  CHECK(failure_of({.exhaustion = full}).exhaustion == doctest::Approx(o.exhaustion_strength));
}

TEST_CASE("two causes together are worse than each, and better than their sum") {
  const std::array p{0.4};
  const double a = failure_of({.phi = 3}).probability, b = failure_of({.exhaustion = p}).probability;
  const double both = failure_of({.phi = 3, .exhaustion = p}).probability;
  CHECK(both > std::max(a, b));
  CHECK(both < a + b);
}

TEST_CASE("a p-value of 1/e or more is no evidence, smaller ones are ever more") {
  const risk::cause c{.prior = 0.01, .strength = 1};
  CHECK(risk::presence(c, 0.9) == doctest::Approx(0.01));
  double last = 0.01;
  for (const double p : {0.3, 0.1, 1e-2, 1e-4, 1e-8, 0.0}) {
    CHECK(risk::presence(c, p) > last);
    last = risk::presence(c, p);
  }
  // The published example: p = 0.05 leaves at least 0.289 for chance when both are as likely before.
  CHECK(1 - risk::presence({.prior = 0.5, .strength = 1}, 0.05) == doctest::Approx(0.289).epsilon(0.002));
}

TEST_CASE("ten counters that show nothing are no evidence, where one of them alone would be little") {
  const std::array one{0.05};
  std::array<double, 10> ten;
  ten.fill(0.5), ten[3] = 0.05;
  CHECK(failure_of({.counter_p = one}).counters > 0);
  CHECK(failure_of({.counter_p = ten}).counters == 0);
}

namespace {

constexpr int horizon = 15, minutes = 600;
enum planted { healthy, leak, errors, thermal, hang, kinds };

/// A host a minute at a time; what is planted brings it down at `fails_at`.
struct host {
  planted kind;
  int fails_at;
  random_stream random;
  risk::past_windows memory{{.horizon = horizon, .kept = 60}}, heat{{.horizon = horizon, .kept = 60}};
  risk::error_counter count{};
  anomaly::phi_accrual heart{};
  bool watched = true;
  random_stream demand{0};
  decltype(anomaly::make_standard_ensemble()) processor = anomaly::make_standard_ensemble();

  std::uint64_t poisson(double rate) {
    std::uint64_t k = 0;
    for (double p = random.uniform(); p > std::exp(-rate); p *= random.uniform()) ++k;
    return k;
  }
  double step(int t) {
    const double left = fails_at - t;
    const auto noise = [&] { return random.uniform() - 0.5; };
    // A leak takes three hours from 40 to 100; heat rises for 40 minutes; errors double every 10 for an hour.
    memory.observe(40 + (kind == leak ? 60 * std::max(0.0, 1 - left / 180) : 0) + 4 * noise());
    heat.observe(60 + (kind == thermal ? 30 * std::max(0.0, 1 - left / 40) : 0) + 3 * noise());
    const auto faults = poisson(kind == errors ? 0.2 * std::exp2(std::max(0.0, 6 - left / 10)) : 0.2);
    const double counted = count.p_value(faults);
    count.learn(faults);
    const auto now = time_point{std::chrono::seconds{60 * t}};
    if (kind != hang || left > 4)
      for (int s = 0; s < 60; s += 10)
        heart.arrive(now + std::chrono::milliseconds{1000 * s - static_cast<int>(500 * noise())});
    // What is throttled takes longer, so that twice as much waits; what hangs does nothing any more.
    const double slowed = kind == thermal && left <= 20 ? 2 : kind == hang && left <= 4 ? 0 : 1;
    processor.observe({now, slowed * (40 + 10 * std::sin(t / 60.0)) + 2 * demand.normal()});
    const std::array counters{counted};
    const std::array exhausted{memory.above(97, 0.0001).increments, heat.above(89, 0.0001).increments};
    return failure_of({.anomaly_p = watched ? processor.p_value() : 1,
                       .phi = heart.phi(now + std::chrono::seconds{55}),
                       .counter_p = counters,
                       .exhaustion = exhausted})
        .probability;
  }
};

struct outcome {
  double brier = 0, base_brier = 0;
  std::array<std::vector<int>, kinds> lead;  // minutes from the first alarm to the failure; 0: none
  int false_alarm_minutes = 0, healthy_minutes = 0;
};

outcome play_fleet(bool watched) {
  outcome out;
  std::vector<std::pair<double, bool>> claims;
  double events = 0;
  for (int h = 0; h < 100; ++h) {
    const auto kind = h < 60 ? healthy : static_cast<planted>(1 + h % 4);
    host one{kind, kind == healthy ? minutes * 10 : 300 + (h * 37) % 280,
             random_stream{static_cast<std::uint64_t>(h)}};
    one.watched = watched;
    one.demand = random_stream{static_cast<std::uint64_t>(1000 + h)};
    int lead = 0;
    for (int t = 0; t < std::min(minutes, one.fails_at); ++t) {
      const double p = one.step(t);
      if (t < 100) continue;
      const bool soon = one.fails_at - t <= horizon;
      claims.emplace_back(p, soon), events += soon ? 1 : 0;
      if (p >= 0.5 && lead == 0 && one.fails_at - t <= 60) lead = one.fails_at - t;
      if (kind == healthy) out.healthy_minutes += 1, out.false_alarm_minutes += p >= 0.5 ? 1 : 0;
    }
    out.lead[kind].push_back(lead);
  }
  const double rate = events / static_cast<double>(claims.size());
  for (const auto& [p, soon] : claims) {
    out.brier += (p - soon) * (p - soon);
    out.base_brier += (rate - soon) * (rate - soon);
  }
  return out;
}

}  // namespace

TEST_CASE("on a fleet with planted failures the probability has skill and comes in time") {
  auto seen = play_fleet(true);
  const auto unwatched = play_fleet(false);
  // Nearly all that is strange is harmless, so it may help little, and it must not harm.
  MESSAGE("Brier skill without what is strange ", 1 - unwatched.brier / unwatched.base_brier);
  CHECK(seen.brier < 1.01 * unwatched.brier);
  MESSAGE("Brier skill against the rate ", 1 - seen.brier / seen.base_brier, ", false alarm minutes ",
          seen.false_alarm_minutes, " of ", seen.healthy_minutes);
  CHECK(1 - seen.brier / seen.base_brier > 0.3);
  CHECK(seen.false_alarm_minutes * 1000 < seen.healthy_minutes);
  const std::array least{0, 10, 10, 5, 2};  // minutes; the heat rises late, a hang beats until its last four
  for (const auto kind : {leak, errors, thermal, hang}) {
    CAPTURE(static_cast<int>(kind));
    auto& lead = seen.lead[kind];
    std::ranges::sort(lead);
    MESSAGE("kind ", static_cast<int>(kind), ": least lead ", lead.front(), ", median ",
            lead[lead.size() / 2]);
    CHECK(lead.front() >= 1);  // none is missed
    CHECK(lead[lead.size() / 2] >= least[kind]);
  }
}
