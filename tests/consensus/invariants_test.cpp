#include <foreshift/consensus/invariants.hpp>

#include "cluster.hpp"
#include "explore.hpp"
#include "mutants.hpp"

#include <doctest/doctest.h>

using namespace consensus_test;

namespace {

/// With `bug` seeded.
exploration explore(std::size_t sites, std::size_t ballots, mutant bug = mutant::none) {
  const seed_bug seed{bug};
  return explorer<breakable_acceptor, breakable_phase_one, breakable_proposer>{equal_sites(sites), ballots,
                                                                               !knows_names(bug)}
      .run(100'000);
}

/// The first of at most `seeds` stories in which a checker stops the bug, with the claim that broke.
std::string caught(mutant bug, std::size_t sites, std::uint64_t seeds, cluster_faults faults) {
  const seed_bug seed{bug};
  for (std::uint64_t s = 1; s <= seeds; ++s)
    if (const auto broken = story<breakable_replica>(equal_sites(sites), s, faults)) return broken->claim;
  return "survived";
}

entry saying(unsigned char what) {
  return {{epoch_number{1}, {}}, {byte_string{static_cast<std::byte>(what)}}};
}

}  // namespace

TEST_CASE("three sites and three ballots: no order of messages chooses two values") {
  const auto all = explorer<>{equal_sites(3), 3, false}.run(100'000);
  CHECK(all.complete);
  CHECK(all.story.empty());
  CHECK(all.states == 10'696);
  CHECK(all.chosen_states > 0);  // and it is not that nothing ever happens
  CHECK(all.adopted_states > 0);
}

TEST_CASE("acceptors that may change places are explored in fewer states, and break as before") {
  const auto all = explorer<>{equal_sites(3), 3}.run(100'000);
  CHECK(all.complete);
  CHECK(all.states == 2'218);
  CHECK_FALSE(explore(3, 3, mutant::adopts_the_lowest).story.empty());
}

TEST_CASE("parts that can be broken, and are not, are the shipped parts") {
  const auto broken_not = explore(3, 3), shipped = explorer<>{equal_sites(3), 3}.run(100'000);
  CHECK(broken_not.states == shipped.states);
  CHECK(broken_not.chosen_states == shipped.chosen_states);
  CHECK(broken_not.adopted_states == shipped.adopted_states);
}

TEST_CASE("more sites and more ballots: no order of messages chooses two values") {
  for (const auto& [sites, ballots] : {std::pair{4, 2}, {4, 3}, {5, 3}, {3, 4}}) {
    const auto all = explore(static_cast<std::size_t>(sites), static_cast<std::size_t>(ballots));
    CHECK(all.complete);
    CHECK(all.story.empty());
  }
}

TEST_CASE("the search finds a tie that counts as a quorum") {
  CHECK_FALSE(explore(4, 2, mutant::tie_is_a_quorum).story.empty());
  // With an odd total weight the wrong rule is the right one, and no search can see it.
  CHECK(explore(3, 3, mutant::tie_is_a_quorum).story.empty());
}

TEST_CASE("the search finds weights that a site claims for itself, and weights that depend on the value") {
  CHECK_FALSE(explore(3, 2, mutant::self_reported_weight).story.empty());
  CHECK_FALSE(explore(3, 2, mutant::value_dependent_weight).story.empty());
}

TEST_CASE("the search finds an accept that does not raise the promise, with three ballots but not with two") {
  CHECK(explore(3, 2, mutant::accept_does_not_raise_the_promise).story.empty());
  CHECK_FALSE(explore(3, 3, mutant::accept_does_not_raise_the_promise).story.empty());
  CHECK_FALSE(explore(3, 2, mutant::lower_ballot_accepted).story.empty());
}

TEST_CASE("the search finds a wrong value adopted in phase 1, with three ballots but not with two") {
  CHECK(explore(3, 2, mutant::adopts_the_lowest).story.empty());
  CHECK_FALSE(explore(3, 3, mutant::adopts_the_lowest).story.empty());
}

TEST_CASE("the search finds a proposer that adopts nothing, and tells the shortest story") {
  CHECK(explore(3, 2, mutant::adopts_nothing).story ==
        std::vector<std::string>{"prepare 1 reaches site 1", "prepare 1 reaches site 2",
                                 "ballot 1 leads with the promises of 1 2", "accept 1 reaches site 3",
                                 "accept 1 reaches site 1", "prepare 2 reaches site 2",
                                 "prepare 2 reaches site 1", "ballot 2 leads with the promises of 1 2",
                                 "accept 2 reaches site 2", "accept 2 reaches site 3"});
}

TEST_CASE("the search finds acceptances that count twice, and acceptances of another ballot") {
  CHECK_FALSE(explore(3, 2, mutant::counts_repetitions).story.empty());
  CHECK_FALSE(explore(3, 2, mutant::proposer_mixes_ballots).story.empty());
}

TEST_CASE("whole clusters: each broken part is stopped by a checker within a few seeds") {
  const cluster_faults rough{.loss = 150, .repeat = 150, .delay_max = 60 * ms, .crash = 10};
  const cluster_faults torn{.loss = 50, .repeat = 300, .delay_max = 40 * ms, .crash = 2, .split = 30};
  CHECK(caught(mutant::none, 3, 3, rough) == "survived");
  CHECK(caught(mutant::adopts_nothing, 3, 50, rough) != "survived");
  CHECK(caught(mutant::accept_does_not_raise_the_promise, 5, 50, rough) != "survived");
  CHECK(caught(mutant::counts_repetitions, 5, 50, torn) != "survived");
  CHECK(caught(mutant::tie_is_a_quorum, 4, 200, torn) != "survived");
}

TEST_CASE("whole clusters: a driver that sends before the sync breaks a promise that it made") {
  const cluster_faults hasty{
      .loss = 50, .repeat = 50, .delay_max = 30 * ms, .crash = 20, .sync_max = 40 * ms};
  CHECK(caught(mutant::reply_before_sync, 3, 50, hasty) == "promises only grow");
}

TEST_CASE(
    "a ballot that a restart forgets is used for two values; its record, written first, prevents that") {
  for (const bool forgets : {false, true}) {
    message_observer watch;
    std::optional<violation> broken;
    std::vector<stored_record> disk;
    for (unsigned char life = 1; life <= 2; ++life) {
      const std::vector<elector> electors = equal_sites(5);
      epoch_spec spec;
      spec.electors = electors;
      replica_config config{site_id{1}, epoch::make(spec).value(), {20 * ms, 40 * ms, 150 * ms}, 1, 8, 8};
      replica self = replica::recover(config, disk).value();
      const std::size_t before = disk.size();
      const auto run = [&](const input& in) {
        const duties out = self.step(in);
        for (const auto& p : out.persist) disk.push_back({p.at, canonical(p.what)});
        for (const auto& s : out.send)
          if (auto found = watch.sent(site_id{1}, s.what.body)) broken = found;
        return out;
      };
      const auto hear = [&](std::uint64_t from, message_body body) {
        return run(received{site_id{from}, self.envelope(std::move(body))});
      };
      run(submit{byte_string(1, std::byte{life})});
      run(tick{time_point{}});
      run(tick{time_point{300 * ms}});
      for (const std::uint64_t from : {2U, 3U}) hear(from, probe_answer{1, true, {}, {}});
      // The run and the ballot are durable; the own promise, written next, will be lost in the crash.
      run(durable{lsn{before + 2}});
      ballot opened;
      for (const auto& kept : disk)
        if (const auto what = from_canonical<record>(kept.bytes);
            std::holds_alternative<ballot_record>(*what))
          opened = std::get<ballot_record>(*what).opened;
      for (const std::uint64_t from : {2U, 3U, 4U}) hear(from, promise{opened, {}, {}});
      CHECK(self.leads());
      disk.resize(before + 2);
      if (forgets) disk.back().bytes = canonical(record{promise_record{}});
    }
    CHECK(broken.has_value() == forgets);
  }
}

TEST_CASE("two entries in one slot are noticed, on one site or on two") {
  chosen_log a, b;
  a.learn(slot{1}, saying(1));
  b.learn(slot{1}, saying(2));
  agreement_observer watch;
  CHECK_FALSE(watch.observe(site_id{1}, a));
  CHECK(watch.observe(site_id{2}, b)->claim == "agreement per slot");
}

TEST_CASE("two values under one ballot, and a promise that shrank, are noticed") {
  message_observer watch;
  const ballot first{1, site_id{1}};
  CHECK_FALSE(watch.sent(site_id{1}, accept{first, slot{1}, {}, saying(1)}));
  CHECK(watch.sent(site_id{1}, accept{first, slot{1}, {}, saying(2)})->claim ==
        "one value per (slot, ballot)");
  CHECK_FALSE(watch.sent(site_id{2}, promise{{2, site_id{1}}, {}, {}}));
  CHECK_FALSE(watch.promised(site_id{2}, {2, site_id{1}}));
  CHECK(watch.promised(site_id{2}, first)->claim == "promises only grow");
}

TEST_CASE("histories that must not be are noticed") {
  const auto broken_by = [](std::vector<effect> effects) {
    effect_observer watch;
    const auto broken = watch.observe(effects);
    return broken ? broken->claim : std::string{};
  };
  const auto advanced = [](migration_state state, bool settled = false) {
    return migration_advanced{migration_id{7}, {{}, {}, {}, {}, state, {}}, settled};
  };
  const auto granted = [](std::uint64_t owner, std::uint64_t token) {
    return authority_changed{subset_id{1},
                             {site_id{owner}, {slot{token}, 0}, authority_state::active, 1, {}}};
  };
  using enum migration_state;
  CHECK(broken_by({advanced(started), advanced(committed), advanced(committed, true)}).empty());
  CHECK(broken_by({advanced(started), advanced(started)}) == "a migration starts at most once");
  CHECK(broken_by({advanced(committed), advanced(aborted)}) == "a migration never both commits and aborts");
  CHECK(broken_by({advanced(aborted, true), advanced(started)}) == "settled is the end");
  CHECK(broken_by({granted(1, 5), granted(2, 5)}) == "one owner per subset and token");
  CHECK(broken_by({granted(1, 5), granted(2, 4)}) == "tokens only grow");
  CHECK(broken_by({proposal_decided{{site_id{1}, 1}, refusal::none, {}},
                   proposal_decided{{site_id{1}, 1}, refusal::none, {}}}) == "a proposal is decided once");
  CHECK(broken_by({command_done{{site_id{1}, 1}, {}, refusal::none, false},
                   command_done{{site_id{1}, 1}, {}, refusal::none, false}}) == "a command is applied once");
}
