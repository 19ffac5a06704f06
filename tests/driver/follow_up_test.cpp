#include "fleet.hpp"

#include <foreshift/driver/follow_up.hpp>

#include <doctest/doctest.h>

using namespace driver_test;

namespace {

constexpr host_id source{0}, destination{1}, other{2};
constexpr time_point later = noon + 1h;

migration::outcome harm() {
  migration::outcome judged;
  judged.what = migration::verdict::harmful;
  judged.ended_at = noon;
  return judged;
}

// Workload 0 has moved from host 0 to host 1, both of site 1; each workload there has these cores.
driver::fleet_outlook<last_value> after_the_move(double at_source, double at_destination) {
  auto fleet = make_outlook({1});
  for (std::uint64_t w = 0; w < 6; ++w)
    fleet.book().learn(workload_id{w}, ramp(w == 0 || w >= 3 ? at_destination : at_source, 0));
  fleet.book().learn(other, ramp(1, 0));
  fleet.settle({0}, destination);
  fleet.refresh({});
  return fleet;
}

}  // namespace

TEST_CASE("a workload goes back from a place that overflows to one that would be calm") {
  auto fleet = after_the_move(1, 3);  // 12 cores at the destination, whose limit is 8; 2 at the source
  const auto was = move_of_first(destination, {1});
  const auto next = driver::advice_on(was, harm(), fleet, {later, {}});
  CHECK(next.what == migration::recommendation::go_back);
  const auto again = driver::follow_up_of(was, next, fleet, {{site_id{1}, 7}, later});
  CHECK(again.id == proposal_id{site_id{1}, 7});
  CHECK(again.reverses == was.id);
  const auto& move = std::get<placement::migrate>(again.what);
  CHECK(move.from.host == destination);
  CHECK(move.to.host == source);
  CHECK(again.why.probability == doctest::Approx(1));
  CHECK(again.why.limit == 8);
  CHECK(again.expected.check_at == later + static_cast<duration::rep>(horizon) * step);
  CHECK(again.expected.overload_avoided == duration::zero());  // without it there are still 9 cores
}

TEST_CASE("what a way back promises is what the paths of both hosts say, with an interval") {
  auto fleet = after_the_move(1, 2.5);  // 10 cores at the destination, 7.5 without it
  const auto was = move_of_first(destination, {1});
  const auto again = driver::follow_up_of(was, driver::advice_on(was, harm(), fleet, {later, {}}), fleet,
                                          {{site_id{1}, 7}, later});
  CHECK(again.expected.overload_avoided > 2 * step);
  CHECK(again.expected.avoided_low > duration::zero());
  CHECK(again.expected.avoided_low <= again.expected.overload_avoided);
  CHECK(again.expected.overload_avoided <= again.expected.avoided_high);
}

TEST_CASE("an alternative that was only costlier is taken before the way back") {
  auto fleet = after_the_move(1, 3);
  auto was = move_of_first(destination, {1});
  was.alternatives = {{{site_id{2}, other}, placement::rejection::costlier, 2}};
  const auto next = driver::advice_on(was, harm(), fleet, {later, {}});
  REQUIRE(next.what == migration::recommendation::take_alternative);
  const auto again = driver::follow_up_of(was, next, fleet, {{site_id{1}, 7}, later});
  CHECK(std::get<placement::migrate>(again.what).to.host == other);
  CHECK(again.alternatives.empty());
}

TEST_CASE("a workload that has moved on, or a host of which nothing is known, is left alone") {
  auto fleet = after_the_move(1, 3);
  CHECK(driver::advice_on(move_of_first(other, {2}), harm(), fleet, {later, {}}).what ==
        migration::recommendation::leave);
  CHECK(fleet.risk_with({99}, *fleet.book().paths(workload_id{0})) == 1);
  auto nothing = make_outlook({1});
  nothing.settle({0}, destination);
  nothing.refresh({});
  CHECK(driver::advice_on(move_of_first(destination, {1}), harm(), nothing, {later, {}}).what ==
        migration::recommendation::leave);
}
