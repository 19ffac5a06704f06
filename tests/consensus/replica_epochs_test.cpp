#include "cluster.hpp"

#include <foreshift/consensus/replica_epochs.hpp>

#include <doctest/doctest.h>

using namespace consensus_test;

namespace {

/// Runs until `done` or ten virtual seconds have passed.
template <class World, class F>
bool run_until(World& world, F done) {
  for (int i = 0; i < 200 && !world.broken() && !done(); ++i) world.run(world.now() + 50 * ms);
  return !world.broken() && done();
}
template <class World>
std::size_t leader_of(World& world) {
  for (;;) {
    for (std::size_t i = 0; i < world.size(); ++i)
      if (world.at(i) != nullptr && world.at(i)->leads()) return i;
    world.run(world.now() + 50 * ms);
  }
}
/// Asks for an epoch with these electors and learners, at the site with this index.
template <class World>
void ask_for(World& world, std::size_t at, std::initializer_list<std::uint64_t> electors,
             std::initializer_list<std::uint64_t> learners = {}) {
  const auto& seen = world.machine(at);
  change_epoch asked{seen.members().identity(), seen.members().spec()};
  asked.to.electors.clear();
  for (const auto site : electors) asked.to.electors.push_back({site_id{site}, {1}});
  asked.to.learners.clear();
  for (const auto site : learners) asked.to.learners.push_back({site});
  asked.to.tolerated = 0;
  CHECK(world.submit_at(at, asked));
}

}  // namespace

TEST_CASE("an idle log is filled until a new epoch is in force and something has been decided in it") {
  cluster world{equal_sites(3), 1, {}, 1};
  const std::size_t leader = leader_of(world);
  ask_for(world, leader, {1, 2, 3, 4});
  CHECK(run_until(world, [&] { return world.at(leader)->submitted() == 0 && world.at_rest(); }));
  world.run(world.now() + 1000 * ms);
  const auto& row = world.machine(3).epochs().newest();
  CHECK(row.members.number() == epoch_number{2});
  CHECK(row.from == slot{5});                     // decided in slot 1, alpha 4
  CHECK(world.machine(3).applied() == row.from);  // and no further
}

TEST_CASE("a distinguished proposer that leaves leads no more, and the new members go on") {
  cluster world{equal_sites(3), 2, {}, 2};
  const std::size_t leader = leader_of(world);
  CHECK(world.submit_at(leader, prepare_transfer{subset_id{1}, site_id{1}, site_id{3}, {}, world.now()}));
  ask_for(world, leader, {4, 5}, {1, 3});  // site 1 owns a subset, site 3 is about to
  CHECK(run_until(world, [&] { return world.at_rest() && world.at(leader_of(world)) != nullptr; }));
  CHECK(leader_of(world) >= 3);
  CHECK_FALSE(world.at(leader)->leads());
  CHECK(world.at(1)->may_leave());
  CHECK_FALSE(world.at(0)->may_leave());
  const auto id = world.submit_at(3, noop{});
  CHECK(run_until(world, [&] { return world.at(3)->submitted() == 0; }));
  CHECK(id);
}

// Site 2 alone takes over from site 1 alone. Until it holds what site 1 has chosen, nobody else knows it.
TEST_CASE("a member that leaves stays until a quorum of the new epoch holds the chosen prefix") {
  cluster world{equal_sites(1), 3, {}, 1};
  leader_of(world);
  world.crash(1);
  for (int i = 0; i < 5; ++i) CHECK(world.submit_at(0, noop{}));
  CHECK(run_until(world, [&] { return world.at(0)->submitted() == 0; }));
  ask_for(world, 0, {2}, {1});
  CHECK(run_until(world, [&] { return world.machine(0).members().number() == epoch_number{2}; }));
  world.boot(1);
  CHECK(run_until(world, [&] { return world.at(1)->leads() && world.at_rest(); }));
  // Site 1 owns nothing any more, and goes.
  for (const std::uint64_t what : {1U, 2U}) {
    CHECK(world.submit_at(1, prepare_transfer{subset_id{what}, site_id{1}, site_id{2}, {}, world.now()}));
    CHECK(run_until(world, [&] { return world.at(1)->submitted() == 0 && world.at_rest(); }));
    CHECK(world.submit_at(
        0, quiesced{subset_id{what}, world.machine(0).authorities().find(subset_id{what})->token}));
    CHECK(run_until(world, [&] { return world.at(0)->submitted() == 0 && world.at_rest(); }));
    CHECK(world.submit_at(1, activate{subset_id{what}, site_id{2}}));
    CHECK(run_until(world, [&] { return world.at(1)->submitted() == 0 && world.at_rest(); }));
  }
  CHECK_FALSE(world.at(0)->may_leave());
  ask_for(world, 1, {2});
  CHECK(run_until(world, [&] { return world.at(0)->may_leave(); }));
  CHECK(world.machine(1).applied() >= world.machine(1).epochs().newest().from);
}

TEST_CASE("a member that leaves and finds the new ones down does not go") {
  cluster world{equal_sites(3), 4, {}, 1};
  const std::size_t leader = leader_of(world);
  ask_for(world, leader, {4}, {1});
  world.crash(3);
  world.run(world.now() + 2000 * ms);
  const std::size_t left = leader == 1 ? 2 : 1;  // neither the leader nor the owner, site 1
  CHECK(world.machine(left).members().number() == epoch_number{2});
  CHECK_FALSE(world.at(left)->may_leave());
  world.boot(3);
  CHECK(run_until(world, [&] { return world.at(left)->may_leave(); }));
  CHECK(world.machine(3).applied() >= slot{4});
}

// It comes back after the second change and hears of both at once: nobody has told it who holds what it
// knows.
TEST_CASE("a member that has slept through its leaving and the change after it asks all the same") {
  cluster world{equal_sites(3), 8, {}, 2};
  const std::size_t left = leader_of(world) == 1 ? 2 : 1, third = 3 - left;
  world.crash(left);
  ask_for(world, leader_of(world), {third + 1, 4}, {1});
  const auto reaches = [&](std::size_t at, std::uint64_t n) {
    return run_until(world, [&] { return world.machine(at).members().number() == epoch_number{n}; });
  };
  CHECK(reaches(3, 2));
  CHECK(world.submit_at(3, noop{}));
  CHECK(run_until(world, [&] { return world.at(3)->submitted() == 0; }));
  ask_for(world, 3, {4, 5}, {1});
  CHECK(reaches(3, 3));
  world.boot(left);
  while (world.machine(left).members().number() < epoch_number{3}) {
    CHECK_FALSE(world.at(left)->may_leave());
    world.run(world.now() + 1 * ms);
  }
  CHECK_FALSE(world.at(left)->may_leave());
  CHECK(run_until(world, [&] { return world.at(left)->may_leave(); }));
}

// Sites 4 and 5 are down while 2 and 3 make room for them; then site 1 is lost, as one of three may be.
TEST_CASE("the check bites: where members leave before a quorum holds what they know, the rest is stuck") {
  for (const bool early : {false, true}) {
    cluster world{equal_sites(3), 6, {}, 2};
    const std::size_t leader = leader_of(world);
    world.crash(3);
    world.crash(4);
    ask_for(world, leader, {1, 4, 5});
    CHECK(run_until(world, [&] {
      return world.machine(1).members().number() == epoch_number{2} &&
             world.machine(2).members().number() == epoch_number{2};
    }));
    CHECK_FALSE(world.at(1)->may_leave());
    CHECK_FALSE(world.at(2)->may_leave());
    if (early) world.crash(1), world.crash(2);
    world.crash(0);
    world.boot(3);
    world.boot(4);
    const bool goes_on = run_until(world, [&] { return world.at(3)->leads() || world.at(4)->leads(); });
    CHECK(goes_on == !early);
    CHECK_FALSE(world.broken());
  }
}

TEST_CASE("a learner follows and counts for nothing") {
  cluster world{equal_sites(3), 5, {}, 1};
  ask_for(world, leader_of(world), {1, 2, 3}, {4});
  CHECK(run_until(world, [&] { return world.at_rest(); }));
  CHECK(world.submit_at(3, noop{}));
  CHECK(run_until(world, [&] { return world.at(3)->submitted() == 0 && world.at_rest(); }));
  const std::size_t leader = leader_of(world);
  for (std::size_t i = 0; i < 3; ++i)
    if (i != leader) world.crash(i);
  const slot before = world.at(leader)->chosen_through();
  CHECK(world.submit_at(leader, noop{}));
  world.run(world.now() + 1000 * ms);
  CHECK(world.at(leader)->chosen_through() ==
        before);  // two of the four hear each other, one of three electors
  CHECK_FALSE(world.at(leader)->leads());
}

TEST_CASE("without word of what has been applied no slot beyond alpha is opened") {
  epoch_spec spec;
  spec.alpha = 2;
  const site_id alone[] = {{1}};
  replica a = replica::recover({site_id{1}, uniform_epoch(alone, spec), {}, 1, 1, 64}, {}).value();
  std::vector<deliver_duty> delivered;
  time_point now{};
  const auto go_on = [&] {
    for (int i = 0; i < 20; ++i) {
      now += 200 * ms;
      for (const auto& in : {input{tick{now}}, input{durable{a.last_lsn()}}})
        for (auto& due : a.step(in).deliver) delivered.push_back(std::move(due));
    }
  };
  go_on();
  for (unsigned char i = 1; i <= 5; ++i) static_cast<void>(a.step(submit{byte_string(1, std::byte{i})}));
  go_on();
  CHECK(delivered.size() == 2);
  static_cast<void>(a.step(applied{slot{7}, {}}));  // nobody has delivered that
  go_on();
  CHECK(delivered.size() == 2);
  static_cast<void>(a.step(applied{slot{1}, {}}));
  go_on();
  CHECK(delivered.size() == 3);
}

// What is chosen and not applied may have brought an epoch in which another ballot has chosen something.
TEST_CASE("a read waits while the epoch of the next slot is not known, or is not in force") {
  epoch_spec spec;
  spec.alpha = 2;
  const site_id alone[] = {{1}};
  replica a = replica::recover({site_id{1}, uniform_epoch(alone, spec), {}, 1, 1, 64}, {}).value();
  time_point now{};
  std::vector<read_duty> reads;
  const auto go_on = [&] {
    for (int i = 0; i < 20; ++i) {
      now += 200 * ms;
      for (const auto& in : {input{tick{now}}, input{durable{a.last_lsn()}}})
        for (const auto& due : a.step(in).reads) reads.push_back(due);
    }
  };
  go_on();
  for (unsigned char i = 1; i <= 2; ++i) static_cast<void>(a.step(submit{byte_string(1, std::byte{i})}));
  go_on();
  static_cast<void>(a.step(ask_read{1}));
  go_on();
  CHECK(reads.empty());  // slots 1 and 2 are chosen, none is applied: slot 3 may be another epoch's
  spec.alpha = 1;
  spec.number = epoch_number{2};
  static_cast<void>(a.step(applied{slot{1}, decided_epoch{slot{3}, uniform_epoch(alone, spec)}}));
  go_on();
  CHECK(reads.empty());  // and is
  static_cast<void>(a.step(applied{slot{2}, {}}));
  go_on();
  CHECK(reads.empty());  // an entry of its own has to be chosen there first; it is, in slot 3
  reads = a.step(applied{slot{3}, {}}).reads;
  REQUIRE(reads.size() == 1);
  CHECK(reads[0].ready);
}

TEST_CASE("members and weights change while messages are lost, repeated, reordered and sites crash") {
  std::size_t begun = 0, reads = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    const cluster_faults faults{.loss = 100,
                                .repeat = 50,
                                .delay_max = 30 * ms,
                                .crash = 5,
                                .split = 5,
                                .snapshot_every = seed % 4 < 2 ? 0 : 1 + seed % 7};
    const auto broken =
        story(equal_sites(seed % 2 == 0 ? 3 : 4), seed, faults, 3000 * ms, 100, 3, &begun, &reads);
    if (broken) FAIL_CHECK(broken->claim << ": " << broken->what);
  }
  MESSAGE("epochs begun: ", begun, ", reads served: ", reads);
  CHECK(reads > 1000);
  CHECK(begun > 200);
}
