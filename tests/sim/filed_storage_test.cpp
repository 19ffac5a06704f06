#include <foreshift/sim/filed_storage.hpp>
#include <foreshift/sim/trial.hpp>

#include <adapters/wal/media.hpp>
#include <contracts/storage_contract.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>

using namespace foreshift;
using namespace std::chrono_literals;
using sim::filed_disk, sim::nemesis, sim::occasion;

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
