#include <foreshift/consensus/phase_one.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::consensus;

namespace {
constexpr elector three[] = {{{1}, {1}}, {{2}, {1}}, {{3}, {1}}};
const ballot mine{5, site_id{1}};
entry saying(unsigned what) { return {{epoch_number{what}, {}}, {}}; }
accepted_value held(std::uint64_t at, std::uint64_t round, unsigned what) {
  return {slot{at}, {round, site_id{1}}, saying(what)};
}
}  // namespace

TEST_CASE("the value under the highest ballot is adopted, whoever reports first") {
  for (const bool swapped : {false, true}) {
    phase_one p{{mine, slot{1}}};
    const promise a{mine, {}, {held(1, 2, 20)}}, b{mine, {}, {held(1, 3, 30)}};
    p.record(site_id{1}, swapped ? b : a);
    p.record(site_id{2}, swapped ? a : b);
    CHECK(p.complete(three));
    REQUIRE(p.adopted(slot{1}) != nullptr);
    CHECK(*p.adopted(slot{1}) == saying(30));
  }
}

TEST_CASE("a promise for another ballot, a stranger's and a second one count nothing") {
  phase_one p{{mine, slot{1}}};
  p.record(site_id{1}, {mine, {}, {}});
  p.record(site_id{1}, {mine, {}, {}});
  p.record(site_id{9}, {mine, {}, {}});
  p.record(site_id{2}, {{4, site_id{1}}, {}, {held(1, 2, 20)}});
  CHECK_FALSE(p.complete(three));
  CHECK(p.adopted(slot{1}) == nullptr);
}

TEST_CASE(
    "slots below a reported one are gaps, slots that a promise calls chosen are not to be proposed in") {
  phase_one p{{mine, slot{1}}};
  p.record(site_id{1}, {mine, slot{2}, {held(3, 1, 30), held(6, 1, 60)}});
  p.record(site_id{2}, {mine, slot{4}, {held(6, 1, 60)}});
  CHECK(p.chosen_through() == slot{4});
  CHECK(p.best_informed() == site_id{2});
  CHECK(p.last_reported() == slot{6});
  CHECK(p.adopted(slot{5}) == nullptr);
}
