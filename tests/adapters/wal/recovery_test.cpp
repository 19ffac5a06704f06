#include <foreshift/adapters/wal/recovery.hpp>
#include <foreshift/adapters/wal/write_ahead_log.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/sim/file_system.hpp>

#include <adapters/wal/media.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace foreshift;
using namespace foreshift::wal_tests;

namespace {

/// A log with a snapshot of 4 and records 5 to 12 over several segments.
sim::volume example() {
  sim::volume v;
  simulated_log log{sim::file_system{v}, small};
  REQUIRE(log.recover().has_value());
  for (std::uint64_t at = 1; at <= 12; ++at) {
    REQUIRE(!log.append(lsn{at}, bytes_of(contracts::record_text(at) + std::string(1500, '.'))));
    REQUIRE(!log.sync());
  }
  REQUIRE(!log.snapshot(lsn{4}, bytes_of("state of four")));
  return v;
}
auto recover(sim::volume& v) {
  sim::file_system files{v};
  wal::recovery<wal::torn_or_corrupt, sim::file_system> r{files, small};
  auto found = r.run();
  return std::pair{std::move(found), r.where()};
}
bool has(const sim::volume& v, std::string_view name) {
  const auto names = v.names();
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

TEST_CASE("recovery says where to go on, and leaves both slots of the metadata alike and new") {
  auto v = example();
  const auto [found, where] = recover(v);
  REQUIRE(found.has_value());
  CHECK(found->snapshot_covers == lsn{4});
  CHECK(found->records.size() == 8);
  CHECK(where.last == lsn{12});
  CHECK(where.segments.back().number == where.state.last_segment);
  CHECK(where.segments.front().number == where.state.first_segment);
  CHECK(v.content("metadata.a") == v.content("metadata.b"));
  CHECK(v.clean());
  const auto again = recover(v);
  CHECK(again.second.state.generation == where.state.generation + 1);
  CHECK(again.second.end == where.end);
  CHECK(again.second.predecessor == where.predecessor);
}

TEST_CASE("files that no metadata name are removed, but none that is not ours") {
  auto v = example();
  const auto where = recover(v).second;
  sim::file_system files{v};
  const auto ours = {wal::numbered_name("segment", where.state.last_segment + 1),
                     wal::numbered_name("segment", where.state.first_segment - 1),
                     wal::numbered_name("snapshot", 77), std::string{wal::unfinished_snapshot}};
  for (const auto& name : ours) REQUIRE(files.create(name, 100).has_value());
  REQUIRE(files.create("notes of the operator", 100).has_value());
  REQUIRE(recover(v).first.has_value());
  for (const auto& name : ours) CHECK(!has(v, name));
  CHECK(has(v, "notes of the operator"));
}

TEST_CASE("when something is damaged nothing is written: the files are evidence") {
  auto v = example();
  const auto where = recover(v).second;
  REQUIRE(v.rot(wal::numbered_name("segment", where.state.last_segment), 2 * 512 + 60, std::byte{1}));
  const auto operations = v.operations();
  CHECK(!recover(v).first.has_value());
  CHECK(v.operations() == operations);
}

TEST_CASE("a segment with records that the metadata do not know is a fault: their last change was lost") {
  auto v = example();
  const auto old_a = v.content("metadata.a");
  {
    simulated_log log{sim::file_system{v}, small};
    REQUIRE(log.recover().has_value());
    for (std::uint64_t at = 13; at <= 20; ++at) {
      REQUIRE(!log.append(lsn{at}, bytes_of(std::string(1500, 'y'))));
      REQUIRE(!log.sync());
    }
  }
  sim::file_system files{v};
  for (const auto name : wal::metadata_names) {
    auto f = files.open(name);
    REQUIRE(f.has_value());
    REQUIRE(!f->write(0, old_a));
  }
  const auto [found, where] = recover(v);
  REQUIRE(!found.has_value());
  CHECK(found.error().at > lsn{12});
  CHECK(found.error().at <= lsn{20});
  CHECK(found.error().lost.back().identity.empty());
}

TEST_CASE("a start of which nothing is left begins anew, and one that cannot write says so") {
  sim::volume v;
  v.lose_power_in(2);
  CHECK(!recover(v).first.has_value());
  random_stream random{3};
  v.crash(random);
  CHECK(recover(v).first.has_value());
  v.lose_power_in(1);
  const auto failed = recover(v).first;
  REQUIRE(!failed.has_value());
  CHECK(failed.error().reason.starts_with("cannot be written"));
}
