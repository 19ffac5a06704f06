#include <foreshift/core/random.hpp>
#include <foreshift/telemetry/resample.hpp>
#include <foreshift/telemetry/window.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::telemetry;
using namespace std::chrono_literals;

namespace {

sample at(duration t, double value) { return {time_point{t}, value}; }

std::vector<sample> take_all(window& w) {
  std::vector<sample> out;
  while (const auto s = w.pop()) out.push_back(*s);
  return out;
}

}  // namespace

TEST_CASE("a step is given out when a later one begins, and not before") {
  window w;
  CHECK(w.push(at(6min, 1)) == push_outcome::taken);
  CHECK(w.push(at(9min, 3)) == push_outcome::taken);
  CHECK_FALSE(w.pop());
  w.push(at(10min, 5));
  const auto s = w.pop();
  REQUIRE(s);
  CHECK(s->at == time_point{5min});
  CHECK(s->value == 2);
  CHECK_FALSE(w.pop());
}

TEST_CASE("being told the time closes steps, exactly at their end") {
  window w;
  w.advance(time_point{1h});  // nothing is open yet
  CHECK(w.pending() == 0);
  w.push(at(0s, 1));
  w.advance(time_point{5min - 1ns});
  CHECK(w.pending() == 0);
  w.advance(time_point{5min});
  CHECK(w.pending() == 1);
  w.advance(time_point{5min});
  CHECK(w.pending() == 1);
}

TEST_CASE("silent steps come out as missing") {
  window w;
  w.push(at(0s, 1));
  w.push(at(15min, 4));
  const auto steps = take_all(w);
  REQUIRE(steps.size() == 3);
  CHECK(steps[0].value == 1);
  CHECK(std::isnan(steps[1].value));
  CHECK(std::isnan(steps[2].value));
  CHECK(steps[2].at == time_point{10min});
  CHECK(w.missing() == 2);
}

TEST_CASE("what is late never changes a step that was given out") {
  window w;
  w.push(at(0s, 1));
  w.push(at(5min, 2));
  CHECK(w.push(at(1min, 1000)) == push_outcome::late);
  CHECK(w.late() == 1);
  CHECK(take_all(w)[0].value == 1);
}

TEST_CASE("a reading after an empty one of the same instant corrects nothing else") {
  window w;
  w.push(at(0s, 10));
  w.push(at(1min, std::nan("")));
  CHECK(w.push(at(1min, 20)) == push_outcome::taken);
  CHECK(w.push(at(1min, 30)) == push_outcome::corrected);
  w.advance(time_point{5min});
  CHECK(take_all(w)[0].value == 20);
}

TEST_CASE("a wrong clock is refused and the right ones go on") {
  window w{{.ahead_steps_max = 12}};
  w.push(at(0s, 1));
  CHECK(w.push(at(24h, 9)) == push_outcome::ahead);
  CHECK(w.push(at(1min, 3)) == push_outcome::taken);
  CHECK(w.push(at(1h, 3)) == push_outcome::taken);
  CHECK(w.ahead() == 1);
}

TEST_CASE(
    "steps nobody takes fall out oldest first, and a jump of centuries costs no more than the capacity") {
  window w{{.capacity = 3}};
  w.push(at(0s, 1));
  w.push(at(24h * 365 * 200, 2));
  CHECK(w.pending() == 3);
  CHECK(w.dropped() + w.pending() == 288U * 365 * 200);
  CHECK(w.missing() == 288U * 365 * 200 - 1);
  w.advance(time_point{24h * 365 * 200 + 5min});
  const auto steps = take_all(w);
  REQUIRE(steps.size() == 3);
  CHECK(steps.back().at == time_point{24h * 365 * 200});
  CHECK(steps.back().value == 2);
}

TEST_CASE("a stream gives the same steps as resampling it afterwards") {
  random_stream random{31};
  for (const auto rule : {step_rule::mean, step_rule::last, step_rule::max})
    for (int round = 0; round < 30; ++round) {
      std::vector<sample> s;
      duration t = std::chrono::seconds{random.below(600)};
      for (int i = 0; i < 100; ++i) {
        s.push_back(at(t, random.chance(0.1) ? std::nan("") : static_cast<double>(random.below(100))));
        if (!random.chance(0.1))
          t += std::chrono::seconds{random.below(400)};  // else: the same instant again
      }
      window w{{.within = rule, .capacity = 10000}};
      for (const sample& x : s) w.push(x);
      w.advance(align_down(s.back().at, 5min) + 5min);
      const auto live = take_all(w);
      const auto batch = resample(s, 5min, {.within = rule});
      REQUIRE(live.size() == batch.values.size());
      for (std::size_t i = 0; i < live.size(); ++i) {
        CHECK(live[i].at == batch.values.time_at(i));
        CHECK((live[i].value == batch.values.values[i] ||
               (std::isnan(live[i].value) && std::isnan(batch.values.values[i]))));
      }
    }
}
