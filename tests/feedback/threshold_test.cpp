#include <foreshift/core/random.hpp>
#include <foreshift/feedback/threshold.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>

using namespace foreshift;
using feedback::learned_threshold, feedback::probability_bp, feedback::quantise, feedback::threshold_options;

TEST_CASE("it begins at the cost-loss ratio, within its bounds") {
  CHECK(learned_threshold{}.value() == probability_bp{2'500});
  CHECK(learned_threshold{{.move_cost = 1, .overload_cost = 1'000}}.value() == probability_bp{500});
  CHECK(learned_threshold{{.move_cost = 99, .overload_cost = 100}}.value() == probability_bp{9'500});
}

TEST_CASE("false moves raise it, overloads lower it by more, and what is far from it teaches nothing") {
  learned_threshold up, down, far;
  up.learn({2'600}, false);
  down.learn({2'400}, true);
  far.learn({9'000}, true);
  far.learn({0}, false);
  CHECK(up.value() == probability_bp{2'600});    // 400 x 1/4
  CHECK(down.value() == probability_bp{2'200});  // 400 x 3/4
  CHECK(far.value() == probability_bp{2'500});
  CHECK(far.learned_from() == 0);
}

TEST_CASE("the band includes its edge") {
  learned_threshold edge, beyond;
  edge.learn({3'500}, false);
  beyond.learn({3'501}, false);
  CHECK(edge.learned_from() == 1);
  CHECK(beyond.learned_from() == 0);
}

TEST_CASE("it never leaves its bounds and never moves by more than a step, whatever it is told") {
  random_stream random{2};
  for (int round = 0; round < 50; ++round) {
    const threshold_options o{.move_cost = static_cast<std::uint32_t>(1 + random.below(50)),
                              .overload_cost = static_cast<std::uint32_t>(51 + random.below(1'000)),
                              .least = {1'000},
                              .greatest = {6'000},
                              .band = {10'000}};
    learned_threshold t{o};
    const double rate = random.uniform();
    for (int i = 0; i < 500; ++i) {
      const auto before = t.value().value;
      t.learn({static_cast<std::uint32_t>(random.below(10'001))}, random.chance(rate));
      const auto after = t.value().value;
      CHECK(after >= 1'000);
      CHECK(after <= 6'000);
      CHECK((after > before ? after - before : before - after) <= o.first_step.value + 1);  // 1 for rounding
    }
  }
}

TEST_CASE(
    "where claims mean what they say it stays at the cost-loss ratio; where they exaggerate it goes to meet "
    "it") {
  random_stream random{31};
  // A claim c comes true with probability c x honesty, so acting pays from (C / L) / honesty on.
  for (const double honesty : {1.0, 0.5}) {
    learned_threshold t;
    double sum = 0;
    int counted = 0;
    for (int i = 0; i < 60'000; ++i) {
      const double claimed = random.uniform();
      t.learn(quantise(claimed), random.chance(claimed * honesty));
      if (i >= 20'000) sum += t.value().value / 1e4, ++counted;
    }
    // The last step of 0.004 leaves a standard deviation of about sqrt(0.004 x 0.19 / 2 / honesty) = 0.03
    // around the root; its mean over 40,000 looks is far closer.
    CHECK(std::abs(sum / counted - 0.25 / honesty) < 0.01);
  }
}
