#pragma once
/// @file
/// What any model of LogStorage must do, for hosts to run on their own.
///
/// A harness owns one medium:
///     struct harness {
///       auto open();                 // a LogStorage on the medium, as after a start of the process
///       void crash();                // the process dies: what was never synced may be lost or torn
///       void fail_next_sync();       // optional: the device reports an error once
///       bool damage(lsn);            // optional: one acknowledged record rots
///     };
/// Call `storage_contract<harness>()` inside a TEST_CASE. `crash` is called with no storage open.

#include <foreshift/core/bytes.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/ports/storage.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace foreshift::contracts {

/// The record that the suite writes under `at`; every one has another size and content.
inline std::string record_text(std::uint64_t at) {
  return std::string(at % 7, 'x') + "record " + std::to_string(at);
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
    const std::string text = record_text(at);
    CHECK(r.bytes == byte_string(bytes_of(text).begin(), bytes_of(text).end()));
  }
}

template <class Harness>
void storage_contract() {
  Harness medium;
  const auto reopen = [&] {
    auto s = medium.open();
    const auto log = s.recover();
    REQUIRE(log.has_value());
    return *log;
  };

  SUBCASE("a new medium holds nothing") {
    const auto log = reopen();
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
    check_holds(reopen(), 1, 5);
  }
  SUBCASE("what was not synced is lost from the end only") {
    for (int round = 0; round < 20; ++round) {
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
    const auto first = reopen();
    medium.crash();
    CHECK(reopen().records == first.records);
  }
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
      CHECK(log->snapshot == byte_string(bytes_of("state of four").begin(), bytes_of("state of four").end()));
      check_holds(*log, 5, 6);
      REQUIRE(!s.snapshot(lsn{6}, bytes_of("state of six")));
      append_through(s, 7, 7);
      REQUIRE(!s.sync());
    }
    medium.crash();
    const auto log = reopen();
    CHECK(log.snapshot_covers == lsn{6});
    check_holds(log, 7, 7);
  }
  SUBCASE("truncation drops the tail, for good, and appending goes on from there") {
    {
      auto s = medium.open();
      REQUIRE(s.recover().has_value());
      append_through(s, 1, 6);
      REQUIRE(!s.sync());
      REQUIRE(!s.truncate(lsn{3}));
    }
    medium.crash();
    auto s = medium.open();
    const auto log = s.recover();
    REQUIRE(log.has_value());
    check_holds(*log, 1, 3);
    append_through(s, 4, 4);
    REQUIRE(!s.sync());
    const auto again = s.recover();
    REQUIRE(again.has_value());
    check_holds(*again, 1, 4);
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
      const auto log = reopen();
      REQUIRE(log.records.size() >= 2);
      check_holds(log, 1, static_cast<std::uint64_t>(log.records.size()));
    }
  }
  if constexpr (requires { medium.damage(lsn{}); }) {
    SUBCASE("a damaged record is a fault that names it, and never the end of the log") {
      for (const std::uint64_t hit : {1U, 3U, 5U}) {
        Harness fresh;
        {
          auto s = fresh.open();
          REQUIRE(s.recover().has_value());
          append_through(s, 1, 5);
          REQUIRE(!s.sync());
        }
        fresh.crash();
        REQUIRE(fresh.damage(lsn{hit}));
        auto s = fresh.open();
        const auto log = s.recover();
        REQUIRE(!log.has_value());
        CHECK(log.error().at == lsn{hit});
        CHECK(!log.error().reason.empty());
      }
    }
  }
}

}  // namespace foreshift::contracts
