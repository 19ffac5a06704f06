#include <foreshift/core/random.hpp>
#include <foreshift/risk/exceedance.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <utility>
#include <vector>

using namespace foreshift;
using forecast::sample_paths;
using risk::exceedance, risk::exceedance_probability, risk::exceedance_question, risk::jeffreys,
    risk::overload_risk, risk::shrinkage, risk::what_if;

namespace {

sample_paths paths_of(std::initializer_list<std::initializer_list<double>> rows) {
  sample_paths out{rows.size(), rows.begin()->size()};
  std::size_t p = 0;
  for (const auto& row : rows) std::copy(row.begin(), row.end(), out[p++].begin());
  return out;
}

// Small integers, so that a value often equals the limit and sums are exact.
sample_paths random_paths(std::size_t count, std::size_t horizon, random_stream& random) {
  sample_paths out{count, horizon};
  for (double& x : out.flat()) x = static_cast<double>(random.below(5));
  return out;
}

constexpr duration minute = std::chrono::minutes{1};
exceedance_question over(double limit) {
  return {
      .host = {3}, .what = resource::memory, .limit = limit, .from = time_point{10 * minute}, .step = minute};
}

// The obvious way: make the paths, look at each question separately.
overload_risk slow_exceedance(const sample_paths& base, const exceedance_question& q, const what_if& change,
                              const shrinkage& rule) {
  sample_paths paths = base;
  for (std::size_t p = 0; p < paths.count(); ++p)
    for (std::size_t i = 0; i < paths.horizon(); ++i) {
      const double in = change.arriving ? (*change.arriving)[p][i] : 0;
      const double out = change.leaving ? (*change.leaving)[p][i] : 0;
      if (i < change.effective_from)
        paths[p][i] += change.overhead * (in + out);
      else
        paths[p][i] += in - out;
    }
  overload_risk r;
  r.host = q.host, r.what = q.what, r.limit = q.limit, r.from = q.from, r.step = q.step,
  r.paths = paths.count();
  const auto mixed = [&](double over) {
    return (over + rule.pseudo_paths * rule.share_over) /
           (static_cast<double>(paths.count()) + rule.pseudo_paths);
  };
  double total = 0;
  for (std::size_t i = 0; i < paths.horizon(); ++i) {
    double count = 0;
    for (std::size_t p = 0; p < paths.count(); ++p) count += paths[p][i] > q.limit ? 1 : 0;
    r.per_step.push_back(mixed(count));
    total += count;
  }
  std::vector<std::size_t> firsts;
  for (std::size_t p = 0; p < paths.count(); ++p) {
    const auto row = std::as_const(paths)[p];
    const auto at = std::find_if(row.begin(), row.end(), [&](double x) { return x > q.limit; });
    if (at != row.end()) firsts.push_back(static_cast<std::size_t>(at - row.begin()));
  }
  r.probability = mixed(static_cast<double>(firsts.size()));
  r.expected_overload = duration{static_cast<duration::rep>(total) * q.step.count() /
                                 static_cast<duration::rep>(paths.count())};
  std::sort(firsts.begin(), firsts.end());
  if (!firsts.empty()) r.time_to_limit = static_cast<duration::rep>(firsts[(firsts.size() - 1) / 2]) * q.step;
  return r;
}

void check_equal(const overload_risk& a, const overload_risk& b) {
  CHECK(a.host == b.host);
  CHECK(a.what == b.what);
  CHECK(a.limit == b.limit);
  CHECK(a.from == b.from);
  CHECK(a.step == b.step);
  CHECK(a.per_step == b.per_step);
  CHECK(a.probability == b.probability);
  CHECK(a.expected_overload == b.expected_overload);
  CHECK(a.time_to_limit == b.time_to_limit);
  CHECK(a.paths == b.paths);
}

}  // namespace

TEST_CASE("of four paths, two breach: one at once, one for two steps") {
  const auto r = exceedance(paths_of({{9, 1, 1}, {1, 9, 9}, {1, 1, 1}, {8, 8, 8}}), over(8));
  CHECK(r.per_step == std::vector<double>{0.25, 0.25, 0.25});
  CHECK(r.probability == 0.5);
  CHECK(r.expected_overload == 45 * std::chrono::seconds{1});  // 3 path-minutes of 4 paths
  CHECK(r.time_to_limit == duration::zero());                  // the lower median of 0 and 1
  CHECK(r.paths == 4);
}

TEST_CASE("where no path breaches there is no time to the limit") {
  const auto r = exceedance(paths_of({{1, 2}, {3, 4}}), over(4));
  CHECK(r.probability == 0);
  CHECK(r.expected_overload == duration::zero());
  CHECK_FALSE(r.time_to_limit);
}

TEST_CASE("a demand that is not a number is not safe") {
  const double gap = std::numeric_limits<double>::quiet_NaN();
  CHECK(exceedance(paths_of({{1, gap}, {1, 1}}), over(4)).probability == 0.5);
  CHECK(exceedance_probability(paths_of({{1, gap}, {1, 1}}), 4) == 0.5);
}

TEST_CASE("Jeffreys' rule leaves nothing impossible and nothing certain") {
  CHECK(jeffreys.estimate(0, 9) == doctest::Approx(0.05));
  CHECK(jeffreys.estimate(9, 9) == doctest::Approx(0.95));
  CHECK(shrinkage{.pseudo_paths = 10, .share_over = 0.1}.estimate(0, 10) == doctest::Approx(0.05));
  CHECK(shrinkage{}.estimate(0, 9) == 0);
}

TEST_CASE("counting agrees with the obvious way, with and without a change") {
  random_stream random{11};
  for (int round = 0; round < 500; ++round) {
    const std::size_t count = 1 + random.below(8), horizon = 1 + random.below(6);
    const auto base = random_paths(count, horizon, random), in = random_paths(count, horizon, random),
               out = random_paths(count, horizon, random);
    const what_if change{.arriving = random.chance(0.5) ? &in : nullptr,
                         .leaving = random.chance(0.5) ? &out : nullptr,
                         .effective_from = random.below(horizon + 2),
                         .overhead = 0.5};
    const auto question = over(static_cast<double>(random.below(7)));
    for (const auto& rule : {shrinkage{}, jeffreys, shrinkage{.pseudo_paths = 3, .share_over = 0.25}}) {
      const auto fast = exceedance(base, question, change, rule);
      check_equal(fast, slow_exceedance(base, question, change, rule));
      CHECK(exceedance_probability(base, question.limit, change, rule) == fast.probability);
      for (const double p : fast.per_step) CHECK(p <= fast.probability);
    }
  }
}

TEST_CASE("a workload that leaves and comes back changes nothing, and asking leaves the paths as they were") {
  random_stream random{5};
  const auto base = random_paths(20, 6, random), workload = random_paths(20, 6, random);
  const auto untouched = std::vector<double>(base.flat().begin(), base.flat().end());
  check_equal(exceedance(base, over(3), {.arriving = &workload, .leaving = &workload}),
              exceedance(base, over(3)));
  auto without = base;
  without -= workload;
  check_equal(exceedance(base, over(3), {.leaving = &workload}), exceedance(without, over(3)));
  auto with = base;
  with += workload;
  check_equal(exceedance(base, over(3), {.arriving = &workload}), exceedance(with, over(3)));
  CHECK(std::equal(untouched.begin(), untouched.end(), base.flat().begin()));
}

TEST_CASE("a higher limit is never riskier") {
  random_stream random{6};
  const auto base = random_paths(30, 5, random);
  for (double limit = 0; limit < 5; ++limit) {
    const auto low = exceedance(base, over(limit)), high = exceedance(base, over(limit + 1));
    CHECK(high.probability <= low.probability);
    CHECK(high.expected_overload <= low.expected_overload);
  }
}
