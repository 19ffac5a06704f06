#include <foreshift/consensus/proposer.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::consensus;

namespace {
constexpr elector three[] = {{{1}, {1}}, {{2}, {1}}, {{3}, {1}}};
const ballot mine{5, site_id{1}};
entry saying(unsigned what) { return {{epoch_number{what}, {}}, {}}; }
proposer fresh() { return {phase_one{{mine, slot{1}}}, slot{}}; }
}  // namespace

TEST_CASE("a value is chosen when a quorum accepted it, and is told once") {
  proposer p = fresh();
  const accept asked = p.propose(saying(1), {}, {});
  CHECK(asked == accept{mine, slot{1}, {}, saying(1)});
  CHECK_FALSE(p.on_accepted(three, site_id{1}, {mine, slot{1}}));
  CHECK_FALSE(p.on_accepted(three, site_id{1}, {mine, slot{1}}));  // a repetition
  CHECK(p.on_accepted(three, site_id{2}, {mine, slot{1}}) == saying(1));
  CHECK_FALSE(p.on_accepted(three, site_id{3}, {mine, slot{1}}));
}

TEST_CASE("acceptances of different ballots are not added up") {
  proposer p = fresh();
  static_cast<void>(p.propose(saying(1), {}, {}));
  CHECK_FALSE(p.on_accepted(three, site_id{1}, {mine, slot{1}}));
  CHECK_FALSE(p.on_accepted(three, site_id{2}, {{4, site_id{1}}, slot{1}}));
}

TEST_CASE("what phase 1 found comes first, gaps included, above what is chosen") {
  phase_one found{{mine, slot{1}}};
  found.record(site_id{1}, {mine, slot{2}, {{slot{4}, {1, site_id{2}}, saying(4)}}});
  proposer p{found, slot{1}};
  CHECK(p.next_slot() == slot{3});
  CHECK(p.recovering());
  CHECK(p.recovered() == nullptr);  // a gap
  static_cast<void>(p.propose({}, {}, {}));
  REQUIRE(p.recovered() != nullptr);
  CHECK(*p.recovered() == saying(4));
  static_cast<void>(p.propose(*p.recovered(), {}, {}));
  CHECK_FALSE(p.recovering());
}

TEST_CASE("open slots are asked for again after a while, chosen ones are not") {
  proposer p = fresh();
  const time_point start{};
  static_cast<void>(p.propose(saying(1), {}, start));
  static_cast<void>(p.propose(saying(2), {}, start));
  p.release_through(slot{1});
  std::vector<slot> asked;
  const auto again = [&](const accept& m, const tally&) { asked.push_back(m.at); };
  p.retransmit(slot{1}, start - duration{1}, start, again);
  CHECK(asked.empty());
  p.retransmit(slot{1}, start, start + duration{1}, again);
  CHECK(asked == std::vector{slot{2}});
}
