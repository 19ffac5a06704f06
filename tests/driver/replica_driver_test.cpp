#include <foreshift/driver/replica_driver.hpp>
#include <foreshift/ports/archetypes.hpp>
#include <foreshift/ports/host.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;

namespace {

constexpr site_id self{1};
constexpr site_id pair[] = {{1}, {2}};

/// What the ports were asked for, in order, and what they hold.
struct ledger {
  struct sent_message {
    site_id to;
    consensus::message what;
    std::size_t synced;  // records that were durable when it left
  };
  struct arriving {
    site_id from;
    ports::channel which;
    byte_string bytes;
  };
  std::vector<ports::stored_record> records;
  byte_string snapshot;
  std::size_t covers = 0;
  std::size_t snapshots = 0;
  std::size_t lose = 0;  // this record cannot be read
  [[nodiscard]] std::size_t last() const { return covers + records.size(); }
  std::size_t synced = 0;
  std::size_t syncs = 0;
  std::size_t flushed = 0;          // of sent
  std::size_t flushed_at_sync = 0;  // the last one
  std::vector<sent_message> sent;
  std::vector<arriving> inbox;
  time_point now{};
  bool fail_append = false;
  bool fail_sync = false;
  bool fail_snapshot = false;
  bool unreadable = false;
};
struct ledger_clock {
  ledger* l;
  time_point now() { return l->now; }
};
struct ledger_transport {
  ledger* l;
  std::error_code send(site_id to, ports::channel which, byte_span bytes) {
    CHECK(which == ports::channel::resource);
    REQUIRE(bytes.front() == driver::agreement_frame);
    l->sent.push_back({to, consensus::decode(bytes.subspan(1)).value(), l->synced});
    return {};
  }
  void poll(auto&& sink) {
    for (const auto& m : std::exchange(l->inbox, {})) sink(m.from, m.which, byte_span{m.bytes});
  }
  void flush() { l->flushed = l->sent.size(); }
};
struct ledger_storage {
  ledger* l;
  std::error_code append(lsn at, byte_span bytes) {
    CHECK(l->lose == 0);  // the damage is still there
    if (l->fail_append) return std::make_error_code(std::errc::no_space_on_device);
    CHECK(at.value == l->last() + 1);
    l->records.push_back({at, {bytes.begin(), bytes.end()}});
    return {};
  }
  std::error_code sync() {
    if (l->fail_sync) return std::make_error_code(std::errc::io_error);
    l->synced = l->last();
    l->flushed_at_sync = l->flushed;
    CHECK(l->flushed == l->sent.size());
    ++l->syncs;
    return {};
  }
  result<ports::recovered_log, ports::storage_fault> recover() {
    if (l->unreadable)
      return failure{ports::storage_fault{lsn{3}, "segment 1", "bad checksum", ports::damage::metadata}};
    ports::recovered_log out;
    out.records = l->records;
    out.snapshot = l->snapshot;
    out.snapshot_covers = lsn{l->covers};
    if (l->lose == 0) return out;
    const auto lost = out.records.back();  // `lose` is the last
    out.records.pop_back();
    return failure{ports::storage_fault{
        lost.at, "segment 1", "bad checksum", ports::damage::records, out, {{lost.at, lost.bytes}}, lost.at}};
  }
  std::error_code snapshot(lsn covers, byte_span bytes) {
    if (l->fail_snapshot) return std::make_error_code(std::errc::no_space_on_device);
    CHECK(covers.value <= l->synced);  // what it takes the place of is durable
    l->records.erase(l->records.begin(),
                     l->records.begin() + static_cast<std::ptrdiff_t>(covers.value - l->covers));
    l->covers = static_cast<std::size_t>(covers.value);
    l->lose = 0;
    l->snapshot.assign(bytes.begin(), bytes.end());
    ++l->snapshots;
    return {};
  }
  std::error_code truncate(lsn) { return {}; }
};
using host = ports::host<ledger_clock, ledger_transport, ledger_storage>;
using driver_type = driver::replica_driver<host>;

struct scene {
  ledger l;
  host bag{.clock = {&l}, .transport = {&l}, .storage = {&l}};
  consensus::epoch members;
  driver::driver_options options{.snapshot_slots = 5};

  explicit scene(std::size_t sites = 1) : members(consensus::uniform_epoch(std::span{pair}.first(sites))) {}
  auto start() {
    return driver_type::start({.self = self, .members = members, .times = {}},
                              consensus::state_machine{consensus::genesis{members, {}, {}, {}}}, bag,
                              options);
  }
  /// Polls through virtual time; gives back what happened.
  driver_type::progress_type run(driver_type& d, duration span) {
    driver_type::progress_type all;
    for (duration t{}; t < span; t += 50ms) {
      l.now += 50ms;
      auto news = d.poll();
      for (auto& a : news.applied) all.applied.push_back(std::move(a));
      for (auto& h : news.heard) all.heard.push_back(std::move(h));
    }
    return all;
  }
  void arrive(site_id from, consensus::message_body body) {
    const auto bytes = consensus::encode({members.number(), members.identity(), std::move(body)});
    byte_string framed{driver::agreement_frame};
    framed.insert(framed.end(), bytes.begin(), bytes.end());
    l.inbox.push_back({from, ports::channel::resource, std::move(framed)});
  }
};

bool done(const driver_type::progress_type& news, consensus::command_id id) {
  for (const auto& applied : news.applied)
    for (const auto& e : applied.effects)
      if (const auto* answer = std::get_if<consensus::command_done>(&e);
          answer != nullptr && answer->command == id)
        return true;
  return false;
}

}  // namespace

TEST_CASE("a site alone chooses, keeps and applies what is submitted to it") {
  scene s;
  auto d = s.start();
  REQUIRE(d.has_value());
  (void)s.run(*d, 3s);
  CHECK(d->replica().leads());
  const auto id = d->submit(consensus::noop{});
  const auto news = s.run(*d, 200ms);
  CHECK(done(news, id));
}

TEST_CASE("a decision costs one sync: that the entry is chosen is written down, and not waited for") {
  scene s;
  auto d = s.start();
  (void)s.run(*d, 3s);
  const std::size_t syncs = s.l.syncs;
  const auto id = d->submit(consensus::noop{});
  CHECK(done(d->poll(), id));
  CHECK(s.l.syncs == syncs + 1);
  CHECK(s.l.synced == s.l.last() - 1);

  // A crash forgets that it was chosen, and it is chosen again.
  const digest chain = d->machine().chain();
  s.l.records.resize(s.l.synced - s.l.covers);
  auto again = s.start();
  REQUIRE(again.has_value());
  (void)s.run(*again, 3s);
  CHECK(again->machine().chain() == chain);
}

TEST_CASE("a restart finds everything that was applied, under the next incarnation") {
  scene s;
  digest chain;
  {
    auto d = s.start();
    (void)s.run(*d, 3s);
    (void)d->submit(consensus::noop{});
    (void)s.run(*d, 1s);
    chain = d->machine().chain();
    CHECK(d->replica().incarnation() == 1);
  }
  auto d = s.start();
  REQUIRE(d.has_value());
  (void)s.run(*d, 3s);
  CHECK(d->machine().chain() == chain);
  CHECK(d->replica().incarnation() == 2);
  CHECK(d->submit(consensus::noop{}).sequence == (std::uint64_t{2} << 32 | 1));
}

TEST_CASE("a promise leaves only when its record is durable, and a batch of messages costs one sync") {
  scene s{2};
  auto d = s.start();
  (void)s.run(*d, 100ms);
  const std::size_t before = s.l.syncs;
  for (std::uint64_t round = 5; round < 10; ++round)
    s.arrive(site_id{2}, consensus::prepare{{round, site_id{2}}, consensus::first_slot});
  (void)d->poll();
  CHECK(s.l.syncs == before + 1);
  std::size_t promises = 0;
  for (const auto& m : s.l.sent)
    if (std::holds_alternative<consensus::promise>(m.what.body)) {
      ++promises;
      CHECK(m.synced == s.l.records.size());
    }
  CHECK(promises == 5);
}

TEST_CASE("what waits for no record has left the host before it waits for the disk") {
  scene s{2};
  auto d = s.start();
  (void)s.run(*d, 100ms);
  s.arrive(site_id{2}, consensus::prepare{{5, site_id{2}}, consensus::first_slot});
  s.arrive(site_id{2}, consensus::probe{1, {}});
  const std::size_t before = s.l.sent.size();
  (void)d->poll();
  REQUIRE(s.l.sent.size() == before + 2);
  CHECK(std::holds_alternative<consensus::probe_answer>(s.l.sent[before].what.body));
  CHECK(s.l.flushed_at_sync == before + 1);
  CHECK(s.l.flushed == before + 2);
}

TEST_CASE("a failed write or sync halts for good: nothing that depends on it is sent, then or ever") {
  for (const bool sync : {true, false}) {
    scene s{2};
    auto d = s.start();
    (void)s.run(*d, 100ms);
    s.l.sent.clear();
    (sync ? s.l.fail_sync : s.l.fail_append) = true;
    s.arrive(site_id{2}, consensus::prepare{{5, site_id{2}}, consensus::first_slot});
    (void)d->poll();
    REQUIRE(d->halted());
    CHECK(d->error().what == (sync ? driver::driver_fault::sync_failed : driver::driver_fault::write_failed));
    CHECK(!d->error().reason.empty());
    s.l.fail_sync = s.l.fail_append = false;
    const std::size_t kept = s.l.records.size();
    s.arrive(site_id{2}, consensus::prepare{{6, site_id{2}}, consensus::first_slot});
    (void)s.run(*d, 5s);
    CHECK(s.l.sent.empty());
    CHECK(s.l.records.size() == kept);
  }
}

TEST_CASE("on a storage that has lost records a replica learns, and neither writes nor speaks") {
  scene s{2};
  s.l.unreadable = true;
  auto d = s.start();
  REQUIRE(d.has_value());
  REQUIRE(d->damage());
  CHECK(d->damage()->what == driver::driver_fault::storage_unreadable);
  CHECK(d->damage()->reason == "segment 1: bad checksum");
  CHECK(d->replica().abstains().for_good());
  s.arrive(site_id{2}, consensus::prepare{{5, site_id{2}}, consensus::first_slot});
  s.arrive(site_id{2}, consensus::catch_up_reply{slot{1}, slot{1}, {{{s.members.number(), {}}, {}}}});
  const auto news = s.run(*d, 3s);
  CHECK(news.applied.size() == 1);
  CHECK(s.l.sent.empty());
  CHECK(s.l.records.empty());
  CHECK(s.l.syncs == 0);
}

TEST_CASE("a snapshot in the place of damage is written before any record") {
  scene s{2};
  {
    auto d = s.start();
    s.arrive(site_id{2}, consensus::prepare{{5, site_id{2}}, consensus::first_slot});
    (void)s.run(*d, 100ms);
  }
  const std::size_t last = s.l.last();
  s.l.lose = last;  // the promise
  auto d = s.start();
  REQUIRE(d.has_value());
  CHECK(d->damage());
  CHECK(d->replica().promised() == consensus::ballot{5, site_id{2}});
  (void)d->poll();
  CHECK_FALSE(d->halted());
  CHECK_FALSE(d->replica().abstains().holds());
  CHECK(s.l.covers == last);
  CHECK(s.l.last() > last);
  CHECK(s.l.lose == 0);
}

TEST_CASE("another site's records keep a replica from starting") {
  scene s;
  s.l.records = {{lsn{1}, byte_string(3)}};
  const auto strange = s.start();
  REQUIRE(!strange.has_value());
  CHECK(strange.error().what == driver::driver_fault::records_unusable);
}

TEST_CASE("what is not the agreement's goes to the others, and garbage on its frame is counted and dropped") {
  scene s;
  auto d = s.start();
  s.l.inbox.push_back({site_id{2}, ports::channel::monitoring, byte_string{driver::agreement_frame}});
  s.l.inbox.push_back({site_id{2}, ports::channel::resource, byte_string{std::byte{2}, std::byte{7}}});
  s.l.inbox.push_back({site_id{2}, ports::channel::resource, byte_string{}});
  s.l.inbox.push_back(
      {site_id{2}, ports::channel::resource, byte_string{driver::agreement_frame, std::byte{9}}});
  std::size_t others = 0;
  (void)d->poll([&](site_id from, ports::channel, byte_span) {
    CHECK(from == site_id{2});
    ++others;
  });
  CHECK(others == 3);
  CHECK(d->garbled().total() == 1);
}

TEST_CASE("proposals and votes are handed over, the own ones when they are durable") {
  scene s{2};
  auto d = s.start();
  (void)s.run(*d, 100ms);
  s.arrive(site_id{2}, consensus::propose{});
  auto news = d->poll();
  REQUIRE(news.heard.size() == 1);
  CHECK(news.heard[0].from == site_id{2});
  CHECK(std::holds_alternative<consensus::propose>(news.heard[0].what));

  consensus::vote paper;
  paper.voter = self;
  paper.proposal = {self, 1};
  d->cast(paper);
  const std::size_t before = s.l.last();
  news = d->poll();
  REQUIRE(news.heard.size() == 1);
  CHECK(news.heard[0].from == self);
  CHECK(std::get<consensus::vote>(news.heard[0].what) == paper);
  CHECK(s.l.synced == before + 1);

  d->propose(self, consensus::propose{});
  d->propose(site_id{2}, consensus::propose{});
  news = d->poll();
  CHECK(news.heard.size() == 1);
  CHECK(std::holds_alternative<consensus::propose>(s.l.sent.back().what.body));
}

TEST_CASE("snapshots keep log and storage bounded, and a restart goes on from one as from the whole log") {
  scene s;
  digest chain;
  slot applied;
  {
    auto d = s.start();
    (void)s.run(*d, 3s);
    for (int i = 0; i < 23; ++i) {
      (void)d->submit(consensus::noop{});
      (void)s.run(*d, 100ms);
      CHECK(s.l.records.size() < 20);
    }
    chain = d->machine().chain();
    applied = d->machine().applied();
    CHECK(applied >= slot{23});
    CHECK(s.l.snapshots == applied.value / 5);
  }
  auto d = s.start();
  REQUIRE(d.has_value());
  CHECK(d->machine().applied() == slot{applied.value / 5 * 5});
  (void)s.run(*d, 50ms);
  CHECK(d->machine().chain() == chain);
  CHECK(d->replica().incarnation() == 2);
}

TEST_CASE("a snapshot is taken for many bytes too, and never where none is wanted") {
  scene s;
  for (const bool wanted : {false, true}) {
    s.options = driver::driver_options::no_snapshots();
    if (wanted) s.options.snapshot_bytes = 100;
    auto d = s.start();
    (void)s.run(*d, 3s);
    for (int i = 0; i < 12; ++i) {
      (void)d->submit(consensus::noop{});
      (void)s.run(*d, 100ms);
    }
    CHECK((s.l.snapshots > 0) == wanted);
  }
}

TEST_CASE("a snapshot that cannot be written halts for good, and what was applied is told all the same") {
  scene s;
  s.l.fail_snapshot = true;
  auto d = s.start();
  slot told;
  const auto run = [&](duration span) {
    for (const auto& a : s.run(*d, span).applied) told = a.at;
  };
  run(3s);
  for (int i = 0; i < 6; ++i) {
    (void)d->submit(consensus::noop{});
    run(100ms);
  }
  REQUIRE(d->halted());
  CHECK(d->error().what == driver::driver_fault::write_failed);
  CHECK(told == d->machine().applied());
  CHECK(told == slot{5});
  CHECK(d->poll().applied.empty());
}

TEST_CASE("another site's snapshot takes the place of what was missed; what came before it is not told") {
  scene near{2};
  auto d = near.start();
  (void)near.run(*d, 100ms);
  // The image of a log of ten no-ops.
  consensus::state_machine ahead{consensus::genesis{near.members, {}, {}, {}}};
  for (std::uint64_t i = 1; i <= 10; ++i)
    (void)ahead.apply(slot{i}, {{near.members.number(), time_point{}}, {}});
  const auto send_image = [&](byte_string machine) {
    consensus::kept_image there;
    there.keep({slot{10}, std::move(machine)});
    near.arrive(site_id{2}, there.offer());
    near.arrive(site_id{2}, there.answer({there.offer().name, 0}, 1 << 20, {}));
    return d->poll();
  };
  near.arrive(site_id{2}, consensus::catch_up_reply{slot{1}, slot{1}, {{{near.members.number(), {}}, {}}}});
  near.arrive(site_id{2}, consensus::catch_up_reply{slot{11}, slot{11}, {{{near.members.number(), {}}, {}}}});
  const auto news = send_image(ahead.save());
  CHECK(news.installed == slot{10});
  CHECK(news.applied.empty());  // the machine is as the image left it
  CHECK(d->machine().applied() == slot{10});
  const auto more = d->poll();
  CHECK_FALSE(more.installed.has_value());
  REQUIRE(more.applied.size() == 1);
  CHECK(more.applied[0].at == slot{11});
  CHECK(d->machine().applied() == slot{11});
  CHECK(near.l.snapshots == 1);  // its own at once
  auto again = near.start();
  REQUIRE(again.has_value());
  CHECK(again->machine().applied() == slot{10});
}

TEST_CASE("an image that the state machine does not take halts: the log before it is nowhere else") {
  scene s{2};
  auto d = s.start();
  (void)s.run(*d, 100ms);
  consensus::kept_image there;
  there.keep({slot{10}, byte_string(9)});
  s.arrive(site_id{2}, there.offer());
  s.arrive(site_id{2}, there.answer({there.offer().name, 0}, 1 << 20, {}));
  (void)d->poll();
  REQUIRE(d->halted());
  CHECK(d->error().what == driver::driver_fault::image_unusable);
  const auto again = s.start();
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().what == driver::driver_fault::image_unusable);
}

TEST_CASE("a command is answered, once, where it was submitted") {
  scene s;
  auto d = s.start();
  (void)s.run(*d, 3s);
  const auto id = d->submit(consensus::noop{});
  std::size_t answers = 0;
  for (int i = 0; i < 40; ++i) {
    s.l.now += 50ms;
    const auto news = d->poll();
    for (const auto& done : news.answered) answers += done.command == id ? 1 : 0;
    CHECK(news.unknown.empty());
  }
  CHECK(answers == 1);
}

TEST_CASE(
    "a command that nobody answers is unknown after an election timeout and a round trip, and no later") {
  scene s{2};
  auto d = s.start();
  (void)s.run(*d, 100ms);
  const auto id = d->submit(consensus::noop{});
  const time_point start = s.l.now;
  std::vector<duration> told;
  for (int i = 0; i < 60; ++i) {
    s.l.now += 50ms;
    for (const auto given_up : d->poll().unknown) {
      CHECK(given_up == id);
      told.push_back(s.l.now - start);
    }
  }
  CHECK(told == std::vector<duration>{1200ms});
}

TEST_CASE("where the disk fails, what waits is unknown at once, and what comes later is refused") {
  scene s{2};
  auto d = s.start();
  (void)s.run(*d, 100ms);
  const auto waits = d->submit(consensus::noop{});
  s.l.fail_append = true;
  std::vector<consensus::command_id> unknown;
  s.arrive(site_id{2}, consensus::prepare{{7, site_id{2}}, consensus::first_slot});  // asks for a promise
  while (!d->halted()) {
    s.l.now += 50ms;
    for (const auto id : d->poll().unknown) unknown.push_back(id);
    REQUIRE(s.l.now < time_point{} + 1h);
  }
  CHECK(unknown == std::vector{waits});
  (void)d->submit(consensus::noop{});
  const auto read = d->read();
  const auto news = d->poll();
  CHECK(news.unknown.empty());
  CHECK(news.refused.size() == 1);
  CHECK(news.reads_refused == std::vector{read});
  CHECK(d->poll().refused.empty());
}

TEST_CASE("a read is ready when everything finished before it is applied, and refused where nobody leads") {
  scene s;
  auto d = s.start();
  (void)s.run(*d, 3s);
  (void)d->submit(consensus::noop{});
  const auto id = d->read();
  const auto news = d->poll();
  CHECK(news.reads_ready == std::vector{id});
  CHECK(d->machine().applied() >= consensus::first_slot);
  scene other{2};
  auto follower = other.start();
  const auto refused = follower->read();
  CHECK(follower->poll().reads_refused == std::vector{refused});
}
