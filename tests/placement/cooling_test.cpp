#include <foreshift/placement/cooling.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <utility>

using foreshift::placement::detail::cooling;
using foreshift::placement::detail::temperature_range;

namespace {

/// A first pass, seen 10 times in each of the 48 places.
template <class Cost, class TakingPart>
cooling after(Cost cost, TakingPart taking_part) {
  cooling out;
  for (int i = 0; i < 480; ++i) {
    const double position = (i + 0.5) / 480;
    out.note(position, cost(position), taking_part(position));
  }
  out.learn();
  return out;
}
constexpr auto all = [](double) { return 100.0; };

/// Share of the time between two positions.
double time_between(const cooling& schedule, double from, double to) {
  int inside = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double at = schedule.position((i + 0.5) / 10'000);
    inside += at >= from && at < to ? 1 : 0;
  }
  return inside / 10'000.0;
}

}  // namespace

TEST_CASE("until something is learned, and where nothing falls, time passes evenly") {
  const cooling untaught;
  const auto flat = after([](double) { return 7.0; }, all);
  const auto rising = after([](double at) { return at; }, all);
  cooling unseen;
  unseen.learn();
  for (int i = 0; i <= 100; ++i)
    for (const auto& one : {untaught, flat, rising, unseen})
      CHECK(one.position(i / 100.0) == doctest::Approx(i / 100.0));
}

TEST_CASE("the way leads from the first temperature to the last and never back") {
  const auto schedule = after([](double at) { return at < 0.5 ? 9.0 - 10 * at : 4.0; }, all);
  CHECK(schedule.position(0) == 0);
  CHECK(schedule.position(1) == 1);
  double before = 0;
  for (int i = 1; i <= 1000; ++i) {
    const double now = schedule.position(i / 1000.0);
    CHECK(now >= before);
    before = now;
  }
}

TEST_CASE("time goes where the cost falls, and a little everywhere else") {
  const auto schedule =
      after([](double at) { return at < 0.25  ? 10.0
                                   : at < 0.5 ? 20 - 40 * at
                                              : 0.0; }, all);
  CHECK(time_between(schedule, 0.2, 0.55) > 0.9);
  CHECK(time_between(schedule, 0.6, 1.01) == doctest::Approx(0.4 * cooling::even_share).epsilon(0.02));
}

TEST_CASE("time goes with the root of the fall, and with that of how many take part") {
  // In the first half the cost falls four times as fast; in the other case four times as many take part.
  const auto falls = after([](double at) { return at < 0.5 ? 10 - 16 * at : 4 - 4 * at; }, all);
  const auto many =
      after([](double at) { return 1 - at; }, [](double at) { return at < 0.5 ? 400.0 : 100.0; });
  const double learned = 1 - cooling::even_share;
  for (const auto* one : {&falls, &many}) {
    // The first place of all has none before it to have fallen from.
    const double first = time_between(*one, 3.0 / 48, 23.0 / 48),
                 second = time_between(*one, 25.0 / 48, 45.0 / 48);
    const double even = 20.0 / 48 * cooling::even_share;
    CHECK((first - even) / (second - even) == doctest::Approx(2.0).epsilon(0.02));
    CHECK(first + second < learned);
  }
}

TEST_CASE("what is dear for a while, and falls again, has not been reached before") {
  // It begins cheap, is driven up by heat, and falls below only late.
  const auto schedule =
      after([](double at) { return at < 0.1   ? 5.0
                                   : at < 0.5 ? 10.0
                                              : 10 - 16 * (at - 0.5); }, all);
  CHECK(time_between(schedule, 0, 0.45) == doctest::Approx(0.45 * cooling::even_share).epsilon(0.02));
}

TEST_CASE("places that the first pass did not look at are taken for what was before them") {
  cooling schedule;
  schedule.note(0.1, 10, 1);
  schedule.note(0.9, 5, 1);
  schedule.learn();
  CHECK(time_between(schedule, 0.84, 0.97) > 0.85);
}

TEST_CASE("temperatures fall evenly in their logarithm, from the first to the last") {
  for (const auto& [first, last] : {std::pair{10.0, 3e-6}, std::pair{20.0, 0.05}, std::pair{2.0, 2.0}}) {
    const temperature_range range{first, last};
    CHECK(range.at(0) == first);
    CHECK(range.at(1) == last);
    double before = first;
    for (int i = 1; i <= 1000; ++i) {
      const double way = i / 1000.0, now = range.at(way);
      CHECK(now <= before);
      // 2^-24 of the way is 1e-6 of the temperature here, and each product rounds once.
      CHECK(now == doctest::Approx(first * std::pow(last / first, way)).epsilon(2e-6));
      before = now;
    }
  }
}

TEST_CASE("a temperature half way is the same to the bit wherever it is worked out") {
  CHECK(temperature_range{16.0, 1.0}.at(0.5) == 4.0);
  CHECK(temperature_range{16.0, 1.0}.at(0.75) == 2.0);
  CHECK(temperature_range{10.0, 3e-6}.at(0.5) == 10.0 * std::sqrt(3e-6 / 10.0));
}
