#include "cluster.hpp"

#include <foreshift/consensus/replica_snapshots.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>

using namespace consensus_test;

namespace {

replica_config config_of(std::uint64_t self) {
  const site_id all[] = {{1}, {2}, {3}};
  replica_config config{
      .self = site_id{self}, .members = uniform_epoch(all), .times = {20 * ms, 40 * ms, 100 * ms}};
  config.log_kept = 2;
  config.chunk_size = 50;
  return config;
}
replica fresh(std::uint64_t self) { return replica::recover(config_of(self), {}).value(); }
entry saying(std::uint64_t what) {
  return {{epoch_number{1}, {}}, {byte_string(1, static_cast<std::byte>(what))}};
}

/// A disk that has kept everything a replica asked for.
struct disk {
  byte_string snapshot;
  lsn covers;
  std::vector<stored_record> records;
  duties keep(duties d) {
    for (const auto& p : d.persist) records.push_back({p.at, canonical(p.what)});
    if (d.snapshot) {
      covers = d.snapshot->covers;
      snapshot = d.snapshot->bytes;
      std::erase_if(records, [&](const stored_record& r) { return r.at <= covers; });
    }
    return d;
  }
  [[nodiscard]] replica recover(std::uint64_t self) const {
    return replica::recover(config_of(self), snapshot, records).value();
  }
};
input from(std::uint64_t site, const replica& r, message_body body) {
  return received{site_id{site}, r.envelope(std::move(body))};
}
/// A replica that knows the first `n` slots, and what became of its steps.
replica knowing(std::uint64_t self, std::uint64_t n, disk& kept) {
  replica made = fresh(self);
  std::vector<entry> entries;
  for (std::uint64_t i = 1; i <= n; ++i) entries.push_back(saying(i));
  kept.keep(made.step(from(2, made, catch_up_reply{slot{1}, slot{n}, entries})));
  return made;
}
/// The state machine has applied that far and was saved.
duties save_at(replica& a, std::uint64_t through, byte_string machine) {
  static_cast<void>(a.step(applied{slot{through}, {}}));
  return a.step(snapshotted{slot{through}, std::move(machine)});
}
template <class M>
const M* first_of(const duties& d) {
  for (const auto& letter : d.send)
    if (const auto* found = std::get_if<M>(&letter.what.body)) return found;
  return nullptr;
}

}  // namespace

TEST_CASE("a replica that was cut behind a snapshot comes back from it as it was, wherever it was cut") {
  const ballot b{3, site_id{2}};
  for (std::uint64_t cut = 1; cut <= 6; ++cut) {
    disk kept;
    replica a = knowing(1, 6, kept);
    kept.keep(a.step(from(2, a, accept{b, slot{8}, slot{6}, saying(8)})));
    kept.keep(a.step(from(3, a, catch_up_reply{slot{10}, slot{10}, {saying(10)}})));
    kept.keep(a.step(cast{{site_id{1}, {site_id{2}, 7}, 0, {}, {}, verdict::accept, 0, ""}}));
    const auto due = kept.keep(save_at(a, cut, byte_string(3)));
    REQUIRE(due.snapshot);
    CHECK(due.snapshot->covers == a.last_lsn());
    CHECK(kept.records.empty());

    kept.keep(a.step(from(2, a, accept{b, slot{7}, slot{6}, saying(7)})));  // what came after the snapshot
    replica again = kept.recover(1);
    CHECK(again.last_lsn() == a.last_lsn());
    CHECK(again.incarnation() == 2);
    CHECK(again.promised() == b);
    CHECK(again.acceptor_state() == a.acceptor_state());
    CHECK(again.image() == log_image{slot{cut}, byte_string(3), a.epochs()});
    CHECK(again.epochs() == a.epochs());
    CHECK(again.log().base() == slot{cut});
    CHECK(again.chosen_through() == slot{6});
    CHECK(again.log().waiting() == 1);

    const auto first = again.step(tick{});
    REQUIRE(first.deliver.size() == 6 - cut);
    for (std::size_t i = 0; i < first.deliver.size(); ++i)
      CHECK(first.deliver[i] == deliver_duty{slot{cut + 1 + i}, saying(cut + 1 + i)});
    // The vote that was cast stands: another one on the same proposal is not cast.
    const auto recast = again.step(cast{{site_id{1}, {site_id{2}, 7}, 0, {}, {}, verdict::reject, 9, ""}});
    REQUIRE(first_of<vote>(recast) != nullptr);
    CHECK(first_of<vote>(recast)->opinion == verdict::accept);
    CHECK(recast.persist.empty());
  }
}

TEST_CASE(
    "a site that starts on a snapshot from before a decision repeats its vote, and not after one behind it") {
  const vote paper{site_id{1}, {site_id{2}, 7}, 0, {}, {}, verdict::accept, 0, ""};
  auto other = paper;
  other.opinion = verdict::reject;
  for (const std::uint64_t saved : {3U, 5U}) {
    disk kept;
    replica a = knowing(1, 5, kept);
    kept.keep(a.step(cast{paper}));
    kept.keep(a.step(applied{slot{5}, {}}));
    kept.keep(a.step(closed{paper.proposal}));  // decided in slot 4, say
    kept.keep(a.step(snapshotted{slot{saved}, byte_string(3)}));
    replica again = kept.recover(1);
    const auto recast = again.step(cast{other});
    REQUIRE(first_of<vote>(recast) != nullptr);
    CHECK(*first_of<vote>(recast) == (saved < 5 ? paper : other));
  }
}

TEST_CASE("a ballot that was opened before a snapshot is not opened again after it") {
  disk kept;
  replica a = fresh(1);
  kept.keep(a.step(tick{time_point{}}));
  kept.keep(a.step(tick{time_point{} + 500 * ms}));
  kept.keep(a.step(from(2, a, probe_answer{1, true, {}, {}})));  // 1 and 2 are willing: ballot 1.1 is opened
  kept.keep(a.step(from(2, a, catch_up_reply{slot{1}, slot{1}, {saying(1)}})));
  const auto opened = next_ballot({}, site_id{1});
  kept.keep(save_at(a, 1, byte_string(3)));
  replica again = kept.recover(1);
  kept.keep(again.step(tick{time_point{}}));
  kept.keep(again.step(tick{time_point{} + 500 * ms}));
  const auto asked = kept.keep(again.step(from(2, again, probe_answer{1, true, {}, {}})));
  REQUIRE(first_of<prepare>(asked) != nullptr);
  CHECK(first_of<prepare>(asked)->number > opened);
}

TEST_CASE("a snapshot of what was not delivered, or is here already, means nothing") {
  disk kept;
  replica a = knowing(1, 4, kept);
  const replica before = a;
  CHECK(save_at(a, 5, byte_string(3)).empty());
  CHECK(a == before);
  CHECK(save_at(a, 3, byte_string(3)).snapshot);
  const replica cut = a;
  CHECK(save_at(a, 3, byte_string(9)).empty());
  CHECK(a == cut);
}

TEST_CASE("a damaged or foreign snapshot is refused for its reason, and a gap after it is one") {
  disk kept;
  replica a = knowing(1, 4, kept);
  kept.keep(save_at(a, 3, byte_string(3)));
  auto bad = kept.snapshot;
  bad[9] ^= std::byte{1};
  CHECK(replica::recover(config_of(1), bad, {}).error() == recovery_error::malformed_snapshot);
  CHECK(replica::recover(config_of(2), kept.snapshot, {}).error() == recovery_error::other_replica);
  const stored_record late[] = {{lsn{kept.covers.value + 2}, {}}};
  CHECK(replica::recover(config_of(1), kept.snapshot, late).error() == recovery_error::lsn_gap);
}

TEST_CASE(
    "who asks from before the base is offered a snapshot and fetches it; who lags a little gets entries") {
  disk there, here;
  replica a = knowing(1, 9, there);
  there.keep(save_at(a, 8, byte_string(120, std::byte{5})));
  CHECK(a.log().base() == slot{6});  // two are kept
  const auto little = a.step(from(2, a, catch_up_request{slot{7}}));
  REQUIRE(first_of<catch_up_reply>(little) != nullptr);
  CHECK(first_of<catch_up_reply>(little)->entries.size() == 3);

  replica b = fresh(2);
  std::vector<std::pair<bool, message>> mail;  // true: to b
  const auto post = [&](bool to_b, const duties& d) {
    for (const auto& letter : d.send)
      if (letter.to == site_id{to_b ? 2U : 1U}) mail.emplace_back(to_b, letter.what);
  };
  post(false, here.keep(b.step(from(1, b, heartbeat{{1, site_id{1}}, 1, slot{9}}))));
  std::optional<install_duty> installed;
  std::vector<slot> delivered;
  std::size_t chunks = 0;
  while (!mail.empty()) {
    const auto [to_b, what] = mail.front();
    mail.erase(mail.begin());
    if (!to_b) {
      post(true, there.keep(a.step(received{site_id{2}, what})));
      continue;
    }
    chunks += std::holds_alternative<snapshot_chunk>(what.body) ? 1 : 0;
    const auto due = here.keep(b.step(received{site_id{1}, what}));
    if (due.install) installed = due.install;
    for (const auto& d : due.deliver) delivered.push_back(d.at);
    post(false, due);
  }
  CHECK(chunks == 5);
  CHECK(installed == install_duty{slot{8}, byte_string(120, std::byte{5})});
  CHECK(delivered == std::vector{slot{9}});
  CHECK(b.chosen_through() == slot{9});
  CHECK(b.image() == a.image());
  const replica again = here.recover(2);  // it has made the snapshot its own
  CHECK(again.image() == a.image());
  CHECK(again.chosen_through() == slot{9});
}

TEST_CASE("a candidate that lacks what an acceptor has cut off learns it, and proposes above it only") {
  disk kept;
  replica a = knowing(1, 9, kept);
  kept.keep(save_at(a, 9, byte_string(10)));
  const auto said = a.step(from(2, a, prepare{{1, site_id{2}}, slot{1}}));
  const auto* given = first_of<promise>(said);
  REQUIRE(given != nullptr);
  CHECK(given->chosen_through == slot{9});  // instead of values it no longer has

  phase_one gathered{prepare{{1, site_id{2}}, slot{1}}};
  const site_id all[] = {{1}, {2}, {3}};
  const epoch members = uniform_epoch(all);
  gathered.record(site_id{1}, *given);
  gathered.record(site_id{2}, promise{{1, site_id{2}}, {}, {}});
  REQUIRE(gathered.complete(members.voters()));
  CHECK(gathered.best_informed() == site_id{1});
  CHECK(proposer{gathered, slot{}}.next_slot() == slot{10});
}

TEST_CASE("while a site fetches a snapshot it is not replaced, unless the log has grown far") {
  disk kept;
  replica a = knowing(1, 9, kept);
  kept.keep(save_at(a, 5, byte_string(120)));
  const auto offer = *first_of<snapshot_offer>(a.step(from(2, a, catch_up_request{slot{1}})));
  kept.keep(a.step(from(2, a, snapshot_request{offer.name, 0})));
  CHECK(save_at(a, 8, byte_string(120)).empty());
  CHECK(a.image().through == slot{5});
  kept.keep(a.step(tick{time_point{} + 100 * ms}));
  CHECK(save_at(a, 9, byte_string(120)).snapshot);
  CHECK(a.image().through == slot{9});
}

TEST_CASE("log, acceptor and disk stay bounded however long the log grows") {
  disk kept;
  replica a = fresh(1);
  const ballot b{3, site_id{2}};
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    kept.keep(a.step(from(2, a, accept{b, slot{i}, slot{i - 1}, saying(i)})));
    if (i % 10 == 0) kept.keep(save_at(a, a.chosen_through().value, byte_string(5)));
    CHECK(a.log().size() <= 2 + 11);
    CHECK(a.acceptor_state().held().size() <= 1);
    CHECK(kept.records.size() <= 22);
    CHECK(kept.snapshot.size() < 1000);
  }
  CHECK(a.chosen_through() == slot{999});
}

namespace {

/// What came of one seed: a cluster under load, loss, repetition, reordering, splits and crashes of up to a
/// second and a half, after which its sites were left in peace.
struct outcome {
  std::optional<violation> broken;
  std::size_t installs = 0, snapshots = 0, crashes = 0;
  std::size_t accepted_max = 0;  ///< of any site, at the end
};
outcome lagging(std::uint64_t seed, void (*tamper)(replica_snapshot&) = nullptr) {
  cluster world{equal_sites(seed % 2 == 0 ? 3 : 5),
                seed,
                {.loss = 100,
                 .repeat = 50,
                 .delay_max = 30 * ms,
                 .crash = 8,
                 .down_max = 1500 * ms,
                 .split = 8,
                 .snapshot_every = 1 + seed % 7,
                 .tamper = tamper}};
  for (const time_point end = world.now() + 2500 * ms; world.now() < end && !world.broken();) {
    world.run(world.now() + 20 * ms);
    const std::size_t i = world.random().below(world.size());
    world.submit_at(i, random_command(world.machine(i), world.size(), world.random()));
  }
  world.heal();
  for (int i = 0; i < 100 && !world.broken() && !world.at_rest(); ++i) world.run(world.now() + 100 * ms);
  outcome said{world.broken(), world.installs, world.snapshots, world.crashes};
  if (!said.broken && !world.at_rest()) said.broken = violation{"laggards catch up", ""};
  for (std::size_t i = 0; i < world.size(); ++i)
    if (const auto* site = world.at(i); site != nullptr)
      said.accepted_max = std::max(said.accepted_max, site->acceptor_state().held().size());
  return said;
}
std::string caught(void (*tamper)(replica_snapshot&)) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed)
    if (const auto said = lagging(seed, tamper); said.broken) {
      MESSAGE("seed ", seed, ": ", said.broken->claim, ": ", said.broken->what);
      return said.broken->claim;
    }
  return "nothing";
}

}  // namespace

TEST_CASE("sites that crash, lag beyond the base and fetch snapshots over a bad network keep every promise") {
  std::size_t installs = 0, snapshots = 0, crashes = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    const auto said = lagging(seed);
    if (said.broken) FAIL_CHECK(said.broken->claim << ": " << said.broken->what);
    CHECK(said.accepted_max <= 8);  // the window
    installs += said.installs, snapshots += said.snapshots, crashes += said.crashes;
  }
  CHECK(installs > 60);
  CHECK(snapshots > 600);
  CHECK(crashes > 60);
}

TEST_CASE("the check bites: a snapshot that leaves out the promise is caught") {
  CHECK(caught([](replica_snapshot& s) { s.promised = {}; }) == "promises only grow");
}

TEST_CASE("the check bites: a snapshot that leaves out what was accepted is caught") {
  CHECK(caught([](replica_snapshot& s) { s.accepted.clear(); }) != "nothing");
}

TEST_CASE("the check bites: a snapshot from which the dedup table is missing is caught") {
  CHECK(caught([](replica_snapshot& s) {
          state_machine machine;
          if (!machine.restore(s.image.machine)) return;
          state_machine::fields(machine, [](auto&... parts) {
            const auto drop = [](auto& part) {
              if constexpr (std::is_same_v<std::remove_reference_t<decltype(part)>, duplicate_table>)
                part = duplicate_table{};
            };
            (drop(parts), ...);
          });
          s.image.machine = machine.save();
        }) == "a command is applied once");
}
