#include <foreshift/sim/storage.hpp>

#include <contracts/storage_contract.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <system_error>

using namespace foreshift;

namespace {

struct harness {
  std::unique_ptr<sim::disk> medium = std::make_unique<sim::disk>();
  static random_stream& random() {
    static random_stream stream{11};  // shared, so that the rounds of the suite see different crashes
    return stream;
  }
  auto open() { return sim::storage{*medium}; }
  void crash() { medium->crash(random()); }
  void fail_next_sync() { medium->fail_next_sync(); }
  bool damage(lsn at) { return medium->damage(at); }
  void damage_snapshot() { medium->damage_snapshot(); }
};

void write(sim::storage& s, std::uint64_t first, std::uint64_t last) {
  for (std::uint64_t at = first; at <= last; ++at) REQUIRE(!s.append(lsn{at}, bytes_of("record")));
}

}  // namespace

TEST_CASE("the simulated disk keeps the contract of a log storage") {
  contracts::storage_contract<harness>();
}

TEST_CASE("every length of the unsynced tail is lost by some crash, and some crashes tear a record") {
  random_stream random{3};
  bool seen[4] = {};
  bool torn = false;
  for (int round = 0; round < 200; ++round) {
    sim::disk d;
    {
      sim::storage s{d};
      write(s, 1, 3);
    }
    CHECK(d.unsynced() == 3);
    d.crash(random);
    const auto log = sim::storage{d}.recover();
    REQUIRE(log.has_value());
    seen[log->records.size()] = true;
    torn = torn || log->torn_bytes > 0;
    if (log->records.size() == 3) CHECK(log->torn_bytes == 0);
  }
  for (const bool s : seen) CHECK(s);
  CHECK(torn);
}

TEST_CASE("torn bytes are reported once: recovery has cut them off") {
  random_stream random{4};
  for (int round = 0; round < 50; ++round) {
    sim::disk d;
    {
      sim::storage s{d};
      write(s, 1, 3);
    }
    d.crash(random);
    REQUIRE(sim::storage{d}.recover().has_value());
    CHECK(sim::storage{d}.recover()->torn_bytes == 0);
  }
}

TEST_CASE(
    "when the power goes between two writes nothing succeeds, and what was synced is there afterwards") {
  random_stream random{6};
  sim::disk d;
  {
    sim::storage s{d};
    write(s, 1, 2);
    REQUIRE(!s.sync());
    d.lose_power_in(2);
    CHECK(!s.append(lsn{3}, bytes_of("record")));
    CHECK(s.append(lsn{4}, bytes_of("record")));
    CHECK(s.sync());
    CHECK(!d.powered());
  }
  d.crash(random);
  CHECK(d.powered());
  sim::storage s{d};
  const auto log = s.recover();
  REQUIRE(log.has_value());
  CHECK(log->records.size() >= 2);
  CHECK(log->records.size() <= 3);
  CHECK(!s.append(next(log->records.back().at), bytes_of("record")));
}

TEST_CASE("a damaged snapshot is a fault, and a wiped disk is a new one") {
  sim::disk d;
  sim::storage s{d};
  write(s, 1, 2);
  REQUIRE(!s.sync());
  REQUIRE(!s.snapshot(lsn{1}, bytes_of("state")));
  d.damage_snapshot();
  CHECK(!s.recover().has_value());
  d.wipe();
  REQUIRE(s.recover().has_value());
  CHECK(s.recover()->records.empty());
}

TEST_CASE("a disk counts what was done to it") {
  sim::disk d;
  sim::storage s{d};
  write(s, 1, 4);
  REQUIRE(!s.sync());
  CHECK(d.counts().appends == 4);
  CHECK(d.counts().syncs == 1);
  CHECK(d.unsynced() == 0);
  CHECK(!d.damage(lsn{9}));
}

TEST_CASE(
    "a fault tells what is whole, what is lost and which record it was; a snapshot behind all mends it") {
  sim::disk d;
  {
    sim::storage s{d};
    write(s, 1, 5);
    REQUIRE(!s.sync());
  }
  REQUIRE(d.damage(lsn{2}));
  REQUIRE(d.damage(lsn{4}, true));
  sim::storage s{d};
  const auto found = s.recover();
  REQUIRE(!found.has_value());
  const auto& fault = found.error();
  CHECK(fault.at == lsn{2});
  CHECK(fault.what == ports::damage::records);
  CHECK(fault.last == lsn{5});
  CHECK(fault.readable.records.size() == 3);
  REQUIRE(fault.lost.size() == 2);
  CHECK(fault.lost[0].at == lsn{2});
  CHECK(fault.lost[0].identity == byte_string(bytes_of("record").begin(), bytes_of("record").end()));
  CHECK(fault.lost[1].at == lsn{4});
  CHECK(fault.lost[1].identity.empty());
  REQUIRE(!s.snapshot(lsn{5}, bytes_of("state")));
  REQUIRE(s.recover().has_value());
  write(s, 6, 6);
}

TEST_CASE("a write to another record's place is found out at the next start, both places of it") {
  random_stream random{8};
  sim::disk d;
  {
    sim::storage s{d};
    write(s, 1, 4);
    REQUIRE(!s.sync());
    d.misdirect_next();
    write(s, 5, 5);
    REQUIRE(!s.sync());
  }
  CHECK(d.damaged());
  d.crash(random);
  const auto log = sim::storage{d}.recover();
  REQUIRE(!log.has_value());
  CHECK(log.error().at == lsn{3});
  REQUIRE(log.error().lost.size() == 2);
  CHECK(log.error().lost[0].at == lsn{3});
  CHECK(log.error().lost[1].at == lsn{5});
}

TEST_CASE(
    "a full disk refuses, for good as far as this process goes, and takes writes again after a restart") {
  random_stream random{9};
  sim::disk d;
  {
    sim::storage s{d};
    write(s, 1, 1);
    REQUIRE(!s.sync());
    d.full(true);
    CHECK(s.append(lsn{2}, bytes_of("record")) == std::make_error_code(std::errc::no_space_on_device));
    d.full(false);
    CHECK(s.sync());
    CHECK(d.counts().refused == 1);
  }
  d.crash(random);
  sim::storage s{d};
  REQUIRE(s.recover().has_value());
  CHECK(!s.append(lsn{2}, bytes_of("record")));
}

TEST_CASE("rot needs an acknowledged record, and a snapshot over everything takes its place") {
  random_stream random{10};
  sim::disk d;
  sim::storage s{d};
  CHECK(!d.rot(random));
  write(s, 1, 3);
  REQUIRE(!s.sync());
  CHECK(d.rot(random));
  CHECK(d.damaged());
  REQUIRE(!s.snapshot(lsn{3}, bytes_of("state")));
  CHECK(!d.damaged());
  CHECK(s.recover().has_value());
}
