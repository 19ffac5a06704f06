#include <foreshift/driver/event_ledger.hpp>

#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;
using driver::event_ledger, driver::series_effects;
using telemetry::calendar_event, telemetry::event_kind;

namespace {

constexpr duration step = 30min;
constexpr time_point start{240h};

telemetry::calendar sale(std::optional<double> effect = {}) {
  return {{{start + 100h, start + 106h, event_kind::campaign, "sale", {}},
           {start + 300h, start + 306h, event_kind::campaign, "sale", effect}}};
}

/// Ten days at one level with noise, and the first sale in them.
telemetry::series history(std::uint64_t seed, double factor, double noise = 0.02) {
  random_stream random{seed};
  telemetry::series y{start, step, {}};
  for (std::size_t t = 0; t < 480; ++t)
    y.values.push_back((t >= 200 && t < 212 ? factor : 1) * std::exp(noise * random.normal()));
  return y;
}

telemetry::series_view first(const telemetry::series& y, std::size_t n) {
  return {y.start, y.step, std::span{y.values}.first(n)};
}

}  // namespace

TEST_CASE("what one series has not seen it takes from those that have") {
  event_ledger ledger{sale(), step, 0, 0};
  REQUIRE(ledger.columns().size() == 1);
  std::vector<series_effects> lines(20);
  for (std::size_t i = 0; i < lines.size(); ++i) CHECK(ledger.learn(lines[i], history(i + 1, 1.5)));
  const auto quiet = history(99, 1);
  const auto young = quiet.view().last(100);
  const auto used = ledger.effects_of(young);
  REQUIRE(used.size() == 1);
  CHECK(used[0].relative_change() == doctest::Approx(0.5).epsilon(0.05));
  CHECK(used[0].occurrences == 0);
}

TEST_CASE("a series that is released takes its experience along") {
  event_ledger ledger{sale(), step, 0, 0};
  series_effects one, other;
  ledger.learn(one, history(1, 2));
  ledger.learn(other, history(2, 1.5));
  ledger.release(one);
  CHECK_FALSE(one.slot);
  series_effects next;
  ledger.learn(next, history(3, 1.5));
  CHECK(ledger.effects_of(history(9, 1).view().last(100))[0].relative_change() ==
        doctest::Approx(0.5).epsilon(0.05));
}

TEST_CASE("an announced number counts where nobody has seen the event, and gives way to what was seen") {
  event_ledger ledger{sale(1.0), step, 0, 0};
  const auto quiet = history(99, 1);
  const auto young = quiet.view().last(100);
  CHECK(ledger.effects_of(young)[0].relative_change() == doctest::Approx(1.0));
  series_effects line;
  ledger.learn(line, history(1, 1.5));
  CHECK(line.used[0].relative_change() == doctest::Approx(0.5).epsilon(0.05));
}

TEST_CASE(
    "effects are looked at in and after each event and once a day, and say if the past looks different") {
  event_ledger ledger{sale(), step, 0, 0};
  series_effects line;
  const auto y = history(1, 1.5);
  CHECK(ledger.due(line, start));
  CHECK_FALSE(ledger.learn(line, first(y, 190)));  // before the sale
  CHECK(line.next == start + 100h + 3 * step);
  ledger.learn(line, first(y, 210));
  CHECK(line.used[0].relative_change() == doctest::Approx(0.5).epsilon(0.05));  // of what has been so far
  CHECK(line.next == start + 106h + step);
  CHECK_FALSE(ledger.learn(line, first(y, 213)));  // nothing new
  CHECK_FALSE(ledger.learn(line, y));
  CHECK(line.next == y.end() + 24h);
}

TEST_CASE("steps before and after an event have effects of their own, apart from the event's") {
  event_ledger ledger{sale(), step, 2, 1};
  REQUIRE(ledger.columns().size() == 4);
  const auto rows = ledger.shares(start + 99h, 16);
  for (std::size_t t = 0; t < 16; ++t) {
    double sum = 0;
    for (const double x : rows.row(t)) sum += x;
    CHECK(sum == (t < 15 ? 1 : 0));
  }
  CHECK(rows.row(0)[0] == 1);
  CHECK(rows.row(1)[1] == 1);
  CHECK(rows.row(14)[3] == 1);
}

TEST_CASE("without a calendar there is nothing to learn") {
  event_ledger ledger{{}, step, 0, 0};
  series_effects line;
  CHECK(ledger.empty());
  CHECK_FALSE(ledger.due(line, start));
  CHECK_FALSE(ledger.learn(line, history(1, 1.5)));
  CHECK(ledger.effects_of(history(1, 1.5)).empty());
}
