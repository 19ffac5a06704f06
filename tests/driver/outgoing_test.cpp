#include <foreshift/driver/outgoing.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

using namespace foreshift;
using driver::driver_fault, driver::outgoing;
using strings = std::vector<std::string>;

namespace {

constexpr site_id self{1};

/// Ports that note what they are asked for, in order.
struct noted_transport {
  strings* notes;
  std::error_code send(site_id to, ports::channel, byte_span bytes) {
    CHECK(bytes.front() == driver::agreement_frame);
    const auto what = consensus::decode(bytes.subspan(1));
    notes->push_back("send " + std::to_string(what.value().epoch.value) + " to " + std::to_string(to.value));
    return std::make_error_code(std::errc::not_connected);  // which the agreement expects
  }
  void poll(auto&&) {}
  void flush() { notes->push_back("flush"); }
};
struct noted_storage {
  strings* notes;
  std::string fails{};

  std::error_code note(std::string what) {
    const bool bad = !fails.empty() && what.starts_with(fails);
    notes->push_back(std::move(what));
    return bad ? std::make_error_code(std::errc::io_error) : std::error_code{};
  }
  std::error_code append(lsn at, byte_span) { return note("append " + std::to_string(at.value)); }
  std::error_code sync() { return note("sync"); }
  std::error_code snapshot(lsn covers, byte_span) { return note("snapshot " + std::to_string(covers.value)); }
  std::error_code truncate(lsn) { return {}; }
  result<ports::recovered_log, ports::storage_fault> recover() { return ports::recovered_log{}; }
};

struct desk {
  strings notes{};
  noted_transport transport{&notes};
  noted_storage storage{&notes};
  outgoing out{};

  void record(std::uint64_t at) {
    consensus::duties due;
    due.persist.push_back({lsn{at}, consensus::promise_record{}});
    out.add(due);
  }
  /// A message that can be told by its number, which rests on the records up to `after`.
  void message(std::uint64_t number, site_id to, std::uint64_t after) {
    out.add({to, {epoch_number{number}, {}, consensus::probe{}}, lsn{after}});
  }
  void snapshot(std::uint64_t covers) {
    consensus::duties due;
    due.snapshot = {lsn{covers}, {}};
    out.add(due);
  }
  /// One round, as the replica's driver goes through it.
  result<bool, driver::driver_error> round(lsn awaited = {}) {
    out.send(transport, self, [&](const consensus::message& what) {
      notes.push_back("keep " + std::to_string(what.epoch.value));
    });
    return out.write(storage, awaited);
  }
  strings take() { return std::exchange(notes, {}); }
};

}  // namespace

TEST_CASE("a message leaves once what it rests on is durable, and what rests on nothing before the disk") {
  desk d;
  d.record(1), d.record(2);
  d.message(7, {2}, 2), d.message(8, {3}, 0), d.message(9, self, 2);
  CHECK(d.round().value());
  CHECK(d.take() == strings{"send 8 to 3", "flush", "append 1", "append 2", "sync"});
  CHECK(d.out.durable() == lsn{2});
  CHECK_FALSE(d.round().value());
  CHECK(d.take() == strings{"send 7 to 2", "keep 9", "flush"});
}

TEST_CASE("what nothing waits for is written and not synced, and synced with the next") {
  desk d;
  d.record(1);
  CHECK_FALSE(d.round().value());
  CHECK(d.take() == strings{"flush", "append 1"});
  CHECK(d.out.durable() == lsn{});
  CHECK(d.round(lsn{1}).value());  // the replica waits for it now
  CHECK(d.take() == strings{"flush", "sync"});
  CHECK(d.out.durable() == lsn{1});
  CHECK(d.round(lsn{1}).value());  // durable already
  CHECK(d.take() == strings{"flush"});
}

TEST_CASE(
    "a snapshot comes after the records that it stands for, and before all others where they are gone") {
  desk d{.out = outgoing{lsn{4}}};
  d.record(5), d.snapshot(5), d.record(6);
  CHECK(d.round().value());
  CHECK(d.take() == strings{"flush", "append 5", "append 6", "sync", "snapshot 5"});
  d.record(7), d.snapshot(6);
  CHECK_FALSE(d.round().value());
  CHECK(d.take() == strings{"flush", "snapshot 6", "append 7"});
}

TEST_CASE("a fault names what failed, and nothing comes after it") {
  const auto fault = [](const char* fails) {
    desk d;
    d.storage.fails = fails;
    d.record(1), d.snapshot(1);
    const auto found = d.round();
    REQUIRE_FALSE(found);
    CHECK(d.notes.back().starts_with(fails));
    return found.error().what;
  };
  CHECK(fault("append") == driver_fault::write_failed);
  CHECK(fault("sync") == driver_fault::sync_failed);
  CHECK(fault("snapshot") == driver_fault::write_failed);
}
