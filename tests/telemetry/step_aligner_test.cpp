#include <foreshift/core/random.hpp>
#include <foreshift/telemetry/resample.hpp>
#include <foreshift/telemetry/step_aligner.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <vector>

using namespace foreshift;
using namespace foreshift::telemetry;
using namespace std::chrono_literals;
using enum offer_outcome;

namespace {

constexpr time_point noon{12h};
reading cpu(std::uint64_t workload, time_point at, double value) {
  return {{workload_id{workload}, metric::cpu}, {at, value}};
}
std::vector<reading> drained(step_aligner& from, time_point now) {
  std::vector<reading> out;
  const auto told = from.drain(now, [&](const reading& r) { out.push_back(r); });
  CHECK(told == out.size());
  return out;
}
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("a step is told once it has ended and its time of grace is over, and not before") {
  step_aligner a;
  CHECK(a.offer(cpu(1, noon + 1min, 2), noon + 1min) == taken);
  CHECK(a.offer(cpu(1, noon + 4min, 4), noon + 4min) == taken);
  CHECK(drained(a, noon + 5min).empty());
  CHECK(drained(a, noon + 5min + 15s - 1ns).empty());
  const auto told = drained(a, noon + 5min + 15s);
  REQUIRE(told.size() == 1);
  CHECK(told[0].key == series_key{workload_id{1}, metric::cpu});
  CHECK(told[0].what.at == noon);
  CHECK(told[0].what.value == 3);
  CHECK(drained(a, noon + 1h).empty());
  CHECK(a.held() == 0);
}

TEST_CASE("a sample that comes within the time of grace belongs to its step, and a later one is late") {
  step_aligner a;
  a.offer(cpu(1, noon + 1min, 2), noon + 1min);
  a.offer(cpu(1, noon + 6min, 9), noon + 6min);  // the next step has begun already
  CHECK(a.offer(cpu(1, noon + 4min, 4), noon + 6min) == taken);
  CHECK(drained(a, noon + 6min + 14s).empty());  // something has just come for it
  const auto told = drained(a, noon + 6min + 15s);
  REQUIRE(told.size() == 1);
  CHECK(told[0].what.value == 3);
  CHECK(a.offer(cpu(1, noon + 4min, 4), noon + 7min) == late);
  CHECK(a.offer(cpu(2, noon + 4min, 4), noon + 7min) == taken);  // lateness is a series' own
  CHECK(a.counts().of(late) == 1);
}

TEST_CASE("of two samples of one instant the later one counts, and a repetition changes nothing") {
  step_aligner a;
  CHECK(a.offer(cpu(1, noon, 2), noon) == taken);
  CHECK(a.offer(cpu(1, noon, 2), noon) == duplicate);
  CHECK(a.offer(cpu(1, noon, 0.0), noon) == corrected);
  CHECK(a.offer(cpu(1, noon, -0.0), noon) == corrected);  // not the same bits
  CHECK(a.offer(cpu(1, noon + 1min, 6), noon + 1min) == taken);
  const auto told = drained(a, noon + 1h);
  REQUIRE(told.size() == 1);
  CHECK(told[0].what.value == 3);
}

TEST_CASE("a backlog of many steps is told whole and in order, however it arrives") {
  step_aligner a;
  std::vector<reading> backlog;
  for (int i = 0; i < 100; ++i) backlog.push_back(cpu(1, noon + i * 1min, i));
  random_stream random{7};
  shuffle(std::span{backlog}, random);
  for (const auto& r : backlog) CHECK(a.offer(r, noon + 24h) == taken);
  CHECK(drained(a, noon + 24h + 14s).empty());
  const auto told = drained(a, noon + 24h + 15s);
  REQUIRE(told.size() == 20);
  for (std::size_t i = 0; i < told.size(); ++i) {
    CHECK(told[i].what.at == noon + static_cast<int>(i) * 5min);
    CHECK(told[i].what.value == 5 * static_cast<double>(i) + 2);
  }
}

TEST_CASE("what is no reading is refused: none, beyond all numbers, from a clock that is wrong") {
  step_aligner a;
  CHECK(a.offer(cpu(1, noon, nothing), noon) == no_value);
  CHECK(a.offer(cpu(1, noon, std::numeric_limits<double>::infinity()), noon) == no_value);
  CHECK(a.offer(cpu(1, noon + 1min + 1ns, 1), noon) == ahead);
  CHECK(a.offer(cpu(1, noon + 1min, 1), noon) == taken);
  CHECK(drained(a, time_point::max()).size() == 1);

  constexpr double huge = std::numeric_limits<double>::max();
  a.offer(cpu(2, noon, huge), noon, {0, part_rule::sum});
  a.offer(cpu(2, noon, huge), noon, {1, part_rule::sum});
  CHECK(std::isnan(drained(a, time_point::max())[0].what.value));
}

TEST_CASE("the parts of a series come to one reading, by sum or by the largest") {
  step_aligner a;
  for (std::size_t core = 0; core < 4; ++core) {
    a.offer(cpu(1, noon, 0.5), noon, {core, part_rule::sum});
    a.offer(cpu(1, noon + 1min, 1.0), noon + 1min, {core, part_rule::sum});
    a.offer(cpu(2, noon, static_cast<double>(core)), noon, {core, part_rule::max});
  }
  a.offer(cpu(3, noon, 7), noon, {2, part_rule::sum});  // of the parts before it nothing is known
  const auto told = drained(a, noon + 1h);
  REQUIRE(told.size() == 3);
  CHECK(told[0].what.value == 4 * 0.75);
  CHECK(told[1].what.value == 3);
  CHECK(told[2].what.value == 7);
  CHECK(a.held() == 0);
}

TEST_CASE("a step's value follows the rule, and of a counter it is the last one") {
  for (const auto& [rule, expected] :
       {std::pair{step_rule::mean, 3.0}, {step_rule::last, 2.0}, {step_rule::max, 4.0}}) {
    step_aligner a{{.within = rule}};
    for (const auto what : {metric::memory, metric::errors})
      for (const auto& [at, value] : {std::pair{noon, 3.0}, {noon + 1min, 4.0}, {noon + 2min, 2.0}})
        a.offer({{host_id{1}, what}, {at, value}}, at);
    const auto told = drained(a, noon + 1h);
    REQUIRE(told.size() == 2);
    CHECK(told[0].what.value == expected);
    CHECK(told[1].what.value == 2);
  }
}

TEST_CASE("what is held is bounded, and what was refused is taken when it comes again") {
  step_aligner a{{.held_max = 3}};
  for (std::uint64_t w = 0; w < 3; ++w) CHECK(a.offer(cpu(w, noon, 1), noon) == taken);
  CHECK(a.room() == 0);
  CHECK(a.offer(cpu(3, noon, 1), noon) == full);
  CHECK(a.offer(cpu(0, noon + 5min, 1), noon + 5min) == full);
  CHECK(a.offer(cpu(0, noon, 1), noon, {1, part_rule::sum}) == full);
  CHECK(a.offer(cpu(0, noon + 1min, 1), noon + 1min) == taken);  // into a step that is open
  CHECK(a.offer(cpu(4, noon, 1), noon, {std::numeric_limits<std::size_t>::max(), part_rule::sum}) == full);
  CHECK(drained(a, noon + 6min).size() == 3);
  CHECK(a.offer(cpu(3, noon, 1), noon + 6min) == taken);
  CHECK(a.counts().of(full) == 4);
}

TEST_CASE("series are bounded, and one that was silent for long makes room") {
  step_aligner a{{.series_max = 2, .idle_max = 1h}};
  a.offer(cpu(1, noon, 1), noon);
  a.offer(cpu(2, noon, 1), noon);
  CHECK(a.offer(cpu(3, noon, 1), noon) == crowded);
  CHECK(a.offer(cpu(3, noon + 2h, 1), noon + 2h) == crowded);  // they hold steps that nobody has taken
  drained(a, noon + 2h);
  a.offer(cpu(2, noon + 2h, 1), noon + 2h);
  CHECK(a.offer(cpu(3, noon + 3h, 1), noon + 3h) == taken);
  CHECK(a.series_count() == 2);
  CHECK(a.offer(cpu(2, noon, 1), noon + 3h) == late);  // it was heard of in between and is still known
}

TEST_CASE("every sample is accounted for, every step told once, and the values are those of resampling") {
  random_stream random{3};
  step_aligner a{{.grace = 30s, .series_max = 5, .held_max = 12}};
  std::map<series_key, std::vector<sample>> taken_of;
  std::map<std::pair<series_key, time_point>, double> told;
  const auto drain = [&](time_point now) {
    a.drain(now, [&](const reading& r) {
      CHECK(told.emplace(std::pair{r.key, r.what.at}, r.what.value).second);
    });
  };
  duration::rep offered = 0;  // makes each instant another one
  for (time_point now = noon; now < noon + 6h; now += 7s) {
    const auto back = random.chance(0.1) ? random.below(600) : random.below(20);
    const reading r = cpu(random.below(7), now - std::chrono::seconds{back} + duration{offered},
                          random.chance(0.05) ? nothing : random.normal());
    const auto outcome = a.offer(r, now);
    ++offered;
    if (outcome == taken) taken_of[r.key].push_back(r.what);
    if (random.chance(0.3)) drain(now);
    CHECK(a.held() <= 12);
    CHECK(a.series_count() <= 5);
  }
  drain(time_point::max());
  CHECK(a.counts().offered() == static_cast<std::uint64_t>(offered));
  CHECK(a.counts().told == told.size());
  CHECK(a.held() == 0);
  CHECK(a.counts().of(late) > 0);
  CHECK(a.counts().of(crowded) > 0);
  std::size_t steps = 0;
  for (const auto& [key, samples] : taken_of) {
    const auto again = resample(samples, time_grid{noon - 1h, 5min, 12 * 8});
    for (std::size_t i = 0; i < again.values.values.size(); ++i) {
      const auto one = told.find({key, again.values.time_at(i)});
      REQUIRE((one == told.end()) == std::isnan(again.values.values[i]));
      if (one == told.end()) continue;
      ++steps;
      CHECK(one->second == doctest::Approx(again.values.values[i]).epsilon(1e-12));  // another order of sums
    }
  }
  CHECK(steps == told.size());
}
