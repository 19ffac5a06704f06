#include "fleet.hpp"

#include <foreshift/driver/review_desk.hpp>

#include <doctest/doctest.h>

using namespace driver_test;

namespace {

constexpr placement::migration_cost cost{.copy_steps = 1, .overhead_share = 0.1};
constexpr proposal_id first{site_id{1}, 1};

driver::step_table table(int k, double source, double destination, double workload) {
  driver::step_table t;
  const time_point at = noon + k * step;
  t.enter(at, host_id{0}, source), t.enter(at, host_id{2}, destination),
      t.enter(at, workload_id{0}, workload);
  return t;
}
/// Carried out in the first step; then every step like this, until the promise falls due.
migration::outcome moved(double source, double destination, double workload) {
  const auto known = make_inventory({});
  driver::review_desk desk{step, cost};
  desk.open(move_of_first({2}, {2}), true);
  desk.started(first, {1}, noon + 1min);
  desk.observe(table(0, 7, 3, 2), known);
  desk.ended(first, noon + 6min);
  for (int k = 1; k < 6; ++k) desk.observe(table(k, source, destination, workload), known);
  auto done = desk.finish(noon + 6 * step);
  REQUIRE(done.size() == 1);
  CHECK(done[0].known);
  REQUIRE(done[0].outcome);
  CHECK(desk.finish(noon + 9 * step).empty());
  CHECK(done[0].happened == (done[0].outcome->overload_without > duration::zero()));
  return *done[0].outcome;
}

}  // namespace

TEST_CASE("of a refused proposal the source alone tells") {
  const auto known = make_inventory({});
  for (const double source : {7.9, 8.1}) {
    driver::review_desk desk{step, cost};
    desk.open(move_of_first({2}, {2}), false);
    CHECK(desk.watched().empty());
    for (int k = -3; k < 9; ++k)  // before it was made and after it is due, nothing counts
      desk.observe(table(k, k < 0 || k >= 6 ? 9 : source, 9, 3), known);
    CHECK(desk.finish(noon + 6 * step - 1ns).empty());
    const auto done = desk.finish(noon + 6 * step);
    REQUIRE(done.size() == 1);
    CHECK(done[0].known);
    CHECK(done[0].happened == (source > 8));
    CHECK_FALSE(done[0].outcome);
  }
}

TEST_CASE("a move that kept the source under its limit has delivered") {
  CHECK(moved(6, 5, 3).what == migration::verdict::delivered);
}
TEST_CASE("a move from a source that would have stayed below was needless") {
  CHECK(moved(4, 5, 3).what == migration::verdict::needless);
}
TEST_CASE("a move that overloaded the destination and nothing else was harmful") {
  CHECK(moved(4, 9, 3).what == migration::verdict::harmful);
}

TEST_CASE("a review goes on where the log was not heard entry by entry") {
  const auto known = make_inventory({});
  const auto judged = [&](bool heard) {
    driver::review_desk desk{step, cost};
    desk.open(move_of_first({2}, {2}), true);
    if (heard) desk.started(first, {1}, noon + 1min);
    desk.observe(table(0, 7, 3, 2), known);
    if (heard) desk.ended(first, noon + 6min);
    // The image says the same as what was heard, and does not move what was heard otherwise.
    const duration off = heard ? 3min : 0min;
    desk.catch_up(first, {{1}, noon, noon + 1min + off, noon + 6min + off});
    desk.catch_up({site_id{1}, 99}, {{2}, noon, noon, noon});  // never heard of here
    for (int k = 1; k < 6; ++k) desk.observe(table(k, 6, 5, 3), known);
    return desk.finish(noon + 6 * step).at(0).outcome.value();
  };
  const auto heard = judged(true), caught_up = judged(false);
  CHECK(heard.what == migration::verdict::delivered);
  CHECK(caught_up.what == heard.what);
  CHECK(caught_up.started_at == heard.started_at);
  CHECK(caught_up.ended_at == heard.ended_at);
}

TEST_CASE("an approved move that nobody carried out is said to be just that") {
  driver::review_desk desk{step, cost};
  desk.open(move_of_first({2}, {2}), true);
  CHECK(desk.watched() == std::vector{workload_id{0}});
  const auto done = desk.finish(noon + 6 * step);
  REQUIRE(done.size() == 1);
  CHECK_FALSE(done[0].known);
  CHECK(done[0].outcome->what == migration::verdict::not_carried_out);
  CHECK(desk.watched().empty());
}
