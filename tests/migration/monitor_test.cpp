#include <foreshift/migration/monitor.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace foreshift;
using namespace foreshift::migration;
using namespace std::chrono_literals;

namespace {
constexpr time_point noon{12h};
monitor watching() {
  return monitor{{.proposal = {{1}, 2},
                  .migration = {3},
                  .expected = {20min, noon + 1h},
                  .started_at = noon,
                  .ended_at = noon + 5min,
                  .source_limit = 8,
                  .destination_limit = 8}};
}
/// The same step, over and over, from the second on; the first is the copy.
outcome judged(observed_step seen, int steps = 11) {
  auto m = watching();
  m.observe(noon, {.source = 7, .destination = 3, .workload = seen.workload, .copying = true});
  for (int i = 1; i <= steps; ++i) m.observe(noon + i * 5min, seen);
  return m.judge();
}
}  // namespace

TEST_CASE("an overload that would have come and did not is delivered") {
  const auto o = judged({.source = 7, .destination = 5, .workload = 2});
  CHECK(o.what == verdict::delivered);
  CHECK(o.overload_without == 55min);
  CHECK(o.overload_source == 0min);
  CHECK(o.promised == 20min);
  CHECK(o.proposal == proposal_id{{1}, 2});
}

TEST_CASE("an overload that would not have come makes the move needless") {
  CHECK(judged({.source = 5, .destination = 5, .workload = 2}).what == verdict::needless);
}

TEST_CASE("a source that is overloaded all the same falls short") {
  const auto o = judged({.source = 9, .destination = 5, .workload = 2});
  CHECK(o.what == verdict::fell_short);
  CHECK(o.overload_source == 55min);
}

TEST_CASE("an overload of the destination that the workload is to blame for is harmful") {
  const auto o = judged({.source = 5, .destination = 9, .workload = 2});
  CHECK(o.what == verdict::harmful);
  CHECK(o.overload_destination == 55min);
  SUBCASE("one that it would have had anyway is not") {
    CHECK(judged({.source = 5, .destination = 11, .workload = 2}).what == verdict::needless);
  }
}

TEST_CASE("avoiding more at the source than is added at the destination is no harm") {
  auto m = watching();
  for (int i = 0; i < 12; ++i)
    m.observe(noon + i * 5min, {.source = 7, .destination = i == 3 ? 9.0 : 5.0, .workload = 2});
  CHECK(m.judge().what == verdict::delivered);
  CHECK(m.judge().overload_destination == 5min);
}

TEST_CASE("only the time from the start to the check counts, and gaps are known to be gaps") {
  auto m = watching();
  m.observe(noon - 5min, {.source = 99, .destination = 99, .workload = 1});
  m.observe(noon + 1h, {.source = 99, .destination = 99, .workload = 1});
  m.observe(noon, {.source = std::nan(""), .destination = 1, .workload = 1});
  CHECK(m.judge().overload_without == 0min);
  CHECK(m.unknown() == 5min);
  CHECK(m.known() == 0min);
  CHECK_FALSE(m.due(noon + 59min));
  CHECK(m.due(noon + 1h));
}

TEST_CASE("what was not carried out promises nothing and says so") {
  const auto o = not_carried_out({{1}, 2}, {3}, {20min, noon}, noon, noon + 5min);
  CHECK(o.what == verdict::not_carried_out);
  CHECK(o.promised == 20min);
  CHECK(o.overload_without == 0min);
}
