#include <foreshift/risk/trigger.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <vector>

using namespace foreshift;
using risk::decision, risk::trigger, risk::trigger_options;

namespace {

constexpr duration minute = std::chrono::minutes{1};
// Below p_off, on p_off, between, on p_on: ties are where a wrong comparison shows.
constexpr double levels[] = {0.1, 0.2, 0.4, 0.5};

struct look {
  std::int64_t at;
  double p;
  decision said;
};

// The rules, each as a sentence about the whole past.
decision slow_decision(const std::vector<look>& past, std::int64_t now, double p, const trigger_options& o) {
  std::int64_t raised = -1, cleared = -1000;  // -1: not raised
  for (const auto& l : past) {
    if (l.said == decision::raise) raised = l.at;
    if (l.said == decision::clear) raised = -1, cleared = l.at;
  }
  if (raised >= 0) {
    if (p < o.p_off) return decision::clear;
    return o.repeat_after && p >= o.p_on && (now - raised) * minute >= *o.repeat_after ? decision::raise
                                                                                       : decision::hold;
  }
  std::size_t row = p >= o.p_on ? 1 : 0;
  for (auto l = past.rbegin(); row > 0 && l != past.rend() && l->said == decision::quiet && l->p >= o.p_on;
       ++l)
    ++row;
  if (row < o.looks) return decision::quiet;
  return (now - cleared) * minute < o.cool_down ? decision::quiet : decision::raise;
}

// Every sequence of levels up to a length, looking every minute.
template <class Visit>
void for_each_sequence(std::size_t length, Visit visit) {
  std::size_t count = 1;
  for (std::size_t i = 0; i < length; ++i) count *= std::size(levels);
  for (std::size_t code = 0; code < count; ++code) {
    std::vector<double> sequence;
    for (std::size_t i = 0, rest = code; i < length; ++i, rest /= std::size(levels))
      sequence.push_back(levels[rest % std::size(levels)]);
    visit(sequence);
  }
}

}  // namespace

TEST_CASE("every sequence of seven looks is decided as the rules say") {
  std::size_t raises = 0, wrong = 0;
  for (const std::uint32_t looks : {1U, 2U, 3U})
    for (const int cool : {0, 2})
      for (const int repeat : {0, 2}) {
        trigger_options o{.p_on = 0.5, .p_off = 0.2, .looks = looks, .cool_down = cool * minute};
        if (repeat > 0) o.repeat_after = repeat * minute;
        for_each_sequence(7, [&](const std::vector<double>& sequence) {
          trigger t{o};
          std::vector<look> past;
          bool on = false;
          for (std::size_t i = 0; i < sequence.size(); ++i) {
            const auto now = static_cast<std::int64_t>(i);
            const auto said = t.observe(time_point{now * minute}, sequence[i]);
            wrong += said != slow_decision(past, now, sequence[i], o) ? 1 : 0;
            // Hold and clear only while on, quiet only while off; a clear ends it.
            wrong += (said == decision::hold || said == decision::clear) && !on ? 1 : 0;
            wrong += said == decision::quiet && on ? 1 : 0;
            on = said == decision::raise || said == decision::hold;
            wrong += t.raised() != on ? 1 : 0;
            raises += said == decision::raise ? 1 : 0;
            past.push_back({now, sequence[i], said});
          }
        });
      }
  CHECK(wrong == 0);
  CHECK(raises > 0);
}

TEST_CASE("what lies between the thresholds neither raises nor clears") {
  trigger t{{.p_on = 0.5, .p_off = 0.2, .looks = 1}};
  CHECK(t.observe(time_point{0 * minute}, 0.4) == decision::quiet);
  CHECK(t.observe(time_point{1 * minute}, 0.5) == decision::raise);
  CHECK(t.observe(time_point{2 * minute}, 0.4) == decision::hold);
  CHECK(t.observe(time_point{3 * minute}, 0.2) == decision::hold);
  CHECK(t.observe(time_point{4 * minute}, 0.19) == decision::clear);
}

TEST_CASE("a probability that stays high through the cool-down is raised as it ends") {
  trigger t{{.p_on = 0.5, .p_off = 0.2, .looks = 2, .cool_down = 5 * minute}};
  t.observe(time_point{0 * minute}, 1);
  CHECK(t.observe(time_point{1 * minute}, 1) == decision::raise);
  CHECK(t.observe(time_point{2 * minute}, 0) == decision::clear);
  for (int i = 3; i < 7; ++i) CHECK(t.observe(time_point{i * minute}, 1) == decision::quiet);
  CHECK(t.cooling(time_point{6 * minute}));
  CHECK_FALSE(t.cooling(time_point{7 * minute}));
  CHECK(t.observe(time_point{7 * minute}, 1) == decision::raise);
}

TEST_CASE("a learned threshold takes the lower one with it") {
  trigger t{{.p_on = 0.5, .p_off = 0.2, .looks = 1}};
  t.set_threshold(0.25);
  CHECK(t.options().p_on == 0.25);
  CHECK(t.options().p_off == doctest::Approx(0.1));
  CHECK(t.observe(time_point{}, 0.3) == decision::raise);
  trigger always{{.p_on = 0, .p_off = 0, .looks = 1}};
  always.set_threshold(0.5);
  CHECK(always.options().p_off == 0);
}

TEST_CASE("decisions have names") {
  CHECK(name_of(decision::quiet) == "quiet");
  CHECK(name_of(decision::clear) == "clear");
}
