#pragma once
/// @file
/// What any model of LogStorage must do, for hosts to run on their own.
///
/// A harness owns one medium:
///     struct harness {
///       auto open();                 // a LogStorage on the medium, as after a start of the process
///       void crash();                // the machine dies: what was never synced may be lost or torn
///       void fail_next_sync();       // optional: the device reports an error once
///       bool damage(lsn);            // optional: one acknowledged record rots, its identity stays
///       void damage_snapshot();      // optional: the snapshot rots
///     };
/// Call `storage_contract<harness>()` inside a TEST_CASE. `crash` and the damages come with no storage open.
/// A medium that cannot lose power keeps everything in `crash`.

#include <foreshift/core/bytes.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/ports/storage.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace foreshift::contracts {

/// The record that the suite writes under `at`: every one has another size and content, and is longer than
/// its identity.
inline std::string record_text(std::uint64_t at) {
  return "record " + std::to_string(at) + " of the suite; " + std::string(40 + at % 7, 'x');
}
inline byte_string owned(std::string_view text) {
  const auto bytes = bytes_of(text);
  return {bytes.begin(), bytes.end()};
}
template <class Storage>
void append_through(Storage& s, std::uint64_t first, std::uint64_t last) {
  for (std::uint64_t at = first; at <= last; ++at) REQUIRE(!s.append(lsn{at}, bytes_of(record_text(at))));
}
inline void check_holds(const ports::recovered_log& log, std::uint64_t first, std::uint64_t last) {
  REQUIRE(log.records.size() == last + 1 - first);
  for (std::uint64_t at = first; at <= last; ++at) {
    const auto& r = log.records[at - first];
    CHECK(r.at == lsn{at});
    CHECK(r.bytes == owned(record_text(at)));
  }
}
/// Starts on the medium and gives what is there.
template <class Harness>
ports::recovered_log reopened(Harness& medium) {
  auto s = medium.open();
  const auto log = s.recover();
  REQUIRE(log.has_value());
  return *log;
}

/// Syncs, crashes and their order.
template <class Harness>
void storage_keeps_what_was_synced() {
  Harness medium;
  SUBCASE("a new medium holds nothing") {
    const auto log = reopened(medium);
    CHECK(log.records.empty());
    CHECK(log.snapshot.empty());
    CHECK(log.snapshot_covers == lsn{});
    CHECK(log.torn_bytes == 0);
  }
  SUBCASE("what was synced survives a crash, whole and in order") {
    {
      auto s = medium.open();
      REQUIRE(s.recover().has_value());
      append_through(s, 1, 5);
      REQUIRE(!s.sync());
    }
    medium.crash();
    check_holds(reopened(medium), 1, 5);
  }
  SUBCASE("many batches, over many starts") {
    for (std::uint64_t start = 0; start < 6; ++start) {
      auto s = medium.open();
      const auto log = s.recover();
      REQUIRE(log.has_value());
      check_holds(*log, 1, 30 * start);
      for (std::uint64_t batch = 0; batch < 10; ++batch) {
        const std::uint64_t first = 30 * start + 3 * batch + 1;
        append_through(s, first, first + 2);
        REQUIRE(!s.sync());
      }
      CHECK(!s.sync());  // nothing to do
    }
    medium.crash();
    check_holds(reopened(medium), 1, 180);
  }
  SUBCASE("records of any size come back: none, and a million bytes") {
    std::string big(1'000'000, 'b');
    for (std::size_t i = 0; i < big.size(); i += 97) big[i] = static_cast<char>('a' + i % 26);
    {
      auto s = medium.open();
      REQUIRE(s.recover().has_value());
      REQUIRE(!s.append(lsn{1}, {}));
      REQUIRE(!s.append(lsn{2}, bytes_of(big)));
      REQUIRE(!s.append(lsn{3}, bytes_of("small")));
      REQUIRE(!s.sync());
    }
    medium.crash();
    const auto log = reopened(medium);
    REQUIRE(log.records.size() == 3);
    CHECK(log.records[0].bytes.empty());
    CHECK((log.records[1].bytes == owned(big)));
    CHECK(log.records[2].bytes == owned("small"));
  }
  SUBCASE("what was not synced is lost from the end only") {
    for (int round = 0; round < 8; ++round) {
      Harness fresh;
      {
        auto s = fresh.open();
        REQUIRE(s.recover().has_value());
        append_through(s, 1, 3);
        REQUIRE(!s.sync());
        append_through(s, 4, 8);
      }
      fresh.crash();
      auto s = fresh.open();
      const auto log = s.recover();
      REQUIRE(log.has_value());
      REQUIRE(log->records.size() >= 3);
      REQUIRE(log->records.size() <= 8);
      const auto last = static_cast<std::uint64_t>(log->records.size());
      check_holds(*log, 1, last);
      append_through(s, last + 1, last + 2);  // goes on behind what survived
      REQUIRE(!s.sync());
      const auto again = s.recover();
      REQUIRE(again.has_value());
      check_holds(*again, 1, last + 2);
    }
  }
  SUBCASE("what recovery has shown once survives the next crash") {
    {
      auto s = medium.open();
      REQUIRE(s.recover().has_value());
      append_through(s, 1, 8);
    }
    medium.crash();
    const auto first = reopened(medium);
    medium.crash();
    CHECK(reopened(medium).records == first.records);
  }
  SUBCASE("a storage can be moved") {
    auto s = medium.open();
    REQUIRE(s.recover().has_value());
    append_through(s, 1, 2);
    auto moved = std::move(s);
    append_through(moved, 3, 3);
    REQUIRE(!moved.sync());
    const auto log = moved.recover();
    REQUIRE(log.has_value());
    check_holds(*log, 1, 3);
  }
}

/// Snapshots and truncation.
template <class Harness>
void storage_replaces_and_drops() {
  Harness medium;
  SUBCASE("a snapshot takes the place of what it covers, for good") {
    {
      auto s = medium.open();
      REQUIRE(s.recover().has_value());
      append_through(s, 1, 6);
      REQUIRE(!s.sync());
      REQUIRE(!s.snapshot(lsn{4}, bytes_of("state of four")));
    }
    medium.crash();
    {
      auto s = medium.open();
      const auto log = s.recover();
      REQUIRE(log.has_value());
      CHECK(log->snapshot_covers == lsn{4});
      CHECK(log->snapshot == owned("state of four"));
      check_holds(*log, 5, 6);
      REQUIRE(!s.snapshot(lsn{6}, bytes_of("state of six")));
      append_through(s, 7, 7);
      REQUIRE(!s.sync());
    }
    medium.crash();
    const auto log = reopened(medium);
    CHECK(log.snapshot_covers == lsn{6});
    CHECK(log.snapshot == owned("state of six"));
    check_holds(log, 7, 7);
  }
  SUBCASE("a snapshot of what was not synced counts at once, and what is behind it waits for its sync") {
    {
      auto s = medium.open();
      REQUIRE(s.recover().has_value());
      append_through(s, 1, 2);
      REQUIRE(!s.sync());
      append_through(s, 3, 6);
      REQUIRE(!s.snapshot(lsn{4}, bytes_of("state of four")));
      REQUIRE(!s.sync());
    }
    medium.crash();
    const auto log = reopened(medium);
    CHECK(log.snapshot_covers == lsn{4});
    check_holds(log, 5, 6);
  }
  SUBCASE("a snapshot from elsewhere may cover more than was ever appended; numbers go on behind it") {
    {
      auto s = medium.open();
      REQUIRE(s.recover().has_value());
      append_through(s, 1, 3);
      REQUIRE(!s.sync());
      append_through(s, 4, 5);
      REQUIRE(!s.snapshot(lsn{100}, bytes_of("state of a hundred")));
    }
    medium.crash();
    {
      auto s = medium.open();
      const auto log = s.recover();
      REQUIRE(log.has_value());
      CHECK(log->snapshot_covers == lsn{100});
      CHECK(log->records.empty());
      append_through(s, 101, 102);
      REQUIRE(!s.sync());
    }
    medium.crash();
    check_holds(reopened(medium), 101, 102);
  }
  SUBCASE("many snapshots, each with a tail") {
    {
      auto s = medium.open();
      REQUIRE(s.recover().has_value());
      for (std::uint64_t i = 1; i <= 20; ++i) {
        append_through(s, 5 * i - 4, 5 * i);
        REQUIRE(!s.sync());
        REQUIRE(!s.snapshot(lsn{5 * i - 2}, bytes_of("state " + std::to_string(i))));
      }
    }
    medium.crash();
    const auto log = reopened(medium);
    CHECK(log.snapshot == owned("state 20"));
    CHECK(log.snapshot_covers == lsn{98});
    check_holds(log, 99, 100);
  }
  SUBCASE("truncation drops the tail, for good, and appending goes on from there") {
    {
      auto s = medium.open();
      REQUIRE(s.recover().has_value());
      append_through(s, 1, 6);
      REQUIRE(!s.sync());
      append_through(s, 7, 8);
      REQUIRE(!s.truncate(lsn{3}));
    }
    medium.crash();
    auto s = medium.open();
    const auto log = s.recover();
    REQUIRE(log.has_value());
    check_holds(*log, 1, 3);
    append_through(s, 4, 4);
    REQUIRE(!s.sync());
    REQUIRE(!s.truncate(lsn{9}));  // there is nothing behind it
    const auto again = s.recover();
    REQUIRE(again.has_value());
    check_holds(*again, 1, 4);
  }
  SUBCASE("truncation of what was not synced leaves what comes before it to the next sync") {
    {
      auto s = medium.open();
      REQUIRE(s.recover().has_value());
      append_through(s, 1, 2);
      REQUIRE(!s.sync());
      append_through(s, 3, 6);
      REQUIRE(!s.truncate(lsn{4}));
      append_through(s, 5, 5);
      REQUIRE(!s.sync());
    }
    medium.crash();
    check_holds(reopened(medium), 1, 5);
  }
  SUBCASE("truncation, snapshot and appending, in turn") {
    {
      auto s = medium.open();
      REQUIRE(s.recover().has_value());
      append_through(s, 1, 9);
      REQUIRE(!s.sync());
      REQUIRE(!s.truncate(lsn{5}));
      append_through(s, 6, 7);
      REQUIRE(!s.sync());
      REQUIRE(!s.snapshot(lsn{6}, bytes_of("state of six")));
      REQUIRE(!s.truncate(lsn{2}));  // what is in the snapshot stays
      append_through(s, 7, 8);
      REQUIRE(!s.sync());
    }
    medium.crash();
    const auto log = reopened(medium);
    CHECK(log.snapshot == owned("state of six"));
    check_holds(log, 7, 8);
  }
}

/// Failure and damage, as far as the harness can cause them.
template <class Harness>
void storage_tells_damage() {
  Harness medium;
  const auto filled = [](Harness& m) {
    auto s = m.open();
    REQUIRE(s.recover().has_value());
    append_through(s, 1, 3);
    REQUIRE(!s.sync());
    append_through(s, 4, 5);
    REQUIRE(!s.sync());
  };
  if constexpr (requires { medium.fail_next_sync(); }) {
    SUBCASE("after a failed sync nothing succeeds, until the process starts anew") {
      {
        auto s = medium.open();
        REQUIRE(s.recover().has_value());
        append_through(s, 1, 2);
        REQUIRE(!s.sync());
        append_through(s, 3, 4);
        medium.fail_next_sync();
        CHECK(s.sync());
        CHECK(s.sync());
        CHECK(s.append(lsn{5}, bytes_of("too late")));
        CHECK(s.snapshot(lsn{2}, bytes_of("too late")));
        CHECK(s.truncate(lsn{2}));
      }
      medium.crash();
      const auto log = reopened(medium);
      REQUIRE(log.records.size() >= 2);
      check_holds(log, 1, static_cast<std::uint64_t>(log.records.size()));
    }
  }
  if constexpr (requires { medium.damage(lsn{}); }) {
    SUBCASE("a damaged record is a fault that names it, and never the end of the log") {
      for (const std::uint64_t hit : {1U, 3U, 4U, 5U}) {
        Harness fresh;
        filled(fresh);
        fresh.crash();
        REQUIRE(fresh.damage(lsn{hit}));
        auto s = fresh.open();
        const auto log = s.recover();
        REQUIRE(!log.has_value());
        const auto& fault = log.error();
        CHECK(fault.at == lsn{hit});
        CHECK(!fault.reason.empty());
        CHECK(!fault.where.empty());
        CHECK(fault.what == ports::damage::records);
        CHECK(fault.last == lsn{5});
        CHECK(fault.readable.records.size() == 4);
        for (const auto& r : fault.readable.records) CHECK(r.bytes == owned(record_text(r.at.value)));
        REQUIRE(fault.lost.size() == 1);
        CHECK(fault.lost[0].at == lsn{hit});
        CHECK(fault.lost[0].identity == owned(record_text(hit).substr(0, ports::identity_bytes)));
      }
    }
    SUBCASE("a fault stays, until a snapshot behind everything has mended it") {
      filled(medium);
      medium.crash();
      REQUIRE(medium.damage(lsn{2}));
      {
        auto s = medium.open();
        REQUIRE(!s.recover().has_value());
      }
      {
        auto s = medium.open();
        const auto log = s.recover();
        REQUIRE(!log.has_value());
        REQUIRE(!s.snapshot(log.error().last, bytes_of("state from a peer")));
        append_through(s, 6, 7);
        REQUIRE(!s.sync());
      }
      medium.crash();
      const auto log = reopened(medium);
      CHECK(log.snapshot == owned("state from a peer"));
      CHECK(log.snapshot_covers == lsn{5});
      check_holds(log, 6, 7);
    }
    SUBCASE("damage to what a snapshot covers is none") {
      filled(medium);
      REQUIRE(medium.damage(lsn{2}));
      Harness other;
      {
        auto s = other.open();
        REQUIRE(s.recover().has_value());
        append_through(s, 1, 5);
        REQUIRE(!s.sync());
        REQUIRE(!s.snapshot(lsn{3}, bytes_of("state of three")));
      }
      other.damage(lsn{2});  // if it is still there at all
      check_holds(reopened(other), 4, 5);
    }
  }
  if constexpr (requires { medium.damage_snapshot(); }) {
    SUBCASE("a damaged snapshot is a fault, and the records behind it are still told") {
      {
        auto s = medium.open();
        REQUIRE(s.recover().has_value());
        append_through(s, 1, 5);
        REQUIRE(!s.sync());
        REQUIRE(!s.snapshot(lsn{3}, bytes_of("state of three, in many words")));
      }
      medium.damage_snapshot();
      auto s = medium.open();
      const auto log = s.recover();
      REQUIRE(!log.has_value());
      CHECK(log.error().what == ports::damage::snapshot);
      CHECK(log.error().readable.snapshot.empty());
      CHECK(log.error().readable.snapshot_covers == lsn{3});
      check_holds(log.error().readable, 4, 5);
      CHECK(log.error().last == lsn{5});
    }
  }
}

template <class Harness>
void storage_contract() {
  storage_keeps_what_was_synced<Harness>();
  storage_replaces_and_drops<Harness>();
  storage_tells_damage<Harness>();
}

}  // namespace foreshift::contracts
