#include <foreshift/adapters/wal/posix_directory.hpp>
#include <foreshift/adapters/wal/write_ahead_log.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/sim/file_system.hpp>

#include <adapters/wal/media.hpp>
#include <adapters/wal/script.hpp>
#include <contracts/storage_contract.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace foreshift;
using namespace foreshift::wal_tests;

namespace {

// Worse logs, each with one of the bugs that the sweeps below must find.

/// Says that it is durable without a sync: a reply goes out before its sync.
struct hasty_files : sim::file_system {
  struct file : sim::file {
    std::error_code sync() { return {}; }
  };
  explicit hasty_files(sim::volume& v) : sim::file_system(v) {}
  result<file, std::error_code> create(std::string_view name, std::uint64_t size) {
    return as_hasty(sim::file_system::create(name, size));
  }
  result<file, std::error_code> open(std::string_view name) { return as_hasty(sim::file_system::open(name)); }

 private:
  static result<file, std::error_code> as_hasty(result<sim::file, std::error_code> f) {
    if (!f) return failure{f.error()};
    return file{*f};
  }
};
/// Forgets that a name is not durable with its file.
struct forgets_the_directory : sim::file_system {
  explicit forgets_the_directory(sim::volume& v) : sim::file_system(v) {}
  std::error_code sync_directory() { return {}; }
};
/// Takes every bad record for the torn end of the log.
struct always_torn {
  static constexpr bool torn(wal::evidence) { return true; }
};
/// Looks at what comes behind and not at the identities.
struct ignores_identities {
  static constexpr bool torn(wal::evidence e) { return !e.successor; }
};

/// Does something to the volume just before the n-th write or sync of a file.
struct meddled_files : sim::file_system {
  struct plan {
    sim::volume* on = nullptr;
    std::uint64_t writes = 0, syncs = 0;                      // so far
    std::uint64_t write_to_hit = 0, sync_to_hit = 0, by = 0;  // 0: none
    bool fails = false;                                       // else the sync is lost
    void before_write() {
      if (++writes == write_to_hit) on->misdirect_next_write(by);
    }
    void before_sync() {
      if (++syncs != sync_to_hit) return;
      fails ? on->fail_next_sync() : on->lose_next_sync();
    }
  };
  struct file : sim::file {
    plan* what = nullptr;
    std::error_code write(std::uint64_t offset, byte_span bytes) {
      what->before_write();
      return sim::file::write(offset, bytes);
    }
    std::error_code sync() {
      what->before_sync();
      return sim::file::sync();
    }
  };
  explicit meddled_files(plan& p) : sim::file_system(*p.on), what_(&p) {}
  result<file, std::error_code> create(std::string_view name, std::uint64_t size) {
    return meddled(sim::file_system::create(name, size));
  }
  result<file, std::error_code> open(std::string_view name) { return meddled(sim::file_system::open(name)); }
  std::error_code sync_directory() {
    what_->before_sync();
    return sim::file_system::sync_directory();
  }

 private:
  result<file, std::error_code> meddled(result<sim::file, std::error_code> f) {
    if (!f) return failure{f.error()};
    return file{*f, what_};
  }
  plan* what_;
};

/// What a sweep over one kind of log has seen.
struct tally {
  std::uint64_t runs = 0, whole = 0, faults = 0, wrong = 0;
};

/// Recovers and compares with the account. A fault is never silent; after a mere crash it is right only if
/// the batch under way has left its identities and not its records.
template <class Log>
void judge(Log log, const account& book, bool merely_crashed, tally& seen) {
  ++seen.runs;
  const auto found = log.recover();
  if (found) {
    book.allows(held(*found)) ? ++seen.whole : ++seen.wrong;
    return;
  }
  ++seen.faults;
  const auto& fault = found.error();
  bool right = !book.broken() && book.agrees_with(held(fault.readable));
  if (merely_crashed) {
    for (const auto& [at, text] : book.certain().records)
      right = right && held(fault.readable).records.contains(at);
    for (const auto& lost : fault.lost)
      right = right && book.syncing(lost.at.value) && !lost.identity.empty();
  }
  seen.wrong += right ? 0U : 1U;
}

template <class Files = sim::file_system, class Judge = wal::torn_or_corrupt>
struct sweep {
  using log = wal::write_ahead_log<Files, Judge>;
  static log open(sim::volume& v) { return log{Files{v}, small}; }
  static void play_on(sim::volume& v, account& book, int lives = 3) {
    play(
        book, [&] { return open(v); }, [&] { v.stop_process(); }, lives);
  }
  /// Changes and syncs of the whole script.
  static std::uint64_t operations() {
    sim::volume v;
    account book;
    play_on(v, book);
    return v.operations();
  }

  /// The power goes at each change and each sync of the script, `rounds` times each.
  static tally crash_everywhere(std::uint64_t rounds) {
    tally seen;
    random_stream random{21};
    for (std::uint64_t n = 1, end = operations(); n <= end; ++n)
      for (std::uint64_t round = 0; round < rounds; ++round) {
        sim::volume v;
        account book;
        v.lose_power_in(n);
        play_on(v, book);
        v.crash(random);
        judge(open(v), book, true, seen);
      }
    return seen;
  }
  /// One log lives through crash after crash, many of them while it recovers from the one before.
  static tally crash_and_go_on(std::uint64_t logs, int crashes) {
    tally seen;
    for (std::uint64_t seed = 0; seed < logs; ++seed) {
      random_stream random{23, seed};
      sim::volume v;
      account book;
      for (int i = 0; i < crashes; ++i) {
        v.lose_power_in(1 + random.below(random.chance(0.3) ? 8 : 120));
        play_on(v, book);
        v.crash(random);
      }
      judge(open(v), book, true, seen);
    }
    return seen;
  }

  /// A volume after the whole script, nothing unsynced.
  static sim::volume finished(account& book) {
    sim::volume v;
    play_on(v, book);
    random_stream random{22};
    v.crash(random);
    return v;
  }
  static tally flip_everywhere(std::byte mask, std::size_t step = 1) {
    account book;
    const sim::volume sound = finished(book);
    tally seen;
    for (const auto& name : sound.names())
      for (std::size_t i = 0, size = sound.content(name).size(); i < size; i += step) {
        sim::volume v = sound;
        REQUIRE(v.rot(name, i, mask));
        judge(open(v), book, false, seen);
      }
    return seen;
  }
};

/// Plays the script with one write or sync gone wrong, and looks at what a crash leaves.
template <class Meddle>
void play_meddled(Meddle&& meddle, int lives, account& book, tally& seen, std::uint64_t* syncs = nullptr) {
  sim::volume v;
  meddled_files::plan plan{.on = &v};
  meddle(plan);
  play(
      book,
      [&] {
        return wal::write_ahead_log{meddled_files{plan}, small};
      },
      [&] { v.stop_process(); }, lives);
  if (syncs != nullptr) *syncs = plan.syncs;
  random_stream random{24};
  v.crash(random);
  judge(simulated_log{sim::file_system{v}, small}, book, false, seen);
}

}  // namespace

TEST_CASE("the write-ahead log keeps the contract of a log storage over simulated files") {
  contracts::storage_contract<simulated_medium>();
}

TEST_CASE("the write-ahead log keeps the contract of a log storage over files of the system") {
  contracts::storage_contract<posix_medium>();
}

TEST_CASE("the script fills several segments, and its account is what the log holds") {
  account book;
  sim::volume v = sweep<>::finished(book);
  CHECK(v.counts().creates > 10);
  CHECK(v.counts().renames == 7);
  CHECK(book.certain().records.size() > 5);
  const auto found = sweep<>::open(v).recover();
  REQUIRE(found.has_value());
  CHECK(held(*found) == book.certain());
}

TEST_CASE("a crash at any write or sync loses nothing acknowledged, and what comes back is a beginning") {
  const auto seen = sweep<>::crash_everywhere(8);
  MESSAGE(seen.runs << " crashes, " << seen.faults << " taken for damage");
  CHECK(seen.runs > 1000);
  CHECK(seen.wrong == 0);
  CHECK(seen.faults * 20 < seen.runs);
}

TEST_CASE("a log lives through crash after crash, those within a recovery too") {
  const auto seen = sweep<>::crash_and_go_on(150, 8);
  MESSAGE(seen.faults << " of " << seen.runs << " logs ended as damaged");
  CHECK(seen.wrong == 0);
  CHECK(seen.whole > 75);
}

TEST_CASE("any byte flipped is no loss, or is told") {
  for (const bool wholly : {false, true}) {
    const auto seen =
        wholly ? sweep<>::flip_everywhere(std::byte{0xFF}, 7) : sweep<>::flip_everywhere(std::byte{1});
    MESSAGE(seen.runs << " bytes, " << seen.faults << " told");
    CHECK(seen.wrong == 0);
    CHECK(seen.faults > 100);
    CHECK(seen.whole > 100);
  }
}

TEST_CASE("any block lost is no loss, or is told") {
  account book;
  const sim::volume sound = sweep<>::finished(book);
  random_stream random{25};
  for (const bool zeroed : {true, false}) {
    tally seen;
    for (const auto& name : sound.names()) {
      const auto bytes = sound.content(name);
      for (std::size_t begin = 0; begin < bytes.size(); begin += small.block_bytes) {
        sim::volume v = sound;
        for (std::size_t i = begin; i < std::min(begin + small.block_bytes, bytes.size()); ++i) {
          const auto mask = zeroed ? bytes[i] : static_cast<std::byte>(random.below(256));
          if (mask != std::byte{0}) REQUIRE(v.rot(name, i, mask));
        }
        judge(sweep<>::open(v), book, false, seen);
      }
    }
    CHECK(seen.wrong == 0);
    CHECK(seen.faults > 3);
  }
}

TEST_CASE("a write that went astray is told, or did no harm") {
  tally seen;
  for (const std::uint64_t by : {1U, 2U, 5U, 11U})
    for (std::uint64_t n = 1; n <= 120; ++n) {
      account book;
      play_meddled([&](auto& plan) { plan.write_to_hit = n, plan.by = by * sim::volume::sector_bytes; }, 2,
                   book, seen);
    }
  MESSAGE(seen.runs << " writes astray, " << seen.faults << " told, " << seen.wrong << " wrong");
  CHECK(seen.wrong == 0);
  CHECK(seen.faults > 20);
}

TEST_CASE("a lost sync is told, except the last one: nothing was written behind it") {
  tally seen;
  std::uint64_t last = 0;
  {
    account book;
    tally ignored;
    play_meddled([&](auto& plan) { plan.sync_to_hit = 0; }, 1, book, ignored, &last);
  }
  REQUIRE(last > 20);
  for (std::uint64_t n = 1; n <= last; ++n) {
    account book;
    seen.wrong = 0;
    play_meddled([&](auto& plan) { plan.sync_to_hit = n; }, 1, book, seen);
    CHECK(seen.wrong == (n == last ? 1 : 0));
  }
  CHECK(seen.faults > 5);
}

TEST_CASE("any failed sync halts the log, and nothing acknowledged is lost") {
  tally seen;
  std::uint64_t last = 0;
  for (std::uint64_t n = 1; n == 1 || n <= last; ++n) {
    account book;
    std::uint64_t syncs = 0;
    play_meddled([&](auto& plan) { plan.sync_to_hit = n, plan.fails = true; }, 1, book, seen, &syncs);
    if (n == 1) {
      account whole;
      tally ignored;
      play_meddled([](auto&) {}, 1, whole, ignored, &last);
    }
    CHECK(syncs == n);  // none was tried again, and nothing was forced behind it
  }
  CHECK(seen.runs > 20);
  CHECK(seen.wrong == 0);
  CHECK(seen.faults == 0);
}

TEST_CASE("what a process saw that started after a failed sync survives the crash after that") {
  random_stream random{26};
  for (int round = 0; round < 20; ++round) {
    sim::volume v;
    {
      auto log = sweep<>::open(v);
      REQUIRE(log.recover().has_value());
      contracts::append_through(log, 1, 2);
      REQUIRE(!log.sync());
      contracts::append_through(log, 3, 4);
      v.fail_next_sync();
      REQUIRE(log.sync());
    }
    v.stop_process();  // the system still shows the pages, and takes them for clean
    {
      const auto found = sweep<>::open(v).recover();
      REQUIRE(found.has_value());
      contracts::check_holds(*found, 1, 4);
    }
    v.crash(random);
    const auto found = sweep<>::open(v).recover();
    REQUIRE(found.has_value());
    contracts::check_holds(*found, 1, 4);
  }
}

TEST_CASE("on a full disk the log halts, and what was acknowledged is there once there is room again") {
  tally seen;
  for (std::uint64_t sectors = 0; sectors < 120; ++sectors) {
    sim::volume v;
    account book;
    v.set_capacity(sectors * sim::volume::sector_bytes);
    sweep<>::play_on(v, book, 1);
    v.set_capacity(1U << 30);
    random_stream random{27, sectors};
    v.crash(random);
    judge(sweep<>::open(v), book, true, seen);
  }
  CHECK(seen.wrong == 0);
  CHECK(seen.faults == 0);
}

TEST_CASE("files of another log are refused, and a log whose metadata are gone does not pass for a new one") {
  account book;
  const sim::volume sound = sweep<>::finished(book);
  {
    sim::volume v = sound;
    for (const auto name : wal::metadata_names) REQUIRE(v.rot(name, 9, std::byte{1}));
    auto log = sweep<>::open(v);
    const auto found = log.recover();
    REQUIRE(!found.has_value());
    CHECK(found.error().what == ports::damage::metadata);
    CHECK(log.snapshot(lsn{1000}, bytes_of("state")));  // nothing mends that
  }
  {
    sim::volume v = sound;
    sim::file_system files{v};
    for (const auto& name : v.names())
      if (!name.starts_with("metadata")) REQUIRE(!files.remove(name));
    const auto found = sweep<>::open(v).recover();
    REQUIRE(!found.has_value());
    CHECK(found.error().what == ports::damage::snapshot);
    CHECK(!found.error().lost.empty());
  }
  {
    sim::volume mine, theirs;
    for (auto* v : {&mine, &theirs}) {
      auto options = small;
      options.store = v == &mine ? 1 : 2;
      simulated_log log{sim::file_system{*v}, options};
      REQUIRE(log.recover().has_value());
      contracts::append_through(log, 1, 3);
      REQUIRE(!log.sync());
    }
    const auto name = wal::numbered_name("segment", 1);
    auto stray = sim::file_system{mine}.open(name);
    REQUIRE(stray.has_value());
    REQUIRE(!stray->write(0, theirs.content(name)));
    CHECK(!sweep<>::open(mine).recover().has_value());
  }
}

TEST_CASE("a reply before the sync is found by the crashes") {
  CHECK(sweep<hasty_files>::crash_everywhere(2).wrong > 0);
}

TEST_CASE("a missing sync of the directory is found by the crashes") {
  CHECK(sweep<forgets_the_directory>::crash_everywhere(2).wrong > 0);
}

TEST_CASE("a corrupt record cut off as torn is found by the flips") {
  CHECK(sweep<sim::file_system, always_torn>::flip_everywhere(std::byte{1}, 5).wrong > 0);
  CHECK(sweep<sim::file_system, ignores_identities>::flip_everywhere(std::byte{1}, 5).wrong > 0);
}
