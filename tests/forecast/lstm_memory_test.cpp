#include <foreshift/core/archive.hpp>
#include <foreshift/forecast/lstm_memory.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;
using namespace foreshift::forecast::detail;

namespace {
constexpr double gap = std::numeric_limits<double>::quiet_NaN();
lstm small() { return {.season_length = 4, .seasons_in_cycle = 3}; }
}  // namespace

TEST_CASE("a step is known by what was at its place a season and a cycle ago") {
  lstm_memory m{small(), 0, 0};
  for (int t = 0; t < 13; ++t) m.observe(t, {});
  const auto p = m.profile(1);  // step 13
  CHECK(p.last == 9);
  CHECK(p.day == doctest::Approx(1 + 0.25 * 4 + 0.25 * (9 - 2)));  // 1, then 2, then 3.75
  CHECK(p.week == 1);
  CHECK(m.profile(4).last == 12);
  CHECK(m.profile(5).last == 9);  // the same place a season later
  CHECK(p.last_week == 1);
  CHECK(m.present().value == 12);
  CHECK(m.present().season_step == 4);  // 12 - 8
  CHECK(m.present().cycle_step == 12);  // 12 - 0
}

TEST_CASE("an unknown place has the local level") {
  lstm_memory m{small(), 0, 0};
  m.observe(2, {});
  float columns[lstm_past_columns];
  write_past(m.profile(2), m.present(), columns);
  for (const std::size_t i : {0U, 1U, 2U, 3U, 4U, 5U}) CHECK(columns[i] == 2);
}

TEST_CASE("in a gap time passes, nothing is learned, and the expected value stands in") {
  lstm_memory m{small(), 0, 0};
  for (int t = 0; t < 24; ++t) m.observe(t % 4, {});
  m.observe(gap, {});
  CHECK(m.value() == doctest::Approx(0));
  CHECK(m.profile(4).last == 0);
  float inputs[lstm_memory::input_columns];
  m.write_inputs(inputs);
  CHECK(inputs[2] == 1);
  m.observe(1, {});
  m.write_inputs(inputs);
  CHECK(inputs[1] == doctest::Approx(0));  // the clock went on: 1 is what is expected here
  CHECK(inputs[2] == 0);
}

TEST_CASE("the recurrent layer sees spikes cut and the clock of the step to come") {
  lstm_memory m{small(), 1, 2};
  const double event = 0.5;
  m.observe(1e300, {&event, 1});
  double inputs[lstm_memory::input_columns + 1];
  m.write_inputs(inputs);
  CHECK(inputs[0] == 6);
  CHECK(inputs[3] == doctest::Approx(-1));  // place 3 of 4: three quarters of a turn
  CHECK(inputs[4] == doctest::Approx(0).scale(1));
  CHECK(inputs[5] == doctest::Approx(1));  // place 3 of 12
  CHECK(inputs[7] == 0.5);
}

TEST_CASE("how much of an event is in the profile is known") {
  lstm_memory m{small(), 1, 0};
  for (int t = 0; t < 8; ++t) {
    const double event = t == 5 ? 1 : 0;
    m.observe(0, {&event, 1});
  }
  double usual = -1;
  m.write_usual_events(2, &usual);  // step 9, at the place of step 5
  CHECK(usual == 0.25);
  m.write_usual_events(1, &usual);
  CHECK(usual == 0);
}

TEST_CASE("one season without a cycle has a profile of one kind") {
  lstm_memory m{lstm{.season_length = 3, .seasons_in_cycle = 1}, 0, 0};
  for (int t = 0; t < 9; ++t) m.observe(t % 3, {});
  CHECK(m.profile(1).day == 0);
  CHECK(std::isnan(m.profile(1).week));
  CHECK(m.fits(lstm{.season_length = 3, .seasons_in_cycle = 1}, 0));
  CHECK_FALSE(m.fits(lstm{.season_length = 3, .seasons_in_cycle = 2}, 0));
}

TEST_CASE("a memory comes back as it was written") {
  lstm_memory m{small(), 1, 0};
  const double event = 1;
  for (int t = 0; t < 7; ++t) m.observe(t == 3 ? gap : t, {&event, 1});
  archive_writer out;
  out(m);
  const auto bytes = out.take();
  archive_reader in{bytes};
  lstm_memory back;
  in(back);
  REQUIRE(in.finished());
  for (std::size_t lead = 1; lead < 12; ++lead) {
    double a[lstm_past_columns], b[lstm_past_columns];
    write_past(m.profile(lead), m.present(), a);
    write_past(back.profile(lead), back.present(), b);
    for (std::size_t i = 0; i < lstm_past_columns; ++i) CHECK(a[i] == b[i]);
  }
}

TEST_CASE("options out of range are known") {
  CHECK(is_sound(lstm{}));
  CHECK(is_sound(lstm{.levels = {}}));
  CHECK_FALSE(is_sound(lstm{.season_length = 0}));
  CHECK_FALSE(is_sound(lstm{.window = 1}));
  CHECK_FALSE(is_sound(lstm{.learning_rate = 0}));
  CHECK_FALSE(is_sound(lstm{.learning_rate = gap}));
  CHECK_FALSE(is_sound(lstm{.levels = {0.5, 0.5}}));
  CHECK_FALSE(is_sound(lstm{.levels = {0.1, 1.0}}));
}
