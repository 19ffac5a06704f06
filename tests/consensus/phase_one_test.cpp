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

namespace {
// Two capped tables, each tolerating one silent site, with quorums that do not meet.
constexpr elector before[] = {{{1}, {2}}, {{2}, {2}}, {{3}, {1}}, {{4}, {1}}};
constexpr elector after[] = {{{1}, {1}}, {{2}, {1}}, {{3}, {2}}, {{4}, {2}}};
}  // namespace

TEST_CASE("a promise set is counted anew under each epoch: a quorum of one may be none of the next") {
  phase_one p{{mine, slot{1}}};
  p.record(site_id{1}, {mine, {}, {}});
  p.record(site_id{2}, {mine, {}, {}});
  CHECK(p.complete(before));
  CHECK_FALSE(p.complete(after));
  p.record(site_id{3}, {mine, {}, {}});
  CHECK(p.complete(after));
}

TEST_CASE("the promise of a site that has left counts no more, should it come back too") {
  phase_one p{{mine, slot{1}}};
  p.record(site_id{1}, {mine, {}, {}});
  p.record(site_id{2}, {mine, {}, {}});
  p.retire([](site_id site) { return site != site_id{2}; });
  CHECK_FALSE(p.complete(three));
  CHECK_FALSE(p.has_answered(site_id{2}));
  p.record(site_id{2}, {mine, {}, {}});
  CHECK(p.complete(three));
}

TEST_CASE("flexible quorums: phase 1 may need more than half, and then no less will do") {
  const electorate strict{three, {3}, {1}};
  phase_one p{{mine, slot{1}}};
  p.record(site_id{1}, {mine, {}, {}});
  p.record(site_id{2}, {mine, {}, {}});
  CHECK_FALSE(p.complete(strict));
  p.record(site_id{3}, {mine, {}, {}});
  CHECK(p.complete(strict));
}
