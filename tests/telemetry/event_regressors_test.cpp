#include <foreshift/core/random.hpp>
#include <foreshift/telemetry/event_regressors.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace foreshift;
using namespace foreshift::telemetry;
using namespace std::chrono_literals;

namespace {

calendar_event event(duration start, duration end, event_kind kind, std::string label = {}) {
  return {time_point{start}, time_point{end}, kind, std::move(label)};
}

/// One column of a matrix.
std::vector<double> column(const std::vector<double>& m, std::size_t columns, std::size_t j) {
  std::vector<double> out;
  for (std::size_t i = j; i < m.size(); i += columns) out.push_back(m[i]);
  return out;
}

const time_grid hour{time_point{}, 10min, 6};

}  // namespace

TEST_CASE("a column says which share of each step its events cover") {
  const calendar c{{event(15min, 40min, event_kind::campaign), event(45min, 2h, event_kind::holiday)}};
  const auto columns = event_columns(c);
  REQUIRE(columns.size() == 3);
  const auto m = event_regressors(c, columns, hour);
  CHECK(column(m, 3, 0) == std::vector<double>{0, 0.5, 1, 1, 0, 0});
  CHECK(column(m, 3, 1) == std::vector<double>{0, 0, 0, 0, 0, 0});
  CHECK(column(m, 3, 2) == std::vector<double>{0, 0, 0, 0, 0.5, 1});
}

TEST_CASE("overlapping events of one column count once") {
  const calendar c{{event(0min, 10min, event_kind::campaign, "a"),
                    event(5min, 15min, event_kind::campaign, "b"),
                    event(5min, 8min, event_kind::campaign, "a")}};
  const auto by_kind = event_regressors(c, event_columns(c), hour);
  CHECK(column(by_kind, 3, 0) == std::vector<double>{1, 0.5, 0, 0, 0, 0});
  const auto columns = event_columns(c, {.grouping = event_grouping::by_label});
  REQUIRE(columns.size() == 2);
  const auto by_label = event_regressors(c, columns, hour);
  CHECK(column(by_label, 2, 0) == std::vector<double>{1, 0, 0, 0, 0, 0});
  CHECK(column(by_label, 2, 1) == std::vector<double>{0.5, 0.5, 0, 0, 0, 0});
}

TEST_CASE("lead columns rise before the event and lag columns after it") {
  const calendar c{{event(20min, 30min, event_kind::campaign)}};
  const auto columns =
      event_columns(c, {.grouping = event_grouping::by_label, .lead_steps = 1, .lag_steps = 2});
  REQUIRE(columns.size() == 4);
  CHECK(columns[0].shift_steps == -1);
  CHECK(columns[3].shift_steps == 2);
  const auto m = event_regressors(c, columns, hour);
  CHECK(column(m, 4, 0) == std::vector<double>{0, 1, 0, 0, 0, 0});
  CHECK(column(m, 4, 1) == std::vector<double>{0, 0, 1, 0, 0, 0});
  CHECK(column(m, 4, 2) == std::vector<double>{0, 0, 0, 1, 0, 0});
  CHECK(column(m, 4, 3) == std::vector<double>{0, 0, 0, 0, 1, 0});
}

TEST_CASE("an event beyond the grid is seen through its lead column") {
  const calendar c{{event(1h, 2h, event_kind::campaign)}};
  const auto columns = event_columns(c, {.grouping = event_grouping::by_label, .lead_steps = 1});
  CHECK(column(event_regressors(c, columns, hour), 2, 0) == std::vector<double>{0, 0, 0, 0, 0, 1});
  CHECK(column(event_regressors(c, columns, hour), 2, 1) == std::vector<double>{0, 0, 0, 0, 0, 0});
}

TEST_CASE("columns chosen at the fit serve a calendar that has grown since") {
  calendar c{{event(0min, 10min, event_kind::campaign, "a")}};
  const auto columns = event_columns(c, {.grouping = event_grouping::by_label});
  c.events.push_back(event(10min, 20min, event_kind::campaign, "a"));
  c.events.push_back(event(20min, 30min, event_kind::campaign, "unknown then"));
  CHECK(event_regressors(c, columns, hour) == std::vector<double>{1, 1, 0, 0, 0, 0});
}

TEST_CASE("it agrees with asking every second, and a grid cut in two gives the same rows") {
  random_stream random{61};
  for (int round = 0; round < 100; ++round) {
    calendar c;
    for (auto n = random.below(6); n > 0; --n) {
      const auto start = std::chrono::seconds{random.below(4000)} - 200s;
      c.events.push_back(
          event(start, start + std::chrono::seconds{1 + random.below(900)}, event_kinds[random.below(3)]));
    }
    const auto columns = event_columns(c, {.lead_steps = 1, .lag_steps = 1});
    const time_grid grid{time_point{30s}, 1min, 40};
    const auto m = event_regressors(c, columns, grid);
    for (std::size_t j = 0; j < columns.size(); ++j)
      for (std::size_t i = 0; i < grid.size; ++i) {
        int on = 0;
        for (auto second = 0s; second < 60s; second += 1s) {
          const auto t = grid.time_at(i) + second - columns[j].shift_steps * 60s;
          bool any = false;
          for (const auto& e : c.events)
            any = any || (e.kind == columns[j].kind && e.start <= t && t < e.end);
          on += any ? 1 : 0;
        }
        REQUIRE(m[i * columns.size() + j] == doctest::Approx(on / 60.0).epsilon(1e-12));
      }
    auto halves = event_regressors(c, columns, {grid.start, grid.step, 13});
    const auto rest = event_regressors(c, columns, {grid.time_at(13), grid.step, 27});
    halves.insert(halves.end(), rest.begin(), rest.end());
    CHECK(halves == m);
  }
}

TEST_CASE("columns set apart exclude each other, and together still cover what they covered") {
  calendar c;
  c.events = {{time_point{} + 10h, time_point{} + 13h, event_kind::campaign, "a", {}},
              {time_point{} + 11h, time_point{} + 12h, event_kind::holiday, "", {}}};
  const auto columns = telemetry::event_columns(c, {telemetry::event_grouping::by_label, 2, 3});
  const telemetry::time_grid grid{time_point{}, 1h, 24};
  const auto whole = telemetry::event_regressors(c, columns, grid);
  auto apart = whole;
  telemetry::set_apart(apart, columns);
  for (const auto kind : {event_kind::campaign, event_kind::holiday})
    for (std::size_t t = 0; t < grid.size; ++t) {
      double covered = 0, once = 0;
      for (std::size_t j = 0; j < columns.size(); ++j) {
        if (columns[j].kind != kind) continue;
        covered = std::max(covered, whole[t * columns.size() + j]);
        once += apart[t * columns.size() + j];
        if (kind == event_kind::campaign && columns[j].shift_steps == 2)
          CHECK(apart[t * columns.size() + j] == (t == 14 ? 1 : 0));
      }
      CHECK(once == covered);
    }
}
