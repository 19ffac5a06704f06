#include "support/nasty_streams.hpp"

#include <foreshift/core/random.hpp>
#include <foreshift/risk/stacked_risk.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <vector>

using namespace foreshift;
using risk::overload_stack, risk::stacked_risk;

namespace {

constexpr std::size_t horizon = 6;
constexpr double limit = 80;

using series = std::vector<double>;

/// Families of series. The forecast is what the test says it is: honest, useless or a lie.
series make(int family, std::size_t n, std::uint64_t seed) {
  random_stream random{seed};
  series y;
  double level = 50;
  for (std::size_t t = 0; t < n; ++t) {
    const double noise = random.uniform() + random.uniform() + random.uniform() - 1.5;
    const double phase = 2 * std::numbers::pi * static_cast<double>(t % 48) / 48;
    switch (family) {
      case 0:
        y.push_back(30);
        break;  // constant
      case 1:
        y.push_back(30 + 5 * noise);
        break;  // never over
      case 2:
        y.push_back(55 + 30 * std::sin(phase) + 6 * noise);
        break;  // daily
      case 3:
        y.push_back(random.uniform() < 0.03 ? 95 : 30);
        break;  // spikes without warning
      case 4:
        y.push_back(level = 60 + 0.95 * (level - 60) + 8 * noise);
        break;  // reverts slowly
      case 5:
        y.push_back(40 + 60 * static_cast<double>(t) / static_cast<double>(n));
        break;  // leak
      case 6:
        y.push_back(t < n / 2 ? 30 + 5 * noise : 78 + 8 * noise);
        break;  // another regime
      default:
        y.push_back(95);
        break;  // always over
    }
  }
  return y;
}
constexpr int families = 8;

enum class forecaster { honest, useless, lying };

double forecast(forecaster f, const series& y, std::size_t t, random_stream& random) {
  bool over = false;
  for (std::size_t h = 1; h <= horizon; ++h) over |= y[t + h] > limit;
  if (f == forecaster::useless) return random.uniform();
  return over == (f == forecaster::honest) ? 0.9 : 0.02;
}

/// What the liar says.
double what_is_said(const series& y, std::size_t t) {
  random_stream none{1};
  return forecast(forecaster::lying, y, t, none);
}

struct losses {
  double risk = 0, past = 0, brier = 0, past_brier = 0;
  std::size_t looks = 0;
};

losses play(const series& y, forecaster f, overload_stack& fleet, std::uint64_t seed) {
  random_stream random{seed};
  stacked_risk r{{.limit = limit, .horizon = horizon, .season_length = 48}};
  losses out;
  for (std::size_t t = 0; t + horizon < y.size(); ++t) {
    r.observe(y[t], fleet);
    const auto e = r.claim({forecast(f, y, t, random), 0}, fleet);
    bool over = false;
    for (std::size_t h = 1; h <= horizon; ++h) over |= y[t + h] > limit;
    const double o = over ? 1 : 0;
    out.risk -= std::log(over ? e.probability : 1 - e.probability);
    out.past -= std::log(over ? e.past_rate : 1 - e.past_rate);
    out.brier += (e.probability - o) * (e.probability - o);
    out.past_brier += (e.past_rate - o) * (e.past_rate - o);
    ++out.looks;
  }
  return out;
}

}  // namespace

TEST_CASE(
    "in log loss the risk is never worse than the base rate, in any family, whatever the forecast says") {
  // The bound holds for each series: horizon x ln(1 / the base rate's first weight), which is 0.1; the small
  // rest is for claims beyond the smallest probability that is told apart.
  const double bound = horizon * std::log(10.0);
  for (const auto f : {forecaster::honest, forecaster::useless, forecaster::lying}) {
    overload_stack fleet;
    for (int family = 0; family < families; ++family) {
      CAPTURE(family);
      CAPTURE(static_cast<int>(f));
      losses sum;
      for (std::uint64_t seed = 1; seed <= 2; ++seed) {
        const auto one = play(make(family, 1500, seed), f, fleet, seed);
        CHECK(one.risk <= one.past + bound + 0.1);
        sum.risk += one.risk, sum.past += one.past;
      }
      // Where there is something to be known, much better: not only not worse.
      if (f == forecaster::honest && family >= 2 && family <= 4) CHECK(sum.risk < 0.5 * sum.past);
    }
  }
}

TEST_CASE("a forecast that lies consistently is understood") {
  overload_stack fleet;
  const auto seen = play(make(3, 4000, 5), forecaster::lying, fleet, 5);
  CHECK(seen.risk < 0.6 * seen.past);
}

TEST_CASE("without a useful forecast the daily pattern and the present level still have skill") {
  for (const int family : {2, 4}) {
    overload_stack fleet;
    const auto seen = play(make(family, 4000, 3), forecaster::useless, fleet, 3);
    CHECK(1 - seen.brier / seen.past_brier > 0.2);
  }
}

TEST_CASE("a newcomer profits from what its fleet has learned") {
  overload_stack taught, fresh;
  for (std::uint64_t seed = 1; seed <= 4; ++seed)
    play(make(2, 2000, seed), forecaster::useless, taught, seed);
  const auto young = make(2, 150, 9);
  CHECK(play(young, forecaster::useless, taught, 9).risk < play(young, forecaster::useless, fresh, 9).risk);
}

TEST_CASE("what comes later changes no claim made before: the risk is causal") {
  auto y = make(4, 600, 1), other = y;
  for (std::size_t t = 300; t < other.size(); ++t) other[t] = 95;
  overload_stack a, b;
  stacked_risk left{{.limit = limit, .horizon = horizon}}, right{{.limit = limit, .horizon = horizon}};
  for (std::size_t t = 0; t < 302; ++t) {
    left.observe(y[t], a), right.observe(other[t], b);
    const double p = left.claim({0.3, -1}, a).probability, q = right.claim({0.3, -1}, b).probability;
    if (t < 300) CHECK(p == q);
    if (t == 301) CHECK(p != q);
  }
}

TEST_CASE("an outcome counts a horizon later, once, and over is above the limit") {
  overload_stack fleet;
  stacked_risk r{{.limit = 10, .horizon = 3}};
  const std::vector<double> y{0, 0, 11, 0, 0, 0, 10};
  // Windows that begin at the 1st to 4th value: over in the 1st and 2nd; at the limit is not over.
  for (const double v : y) r.observe(v, fleet);
  CHECK(r.rates().all().looks == 4);
  CHECK(r.rates().all().events == 2);
}

TEST_CASE("gaps exceed nothing, a window of gaps says nothing, and a second claim replaces the first") {
  overload_stack fleet;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  stacked_risk r{{.limit = 10, .horizon = 2}};
  r.observe(1, fleet);
  for (int i = 0; i < 5; ++i) r.observe(nan, fleet);
  CHECK(r.rates().all().looks == 0);
  const double first = r.claim({0.5, 0}, fleet).probability;
  CHECK(r.claim({0.5, nan}, fleet).probability == first);
  CHECK(r.claim({1, 1e300}, fleet).probability > first);
  for (int i = 0; i < 100; ++i) {
    r.observe(i % 3 == 0 ? nan : i % 3 == 1 ? 1e308 : -1e308, fleet);
    const double p = r.claim({0, -1e300}, fleet).probability;
    CHECK((p > 0 && p < 1));
  }
}

TEST_CASE("a look says what a claim would, and teaches nobody") {
  overload_stack looked_at, claimed;
  stacked_risk left{{.limit = limit, .horizon = horizon}}, right{{.limit = limit, .horizon = horizon}};
  CHECK_FALSE(left.ready());
  const auto y = make(4, 200, 1);
  for (std::size_t t = 0; t < y.size(); ++t) {
    left.observe(y[t], looked_at), right.observe(y[t], claimed);
    const double p = left.look({0.3, -1}, looked_at).probability;
    if (t == 0) CHECK(p == right.look({0.3, -1}, claimed).probability);
    CHECK(right.look({0.3, -1}, claimed).probability == right.claim({0.3, -1}, claimed).probability);
  }
  CHECK(left.ready());
  CHECK(looked_at.weights() == overload_stack{}.weights());
  CHECK(claimed.weights() != overload_stack{}.weights());
}

TEST_CASE("another past takes the place of the old one, and open claims go with it") {
  overload_stack fleet;
  const risk::stacked_risk_options options{.limit = limit, .horizon = horizon, .season_length = 48};
  stacked_risk moved{options}, always{options};
  const auto before = make(3, 300, 1), after = make(2, 400, 2);
  for (const double v : before) moved.observe(v, fleet);
  moved.claim({1, 3}, fleet);
  moved.rebase(after);
  for (const double v : after) always.observe(v, fleet);
  const auto p = moved.look({0.3, 0}, fleet), q = always.look({0.3, 0}, fleet);
  CHECK(p.probability == q.probability);
  CHECK(p.evidence.regressors() == q.evidence.regressors());
  for (std::size_t t = 0; t < 2 * horizon; ++t) moved.observe(30, fleet);
  CHECK(fleet.weights() == overload_stack{}.weights());  // nobody learned what came of the claim
  moved.rebase({});
  CHECK_FALSE(moved.ready());
}

TEST_CASE("what was learned of how far to believe whom survives another past") {
  overload_stack fleet, untaught;
  const risk::stacked_risk_options options{.limit = limit, .horizon = horizon};
  stacked_risk taught{options}, fresh{options};
  const auto y = make(3, 3000, 5);
  for (std::size_t t = 0; t + horizon < y.size(); ++t) {
    taught.observe(y[t], fleet);
    taught.claim({what_is_said(y, t), 0}, fleet);
  }
  const auto other = make(1, 100, 2);
  taught.rebase(other), fresh.rebase(other);
  CHECK(taught.look({0.9, 0}, fleet).probability < 0.5 * fresh.look({0.9, 0}, untaught).probability);
}

TEST_CASE("risk and fleet come back from an archive and go on alike, and half of one does not") {
  overload_stack fleet;
  stacked_risk r{{.limit = limit, .horizon = horizon, .season_length = 48}};
  const auto y = make(2, 700, 3);
  for (std::size_t t = 0; t < 500; ++t) r.observe(y[t], fleet), r.claim({0.2, 0}, fleet);
  auto back = test_support::through_archive(r, stacked_risk{{}});
  auto its_fleet = test_support::through_archive(fleet, overload_stack{});
  for (std::size_t t = 500; t < y.size(); ++t) {
    r.observe(y[t], fleet), back.observe(y[t], its_fleet);
    CHECK(back.claim({0.4, 1}, its_fleet).probability == r.claim({0.4, 1}, fleet).probability);
  }
  archive_writer out;
  out(r);
  const auto bytes = out.take();
  for (std::size_t cut = 0; cut < bytes.size(); cut += 97) {
    archive_reader in{byte_span{bytes}.first(cut)};
    stacked_risk broken{{}};
    in(broken);
    CHECK_FALSE(in.ok());
  }
}
