#include <foreshift/sim/filed_storage.hpp>

#include <foreshift/sim/checker.hpp>
#include <foreshift/sim/cluster.hpp>
#include <foreshift/sim/requests.hpp>
#include <foreshift/sim/trial.hpp>

#include <adapters/wal/media.hpp>
#include <contracts/storage_contract.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;
using sim::filed_disk, sim::nemesis, sim::occasion, sim::volume;

namespace {

/// The write-ahead log's judgement of a bad end, or one that takes every bad record for torn.
struct judge {
  inline static bool blind = false;
  static bool torn(wal::evidence e) { return blind || wal::torn_or_corrupt::torn(e); }
};
using log_on_files = sim::filed_storage<wal::write_ahead_log<sim::file_system, judge>, wal_tests::small>;

struct filed_medium {
  std::unique_ptr<filed_disk> disk = std::make_unique<filed_disk>();
  static random_stream& random() {
    static random_stream stream{13};  // shared, so that the rounds of the suite see different crashes
    return stream;
  }
  auto open() { return log_on_files{*disk}; }
  void crash() { disk->crash(random()); }
  void fail_next_sync() { disk->fail_next_sync(); }
  bool damage(lsn at) { return rot(contracts::record_text(at.value)); }
  void damage_snapshot() { REQUIRE(rot("state of")); }

 private:
  bool rot(const std::string& text) {
    for (const auto& name : disk->files().names())
      if (const auto at = wal_tests::find_text(disk->files().content(name), text))
        return disk->files().rot(name, *at + text.size() - 1, std::byte{4});
    return false;
  }
};

/// Writes the records `first` to `last` and syncs once.
void write(log_on_files& log, std::uint64_t first, std::uint64_t last) {
  contracts::append_through(log, first, last);
  REQUIRE(!log.sync());
}

constexpr site_id three[] = {{1}, {2}, {3}};

/// Three sites on files that have decided something under a checker; then some are stopped.
struct stopped_sites {
  consensus::state_machine first{sim::genesis_for(three)};
  consensus::replica_config common{.self = {}, .members = first.members(), .times = {100ms, 150ms, 500ms}};
  sim::checker promises{first};
  sim::cluster<consensus::state_machine, log_on_files> cluster{common, first, 7};

  explicit stopped_sites(std::initializer_list<site_id> which) {
    cluster.after_poll(
        [this](site_id site, auto& driver, const auto& news) { promises.observe(site, driver, news); });
    cluster.net().tap([this](site_id from, site_id, ports::channel on, byte_span bytes) {
      promises.sent(from, on, bytes);
    });
    ask(8);
    for (const site_id site : which) cluster.crash(site);
  }
  void ask(int times) {
    cluster.time().run_for(1s);
    for (int i = 0; i < times; ++i) {
      promises.submitted(cluster.driver({1})->submit(consensus::noop{}));
      cluster.time().run_for(50ms);
    }
    cluster.time().run_for(500ms);
  }
  slot applied(site_id site) { return cluster.driver(site)->machine().applied(); }
  volume& files(site_id site) { return cluster.medium(site).files(); }
};

/// Every byte of a volume but the zeros at the end of a file.
template <class F>
void for_each_byte(const volume& files, F&& visit) {
  for (const auto& name : files.names()) {
    auto bytes = files.content(name);
    while (!bytes.empty() && bytes.back() == std::byte{0}) bytes.pop_back();
    for (std::size_t at = 0; at < bytes.size(); ++at) visit(name, at);
  }
}

}  // namespace

TEST_CASE("a log on a filed disk keeps the storage contract") { contracts::storage_contract<filed_medium>(); }

TEST_CASE("a disk counts what its log was told, and what a crash took") {
  filed_disk disk;
  {
    log_on_files log{disk};
    REQUIRE(log.recover().has_value());
    write(log, 1, 3);
    contracts::append_through(log, 4, 5);
    CHECK(disk.unsynced() == 2);
  }
  random_stream random{1};
  disk.crash(random);
  log_on_files log{disk};
  const auto found = log.recover();
  REQUIRE(found.has_value());
  CHECK(found->records.size() == 3);
  CHECK(disk.counts().appends == 5);
  CHECK(disk.counts().syncs == 1);
  CHECK(disk.counts().records_lost == 2);
  CHECK(!disk.damaged());
  CHECK(disk.unsynced() == 0);
}

TEST_CASE("a log that forgets what it acknowledged and says nothing is found out") {
  filed_disk disk;
  {
    log_on_files log{disk};
    REQUIRE(log.recover().has_value());
    write(log, 1, 2);
    write(log, 3, 3);
  }
  random_stream random{1};
  disk.crash(random);
  const auto at =
      wal_tests::find_text(disk.files().content("segment.0000000000000001"), contracts::record_text(3));
  REQUIRE(at.has_value());
  REQUIRE(disk.files().rot("segment.0000000000000001", *at, std::byte{1}));
  SUBCASE("by one that is blind") {
    judge::blind = true;
    CHECK(log_on_files{disk}.recover().has_value());
    judge::blind = false;
    CHECK(disk.damaged());
  }
  SUBCASE("the shipped one says it") {
    CHECK(!log_on_files{disk}.recover().has_value());
    CHECK(disk.damaged());
  }
  SUBCASE("and is whole again once a snapshot mends it") {
    log_on_files log{disk};
    const auto fault = log.recover();
    REQUIRE(!fault.has_value());
    REQUIRE(!log.snapshot(fault.error().last, bytes_of("mended")));
    CHECK(!disk.damaged());
    const auto found = log.recover();
    REQUIRE(found.has_value());
    CHECK(found->records.empty());
    CHECK(!disk.damaged());
  }
}

TEST_CASE("a disk is forgetful when its last write went astray, until something stands behind it") {
  for (const bool followed : {false, true}) {
    CAPTURE(followed);
    filed_disk disk;
    {
      log_on_files log{disk};
      REQUIRE(log.recover().has_value());
      write(log, 1, 1);
      disk.misdirect_next();
      write(log, 2, 2);
      if (followed) write(log, 3, 3);
    }
    random_stream random{1};
    disk.crash(random);
    CHECK(disk.forgetful() != followed);
    if (!followed) continue;
    CHECK(!log_on_files{disk}.recover().has_value());
    CHECK(disk.damaged());
  }
  filed_disk blank;
  blank.wipe();
  CHECK(blank.forgetful());
}

TEST_CASE("rot hits what is written, and nothing while there is nothing") {
  filed_disk disk;
  random_stream random{5};
  CHECK(!disk.rot(random));
  log_on_files log{disk};
  REQUIRE(log.recover().has_value());
  write(log, 1, 9);
  const auto before = disk.files().content("segment.0000000000000001");
  for (int i = 0; i < 20; ++i) CHECK(disk.rot(random));
  CHECK(disk.files().content("segment.0000000000000001") != before);
}

TEST_CASE("a disk without room refuses once its segment is full, and takes records again with room") {
  filed_disk disk;
  log_on_files log{disk};
  REQUIRE(log.recover().has_value());
  write(log, 1, 1);
  disk.full(true);
  std::uint64_t at = 1;
  while (!log.append(lsn{++at}, bytes_of("more")) && !log.sync()) REQUIRE(at < 100);
  CHECK(at > 3);
  CHECK(disk.counts().refused == 1);
  disk.full(false);
  random_stream random{1};
  disk.crash(random);
  log_on_files again{disk};
  REQUIRE(again.recover().has_value());
  CHECK(!disk.damaged());
}

TEST_CASE("whatever byte of a site's files is flipped, it knows all that it knew, or says that it does not") {
  stopped_sites s{site_id{2}};
  auto config = s.common;
  config.self = {2};
  const auto open = [&](volume& files) {
    return wal_tests::simulated_log{sim::file_system{files}, wal_tests::small}.recover();
  };
  const auto replica_of = [&](const ports::recovered_log& kept) {
    std::vector<consensus::stored_record> records;
    for (const auto& r : kept.records) records.push_back({r.at, r.bytes});
    return consensus::replica::recover(config, kept.snapshot, records);
  };
  volume whole = s.files({2});
  const auto before = replica_of(*open(whole));
  REQUIRE(before.has_value());
  std::size_t flips = 0, harmless = 0, wrong = 0;
  for_each_byte(s.files({2}), [&](const std::string& name, std::size_t at) {
    volume files = s.files({2});
    REQUIRE(files.rot(name, at, std::byte{1} << static_cast<int>(at % 8)));
    ++flips;
    const auto found = open(files);
    if (!found) return;
    ++harmless;
    const auto after = replica_of(*found);
    wrong += after && *after == *before ? 0 : 1;
  });
  CHECK(flips > 3000);
  CHECK(harmless > 100);
  CHECK(harmless < flips);
  CHECK(wrong == 0);
}

TEST_CASE(
    "a site with any one byte flipped is mended by its peers or keeps silent, and nothing is contradicted") {
  std::vector<std::pair<std::string, std::size_t>> places;
  std::size_t n = 0, mended = 0, silent = 0;
  for_each_byte(stopped_sites{site_id{2}}.files({2}), [&](const std::string& name, std::size_t at) {
    if (n++ % 8 == 0) places.emplace_back(name, at);  // all of them take ten seconds
  });
  for (const auto& [name, at] : places) {
    CAPTURE(name);
    CAPTURE(at);
    stopped_sites s{site_id{2}};
    REQUIRE(s.files({2}).rot(name, at, std::byte{16}));
    s.cluster.restart({2});
    s.ask(4);
    CHECK(!s.promises.broken());
    const bool up = s.cluster.driver({2}) != nullptr;
    if (up) CHECK(s.applied({2}) == s.applied({1}));
    const bool speaks = up && !s.cluster.lost({2});
    mended += speaks && s.cluster.driver({2})->damage() ? 1 : 0, silent += speaks ? 0 : 1;
  }
  CHECK(places.size() > 1000);
  CHECK(mended > 50);
  MESSAGE(places.size(), " flips: ", mended, " times mended, ", silent, " times silent");
}

TEST_CASE(
    "where more than f sites are damaged each says so, and speaks when it knows again what it has said") {
  stopped_sites s{site_id{2}, site_id{3}};
  const auto known = s.applied({1});
  for (const site_id site : {site_id{2}, site_id{3}}) {
    const auto at = 2 * wal_tests::small.block_bytes + 8;  // in the first record
    REQUIRE(s.files(site).rot("segment.0000000000000001", at, std::byte{1}));
    s.cluster.restart(site);
    REQUIRE(s.cluster.driver(site) != nullptr);
    REQUIRE(s.cluster.driver(site)->damage());
    CHECK(!s.cluster.driver(site)->damage()->reason.empty());
    CHECK(s.cluster.driver(site)->replica().abstains().holds());
  }
  s.ask(8);
  CHECK(s.applied({1}) > known);
  for (const site_id site : {site_id{2}, site_id{3}}) {
    CHECK(!s.cluster.lost(site));
    CHECK(s.applied(site) == s.applied({1}));
  }
  CHECK(!s.promises.broken());
}

TEST_CASE("three to seven sites on real write-ahead logs keep every promise, and come to rest") {
  sim::trial_totals all;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const auto out = sim::trial<log_on_files>{seed, {.sites = 3 + seed % 5, .trouble = 10s}}.run();
    INFO(out.story);
    REQUIRE_MESSAGE(out.broken == "", "seed ", seed);
    all += out;
  }
  for (const nemesis n : sim::every_nemesis())
    CHECK_MESSAGE(all.faults[static_cast<std::size_t>(n)] > 0, name_of(n));
  CHECK(all.seen.of(occasion::restart_refused) > 10);
  CHECK(all.seen.of(occasion::halted) > 10);
}

TEST_CASE("the check bites: a log that cuts damage off as torn is caught in a cluster") {
  judge::blind = true;
  std::string broken;
  std::uint64_t seed = 0;
  while (broken.empty() && seed < 300)
    broken = sim::trial<log_on_files>{++seed, {.trouble = 10s}}.run().broken;
  judge::blind = false;
  CHECK(broken.find("what was acknowledged and is damaged is not used") != std::string::npos);
  MESSAGE("seed ", seed, ": ", broken);
}
