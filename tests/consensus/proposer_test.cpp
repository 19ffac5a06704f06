#include <foreshift/consensus/acceptor.hpp>
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

TEST_CASE("what is chosen contradicts a ballot where it is not what the ballot proposes") {
  phase_one found{{mine, slot{1}}};
  found.record(site_id{1}, {mine, slot{2}, {{slot{4}, {1, site_id{2}}, saying(4)}}});
  proposer p{found, slot{1}};
  static_cast<void>(p.propose(saying(3), {}, {}));
  CHECK_FALSE(p.contradicts(slot{2}, saying(2)));  // chosen before this ballot
  CHECK_FALSE(p.contradicts(slot{3}, saying(3)));
  CHECK(p.contradicts(slot{3}, saying(1)));
  CHECK_FALSE(p.contradicts(slot{4}, saying(4)));  // adopted, and not proposed yet
  CHECK(p.contradicts(slot{4}, saying(1)));
  CHECK(p.contradicts(slot{5}, saying(5)));  // no lower ballot can have chosen it
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

TEST_CASE("a late promise tells of values and of chosen slots, and the next proposals obey") {
  proposer p = fresh();
  static_cast<void>(p.propose(saying(1), {}, {}));
  p.on_promise(site_id{3}, {mine, {}, {{slot{3}, {1, site_id{2}}, saying(3)}}});
  CHECK(p.recovering());
  CHECK(p.recovered() == nullptr);  // slot 2 is a gap
  static_cast<void>(p.propose({}, {}, {}));
  REQUIRE(p.recovered() != nullptr);
  CHECK(*p.recovered() == saying(3));
  p.on_promise(site_id{2}, {mine, slot{7}, {}});
  CHECK(p.next_slot() == slot{8});
}

// The counterexample that S3 prevents, on the real acceptors. Slot 1 is the first of the second epoch. Ballot
// 5 was led with promises of sites 1 and 2, a quorum of the first epoch; ballot 4 with those of 3 and 4, a
// quorum of the second, and it has chosen its value there.
TEST_CASE(
    "a promise set reused in the next epoch would choose a second value; counted anew it opens nothing") {
  constexpr elector before[] = {{{1}, {2}}, {{2}, {2}}, {{3}, {1}}, {{4}, {1}}};
  constexpr elector after[] = {{{1}, {1}}, {{2}, {1}}, {{3}, {2}}, {{4}, {2}}};
  std::vector<acceptor> sites(4);
  const auto led_with = [&](ballot number, std::initializer_list<std::size_t> promising) {
    phase_one asking{{number, slot{1}}};
    for (const auto i : promising)
      asking.record(site_id{i}, std::get<promise>(*sites[i - 1].on_prepare(asking.asked()).reply));
    return proposer{asking, slot{}};
  };
  proposer stale = led_with({5, site_id{1}}, {1, 2});
  proposer rightful = led_with({4, site_id{3}}, {3, 4});
  CHECK(stale.covers(before));
  CHECK(rightful.covers(after));
  const auto chosen_by = [&](proposer& own, std::initializer_list<std::size_t> accepting, entry value) {
    const accept asked = own.propose(std::move(value), {}, {});
    std::optional<entry> chosen;
    for (const auto i : accepting)
      if (const auto said = sites[i - 1].on_accept(asked).reply)
        if (auto made = own.on_accepted(after, site_id{i}, std::get<accepted>(*said))) chosen = made;
    return chosen;
  };
  CHECK(chosen_by(rightful, {3, 4}, saying(4)) == saying(4));
  CHECK_FALSE(stale.covers(after));                            // here a replica stops ...
  CHECK(chosen_by(stale, {1, 2, 3}, saying(5)) == saying(5));  // ... for this is what would happen

  // With the promise of one more site it is a quorum of the second epoch, and adopts what was chosen there.
  std::vector<acceptor> again(4);
  sites.swap(again);
  stale = led_with({5, site_id{1}}, {1, 2});
  rightful = led_with({4, site_id{3}}, {3, 4});
  CHECK(chosen_by(rightful, {3, 4}, saying(4)) == saying(4));
  stale.on_promise(site_id{3}, std::get<promise>(*sites[2].on_prepare({stale.number(), slot{1}}).reply));
  CHECK(stale.covers(after));
  REQUIRE(stale.recovering());
  CHECK(*stale.recovered() == saying(4));
}
