#include <foreshift/anomaly/standard_ensemble.hpp>
#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

#include <cmath>
#include <string>
#include <vector>

using namespace foreshift;
using anomaly::make_standard_ensemble, anomaly::score;

namespace {

// Load with a day of 288 steps.
double load(std::size_t i, random_stream& random) {
  return 40 + 15 * std::sin(static_cast<double>(i) * 2 * 3.14159265358979 / 288) + 2 * random.normal();
}

struct outcome {
  std::vector<std::size_t> alerts;
  std::string why;  ///< of the last alert
};
template <class Change>
outcome watch(std::size_t n, Change change) {
  auto d = make_standard_ensemble();
  random_stream random{17};
  outcome out;
  for (std::size_t i = 0; i < n; ++i) {
    if (!d.observe(test_support::sample_at(i, change(i, load(i, random)))).alert) continue;
    out.alerts.push_back(i);
    out.why = d.why().measure;
  }
  return out;
}

}  // namespace

TEST_CASE("load as every day alerts hardly ever") {
  CHECK(watch(20 * 288, [](std::size_t, double x) { return x; }).alerts.size() <= 2);
}

TEST_CASE("a spike, a fall to nothing and a lasting shift alert at once") {
  const auto found = [](const outcome& o) {
    for (const std::size_t at : o.alerts)
      if (at >= 3000 && at < 3010) return true;
    return false;
  };
  CHECK(found(watch(3200, [](std::size_t i, double x) { return i == 3000 ? 150 : x; })));
  CHECK(found(watch(3200, [](std::size_t i, double x) { return i >= 3000 && i < 3020 ? 0 : x; })));
  CHECK(found(watch(3200, [](std::size_t i, double x) { return i >= 3000 ? x + 60 : x; })));
}

TEST_CASE("a level shift alerts once") {
  const auto o = watch(4500, [](std::size_t i, double x) { return i >= 3000 ? x + 60 : x; });
  std::size_t after = 0;
  for (const std::size_t at : o.alerts) after += at >= 3000 ? 1U : 0U;
  CHECK(after == 1);
}

TEST_CASE("a missing daily peak is found though its values are usual") {
  // Day 12: the level of the night all day.
  const auto o =
      watch(13 * 288, [](std::size_t i, double x) { return i / 288 == 12 && i % 288 < 144 ? 27 : x; });
  bool found = false;
  for (const std::size_t at : o.alerts) found = found || at / 288 == 12;
  CHECK(found);
}

TEST_CASE("a day that is missing breaks no daily pattern: no alert after it, and the peak is still missed") {
  for (const bool rows : {false, true}) {
    auto d = make_standard_ensemble();
    random_stream random{17};
    std::size_t usual = 0, found = 0;
    for (std::size_t i = 0; i < 16 * 288; ++i) {
      const double x = load(i, random);
      const bool missing = i >= 10 * 288 + 100 && i < 11 * 288 + 200;
      if (missing && !rows) continue;
      const double seen = i / 288 == 14 && i % 288 < 144 ? 27 : x;
      const bool alert = d.observe(test_support::sample_at(i, missing ? std::nan("") : seen)).alert;
      usual += alert && i >= 10 * 288 && i < 14 * 288 ? 1U : 0U;
      found += alert && i / 288 == 14 ? 1U : 0U;
    }
    CHECK(usual == 0);
    CHECK(found > 0);
  }
}

TEST_CASE("what comes every night is soon no news") {
  const auto o = watch(30 * 288, [](std::size_t i, double x) { return i % 288 == 7 ? x + 100 : x; });
  std::size_t first = 0, last = 0;
  for (const std::size_t at : o.alerts) (at < 15 * 288 ? first : last) += 1;
  CHECK(last <= 2);
}

TEST_CASE("a flat stream never scores, and rounding on it does not either") {
  for (const double noise : {0.0, 1e-9}) {
    auto d = make_standard_ensemble();
    for (std::size_t i = 0; i < 3000; ++i)
      CHECK(d.observe(test_support::sample_at(i, 70 + (i % 3 == 0 ? noise : 0))).value == 0);
  }
}

TEST_CASE("one metric in other units has the same scores") {
  auto a = make_standard_ensemble(), b = make_standard_ensemble();
  random_stream random{3};
  for (std::size_t i = 0; i < 3000; ++i) {
    const double x = load(i, random) + (i % 700 == 699 ? 80 : 0);
    // A power of two is exact.
    CHECK(a.observe(test_support::sample_at(i, x)) == b.observe(test_support::sample_at(i, x * 1024)));
  }
}

TEST_CASE("a score depends on nothing after it") {
  random_stream random{5};
  std::vector<double> values;
  for (std::size_t i = 0; i < 2000; ++i) values.push_back(load(i, random) + (random.chance(0.003) ? 90 : 0));
  auto whole = make_standard_ensemble();
  std::vector<score> scores;
  for (std::size_t i = 0; i < values.size(); ++i)
    scores.push_back(whole.observe(test_support::sample_at(i, values[i])));
  for (const std::size_t cut : {150U, 777U, 1500U}) {
    auto d = make_standard_ensemble();
    bool same = true;
    for (std::size_t i = 0; i < cut; ++i)
      same = same && d.observe(test_support::sample_at(i, values[i])) == scores[i];
    for (std::size_t i = cut; i < 2000; ++i) d.observe(test_support::sample_at(i, 1e12));
    CHECK(same);
  }
}

TEST_CASE("the standard ensemble stands nasty streams") {
  test_support::scores_nasty_streams(make_standard_ensemble());
}
