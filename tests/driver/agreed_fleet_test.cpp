#include "../consensus/random_log.hpp"

#include <foreshift/driver/agreed_fleet.hpp>

#include <doctest/doctest.h>

using namespace consensus_test;
using namespace std::chrono_literals;
using foreshift::driver::agreed_fleet;

namespace {

/// A log by seed that also claims, settles claims and moves workloads.
std::vector<entry> make_log(std::uint64_t seed, int length) {
  basic_log_writer<agreed_fleet> writer{seed};
  random_stream random{seed};
  std::vector<entry> log;
  std::uint64_t number = 0;
  for (int i = 0; i < length; ++i) {
    const site_id author{1 + random.below(3)};
    const proposal_id about{site_id{1}, 1 + random.below(10)};
    driver::score_note note = driver::outcome_note{about, random.below(2) == 0};
    if (random.below(2) == 0) {
      feedback::claim c;
      c.id = {author, ++number}, c.made = writer.agreement().log_time(), c.due = c.made + 20min;
      c.workload_class = {1}, c.probability = {static_cast<std::uint32_t>(random.below(10'001))};
      note = driver::claim_note{about, c};
    }
    log.push_back(
        writer.write({canonical(command{{author, 100'000 + ++number}, remark{driver::encode(note)}})}));
  }
  return log;
}
byte_string resealed(byte_span body) {
  byte_writer out;
  out.raw(body);
  out.put(crc32c(out.view()));
  return out.take();
}

}  // namespace

TEST_CASE("a saved fleet and the tail of the log give what the whole log gives, wherever it is cut") {
  std::size_t open = 0, settled = 0, moved = 0, twice = 0, approved = 0, under_way = 0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const auto log = make_log(seed, 160);
    std::vector<byte_string> saved;
    agreed_fleet whole{small_world()};
    saved.push_back(whole.save());
    for (std::size_t i = 0; i < log.size(); ++i) {
      (void)whole.apply(slot{i + 1}, log[i]);
      saved.push_back(whole.save());
    }
    for (std::size_t cut = 0; cut <= log.size(); ++cut) {
      agreed_fleet resumed{small_world()};
      REQUIRE(resumed.restore(saved[cut]));
      for (std::size_t i = cut; i < log.size(); ++i) (void)resumed.apply(slot{i + 1}, log[i]);
      REQUIRE(resumed == whole);
      REQUIRE(resumed.save() == saved.back());
    }
    open += whole.score().ledger().open_claims().size();
    settled += whole.score().settled();
    moved += whole.residences().size();
    for (const auto& [w, now] : whole.residences()) twice += now.before ? 1 : 0;
    approved += whole.approvals().size();
    for (const auto& [id, one] : whole.passages()) under_way += one.started_at && !one.committed_at ? 1 : 0;
  }
  // Tables that stay empty would not show whether they are saved.
  CHECK(open > 0);
  CHECK(settled > 0);
  CHECK(moved > 0);
  CHECK(twice > 0);
  CHECK(approved > 0);
  CHECK(under_way > 0);
}

TEST_CASE("where a workload is follows the commits of its moves, and nothing else") {
  const genesis start = small_world();
  agreed_fleet fleet{start};
  std::uint64_t sequence = 0;
  const auto run = [&](std::uint64_t client, decltype(command::what) what) {
    const auto at = next(fleet.agreement().applied());
    (void)fleet.apply(at, {{start.members.number(), noon},
                           {canonical(command{{site_id{client}, ++sequence}, std::move(what)})}});
  };
  const workload_id web{1};
  const auto move = [&](std::uint64_t number, host_id to, bool commits) {
    auto header = move_web(fleet.agreement(), number);
    header.changes[0].destination = to;
    header.hosts = {{to, fleet.agreement().ledger_version(to)}};
    run(1, verdict_on(header, fleet.agreement(), vote_outcome::approved, yes_of_two()));
    const auto& tables = fleet.agreement().authorities();
    REQUIRE(tables.intents().size() == 1);
    const migration_step step{tables.intents().begin()->first, tables.find(subset_id{1})->token};
    run(1, consensus::start{step});
    if (commits)
      run(1, commit{step});
    else
      run(1, consensus::abort{step});
    run(1, settled{step});
    REQUIRE(tables.intents().empty());
  };
  move(1, host_id{7}, false);
  CHECK(fleet.residences().empty());
  move(2, host_id{7}, true);
  CHECK(*fleet.residences().find(web) == driver::residence{host_id{7}, std::nullopt});
  move(3, host_id{8}, true);
  CHECK(*fleet.residences().find(web) == driver::residence{host_id{8}, host_id{7}});
  move(4, host_id{9}, false);
  CHECK(*fleet.residences().find(web) == driver::residence{host_id{8}, host_id{7}});
  CHECK(fleet.approvals().size() == 4);
  // How far each has come stands beside it, by its proposal.
  REQUIRE(fleet.passages().size() == 4);
  for (const auto& [id, one] : fleet.passages()) {
    CHECK(one.started_at.has_value());
    CHECK(one.committed_at.has_value() == (id.sequence == 2 || id.sequence == 3));
  }
}

TEST_CASE("an approved resize is remembered as approved, and is no move") {
  const genesis start = small_world();
  agreed_fleet fleet{start};
  auto header = move_web(fleet.agreement(), 1);
  header.kind = proposal_kind::resize;
  const auto decided = verdict_on(header, fleet.agreement(), vote_outcome::approved, yes_of_two());
  (void)fleet.apply(slot{1},
                    {{start.members.number(), noon}, {canonical(command{{site_id{1}, 1}, decided})}});
  REQUIRE(fleet.agreement().is_decided(header.id));
  CHECK(fleet.approvals().empty());
  REQUIRE(fleet.passages().contains(header.id));
  CHECK(fleet.passages().find(header.id)->migration == migration_id{});
}

TEST_CASE("what a saved fleet is not made of is refused, and changes nothing") {
  const auto log = make_log(3, 40);
  agreed_fleet made{small_world()};
  for (std::size_t i = 0; i < log.size(); ++i) (void)made.apply(slot{i + 1}, log[i]);
  const byte_string saved = made.save();
  agreed_fleet other{small_world()};
  const agreed_fleet before = other;
  for (std::size_t i = 0; i < saved.size(); ++i) {
    auto bytes = saved;
    bytes[i] ^= std::byte{0x10};
    REQUIRE_FALSE(other.restore(bytes));
    REQUIRE_FALSE(other.restore(byte_span{saved}.first(i)));
    // With a true checksum it may be a fleet, but then one that is saved so.
    const auto forged = resealed(byte_span{bytes}.first(saved.size() - 4));
    agreed_fleet taken = other;
    if (taken.restore(forged)) REQUIRE(taken.save() == forged);
  }
  CHECK(other == before);
}

TEST_CASE("a restored fleet keeps its own options") {
  driver::scorekeeper_options slow;
  slow.update_every = 1000;
  const auto log = make_log(1, 160);
  agreed_fleet eager{small_world()}, patient{small_world(), slow};
  for (std::size_t i = 0; i < log.size(); ++i) (void)eager.apply(slot{i + 1}, log[i]);
  REQUIRE(eager.score().settled() >= 12);
  REQUIRE(patient.restore(eager.save()));
  CHECK_FALSE(patient.score().due());
}

namespace {

/// A fleet of which site 3 foresees everything and site 2 the contrary, and what its log says.
struct forecasters {
  genesis start = by_fives();
  agreed_fleet fleet{start};
  std::uint64_t sequence = 0;
  time_point now = noon;
  std::vector<effect> effects;

  static genesis by_fives() {
    genesis start = small_world();
    start.credits.standard = credit{5};
    start.log_time = {.per_entry = 1h, .per_window = 24h, .window = 16};
    return start;
  }
  refusal run(std::uint64_t client, decltype(command::what) what) {
    effects = fleet.apply(next(fleet.agreement().applied()),
                          {{start.members.number(), now},
                           {canonical(command{{site_id{client}, ++sequence}, std::move(what)})}});
    for (const auto& e : effects)
      if (const auto* done = std::get_if<command_done>(&e)) return done->reason;
    return refusal::none;
  }
  void say(std::uint64_t site, const driver::score_note& note) {
    REQUIRE(run(site, remark{driver::encode(note)}) == refusal::none);
  }
  /// Sites 2 and 3 claim something of a proposal of site 1, which then tells what happened: two settled.
  void round(std::uint64_t number) {
    const proposal_id about{site_id{1}, number};
    for (const std::uint64_t site : {2U, 3U}) {
      feedback::claim c;
      c.id = {site_id{site}, number}, c.workload_class = {1};
      c.made = now, c.due = now + 20min;
      c.probability = {site == 3 ? 10'000U : 0U};
      say(site, driver::claim_note{about, c});
    }
    now += 20min;
    say(1, driver::outcome_note{about, true});
  }
  [[nodiscard]] credit of(std::uint64_t site) const {
    return fleet.agreement().credits().of(site_id{site}, class_id{1});
  }
};

}  // namespace

TEST_CASE("credits take their step at the entry that settles enough claims, and no command moves them") {
  forecasters f;
  for (std::uint64_t n = 1; n <= 5; ++n) f.round(n);
  CHECK(f.fleet.agreement().credits().version == 0);
  f.round(6);
  CHECK(f.fleet.score().settled() == 12);
  CHECK(f.fleet.agreement().credits().version == 1);
  CHECK(std::holds_alternative<credits_changed>(f.effects.back()));
  CHECK(f.of(2) == credit{4});
  CHECK(f.run(1, credit_update{1, {{site_id{2}, class_id{1}, credit{9}}}}) == refusal::credits_computed);
  CHECK(f.of(2) == credit{4});
}

TEST_CASE("credits of a site that is away stay where they are, and those of the others move") {
  forecasters f;
  REQUIRE(f.run(1, freeze{site_id{2}, true}) == refusal::none);
  for (std::uint64_t n = 1; n <= 12; ++n) f.round(n);
  CHECK(f.of(2) == credit{5});
  CHECK(f.of(1) != credit{5});
}

TEST_CASE("approvals are remembered for a day of log time") {
  const genesis start = small_world();
  agreed_fleet fleet{start};
  std::uint64_t sequence = 0;
  time_point now = noon;
  std::vector<time_point> made;
  for (int i = 0; i < 400; ++i) {
    now += 10min;
    auto header = move_web(fleet.agreement(), static_cast<std::uint64_t>(i) + 1);
    header.expires_at = now + 1h;
    const auto decided = verdict_on(header, fleet.agreement(), vote_outcome::approved, yes_of_two());
    std::vector<byte_string> commands{canonical(command{{site_id{1}, ++sequence}, decided})};
    (void)fleet.apply(next(fleet.agreement().applied()), {{start.members.number(), now}, commands});
    const auto& tables = fleet.agreement().authorities();
    REQUIRE(tables.intents().size() == 1);
    made.push_back(fleet.agreement().log_time());
    const migration_step step{tables.intents().begin()->first, tables.find(subset_id{1})->token};
    commands = {canonical(command{{site_id{1}, ++sequence}, consensus::abort{step}}),
                canonical(command{{site_id{1}, ++sequence}, settled{step}})};
    (void)fleet.apply(next(fleet.agreement().applied()), {{start.members.number(), now}, commands});
  }
  std::erase_if(made, [&](time_point at) { return at <= fleet.approvals().back() - 24h; });
  CHECK(made.size() < 300);
  CHECK(std::ranges::equal(fleet.approvals(), made));
  CHECK(fleet.passages().size() == made.size());
}
