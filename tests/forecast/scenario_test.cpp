#include <foreshift/forecast/scenario.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace foreshift;
using namespace foreshift::forecast;

TEST_CASE("a plan as long as the memory repeats no moment") {
  random_stream random{5};
  const auto plan = make_scenario_plan({.count = 288, .ages_max = 288}, random);
  const std::set<std::uint32_t> ages(plan.error_age.begin(), plan.error_age.end());
  CHECK(ages.size() == 288);
  CHECK(*ages.rbegin() == 287);
}

TEST_CASE("ages ascend, stay in range, and replay with the seed") {
  for (const std::size_t count : {0U, 1U, 7U, 1000U}) {
    random_stream a{9}, b{9};
    const scenario_options options{.count = count, .ages_max = 37, .half_life = 10};
    const auto plan = make_scenario_plan(options, a);
    CHECK(plan.size() == count);
    CHECK(std::ranges::is_sorted(plan.error_age));
    CHECK(std::ranges::all_of(plan.error_age, [](std::uint32_t age) { return age < 37; }));
    CHECK(plan.error_age == make_scenario_plan(options, b).error_age);
  }
}

TEST_CASE("with a half-life each half-life of age is drawn half as often as the one before") {
  random_stream random{6};
  const auto plan = make_scenario_plan({.count = 7000, .ages_max = 300, .half_life = 100}, random);
  const auto in = [&](std::uint32_t from, std::uint32_t to) {
    return std::ranges::count_if(plan.error_age, [&](std::uint32_t a) { return a >= from && a < to; });
  };
  // Shares 4/7, 2/7, 1/7; stratified sampling errs by at most one path a bound.
  CHECK(in(0, 100) == doctest::Approx(4000).epsilon(0.001));
  CHECK(in(100, 200) == doctest::Approx(2000).epsilon(0.001));
  CHECK(in(200, 300) == doctest::Approx(1000).epsilon(0.002));
}
