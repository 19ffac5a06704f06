#include <foreshift/core/random.hpp>
#include <foreshift/forecast/adaptive_conformal.hpp>
#include <foreshift/forecast/backtested.hpp>
#include <foreshift/forecast/naive.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

constexpr auto& followed = adaptive_conformal::levels;
constexpr double gap = std::numeric_limits<double>::quiet_NaN();

rank_span at(double u) { return {u, u + 1e-12}; }

adaptive_conformal after_noise(double rate, std::size_t n) {
  adaptive_conformal a{{.horizon = 2, .rate = rate}};
  random_stream random{3};
  for (std::size_t i = 0; i < n; ++i) a.observe(1, at(std::pow(random.uniform(), 3)));
  return a;
}

// Quiet noise, and from `change` on noise of three times the deviation.
std::vector<double> restless_from(std::size_t change, std::size_t n) {
  random_stream random{11};
  std::vector<double> y;
  for (std::size_t t = 0; t < n; ++t) y.push_back((t < change ? 1 : 3) * random.normal());
  return y;
}

// Of the steps [from, to): how many lay between the quantiles of 0.1 and 0.9 of the step before.
double covered(double rate, const std::vector<double>& y, std::size_t from, std::size_t to) {
  constexpr std::array levels{0.1, 0.9};
  const telemetry::series_view all{{}, std::chrono::minutes{5}, y};
  auto m = *fit(backtested<naive>{.horizon = 1, .errors_kept = 2000, .adapt = rate}, all.first(1500), {});
  double inside = 0;
  for (std::size_t t = 1500; t < to; ++t) {
    if (t >= from) {
      const auto p = predict(m, {.horizon = 1, .levels = levels});
      inside += y[t] >= p.quantile_curve(0)[0] && y[t] <= p.quantile_curve(1)[0];
    }
    update(m, y[t], {});
  }
  return inside / static_cast<double>(to - from);
}

}  // namespace

TEST_CASE("before the first observation, and at rate 0, nothing is corrected") {
  for (const double rate : {0.0, 0.05}) {
    const adaptive_conformal a{{.horizon = 3, .rate = rate}};
    CHECK(a.adapts() == (rate > 0));
    for (int i = 0; i <= 100; ++i) {
      CHECK(a.corrected(2, i / 100.0) == doctest::Approx(i / 100.0).epsilon(1e-12));
      CHECK(a.nominal(2, i / 100.0) == doctest::Approx(i / 100.0).epsilon(1e-12));
    }
  }
}

TEST_CASE("whatever an adversary sends, the long-run share below is nominal up to (1 + rate) / (rate T)") {
  for (const double rate : {0.002, 0.05, 0.5})
    for (std::size_t level = 0; level < followed.size(); ++level) {
      adaptive_conformal a{{.horizon = 1, .rate = rate}};
      double below = 0;
      constexpr std::size_t steps = 3000;
      for (std::size_t t = 1; t <= steps; ++t) {
        // Always just above what is asked for, or, in every other thousand, at the very bottom.
        const double asked = a.asked(0, level);
        const double u = t / 1000 % 2 == 0 ? std::clamp(asked, 0.0, 1 - 1e-9) : 0.0;
        below += asked >= u + 1e-12;
        a.observe(0, at(u));
        CHECK(a.asked(0, level) >= -rate);
        CHECK(a.asked(0, level) <= 1 + rate);
        const double bound = (1 + rate) / (rate * static_cast<double>(t));
        // 1e-9: the sums of the recursion are rounded.
        CHECK(std::abs(below / static_cast<double>(t) - followed[level]) <= bound + 1e-9);
      }
    }
}

TEST_CASE("an observation that ties with all that was seen moves nothing") {
  adaptive_conformal a{{.horizon = 1, .rate = 0.1}};
  for (int i = 0; i < 1000; ++i) a.observe(0, {0, 1});
  for (std::size_t i = 0; i < followed.size(); ++i) CHECK(a.asked(0, i) == doctest::Approx(followed[i]));
}

TEST_CASE("it finds the quantiles of the ranks, one step of the horizon alone") {
  // The ranks are cubes of uniform ones: the level p is found at p^3. At rate 0.002 an asked level wanders
  // about it with a variance near rate p (1 - p) / (2 density), here a deviation below 0.02: three of them.
  const auto a = after_noise(0.002, 20000);
  for (std::size_t i = 0; i < followed.size(); ++i) {
    CHECK(std::abs(a.corrected(1, followed[i]) - std::pow(followed[i], 3)) < 0.06);
    CHECK(a.corrected(0, followed[i]) == followed[i]);
  }
}

TEST_CASE("corrected levels do not cross, and the nominal level leads back") {
  const auto a = after_noise(0.3, 500);  // so fast that followed levels do cross
  double last = 0;
  for (int i = 0; i <= 1000; ++i) {
    const double p = i / 1000.0, asked = a.corrected(1, p);
    CHECK(asked >= last);
    CHECK(asked <= 1);
    CHECK(a.nominal(1, asked) >= p - 1e-12);
    CHECK(a.corrected(1, a.nominal(1, asked)) == doctest::Approx(asked));
    last = asked;
  }
  CHECK(a.corrected(1, 0) == 0);
  CHECK(a.corrected(1, 1) == 1);
}

TEST_CASE("a hundred steps after the noise has tripled intervals cover again; unadapted ones do not") {
  const auto y = restless_from(2000, 2600);
  // 500 steps, each covered with probability 0.8: deviation 0.018; errors of neighbours share an
  // observation, which at most doubles it. Three of them: 0.11.
  CHECK(std::abs(covered(0.05, y, 2100, 2600) - 0.8) < 0.11);
  CHECK(covered(0, y, 2100, 2600) < 0.6);
  // On the quiet part both cover.
  CHECK(std::abs(covered(0.05, y, 1500, 2000) - 0.8) < 0.11);
  CHECK(std::abs(covered(0, y, 1500, 2000) - 0.8) < 0.11);
}

TEST_CASE("a gap adapts nothing") {
  const auto y = restless_from(300, 600);
  auto m = *fit(backtested<naive>{.horizon = 3, .adapt = 0.05}, {{}, std::chrono::minutes{5}, y}, {});
  const auto before = m.adaptation();
  for (const double none : {gap, std::numeric_limits<double>::infinity()}) update(m, none, {});
  for (std::size_t h = 0; h < 3; ++h)
    for (std::size_t i = 0; i < followed.size(); ++i) CHECK(m.adaptation().asked(h, i) == before.asked(h, i));
  update(m, 1000, {});
  CHECK(m.adaptation().asked(0, 7) > before.asked(0, 7));
}

TEST_CASE("few errors, which share one shape, adapt nothing") {
  const auto y = restless_from(300, 600);
  const auto m = *fit(backtested<naive>{.horizon = 3, .errors_kept = 20, .adapt = 0.05},
                      {{}, std::chrono::minutes{5}, y}, {});
  for (std::size_t i = 0; i < followed.size(); ++i) CHECK(m.adaptation().asked(0, i) == followed[i]);
}

TEST_CASE("the probability of exceeding a limit adapts as the quantiles do") {
  const auto y = restless_from(300, 420);
  const auto m = *fit(backtested<naive>{.horizon = 2, .errors_kept = 400, .adapt = 0.05},
                      {{}, std::chrono::minutes{5}, y}, {});
  for (const double p : {0.03, 0.2, 0.5, 0.7, 0.93})
    for (std::size_t h = 1; h <= 2; ++h) {
      const double q = quantile(m, h, p);
      // Errors are at most 400: a limit just below the quantile is exceeded with 1 - p or one rank more.
      CHECK(probability_exceeds(m, h, q - 1e-9) >= 1 - p - 0.03);
      CHECK(probability_exceeds(m, h, q + 1e-9) <= 1 - p + 0.03);
    }
}

TEST_CASE("what was learned is written and read back") {
  const auto a = after_noise(0.02, 300);
  archive_writer out;
  out(a);
  const auto bytes = out.take();
  adaptive_conformal b{{.horizon = 1, .rate = 0}};
  archive_reader in{bytes};
  in(b);
  REQUIRE(in.finished());
  for (std::size_t i = 0; i < followed.size(); ++i) CHECK(b.asked(1, i) == a.asked(1, i));
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    archive_reader cut{byte_span{bytes}.first(n)};
    cut(b);
    CHECK(!cut.finished());
  }
}
