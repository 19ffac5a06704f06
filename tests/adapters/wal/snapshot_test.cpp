#include <foreshift/adapters/wal/snapshot.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/sim/file_system.hpp>

#include <doctest/doctest.h>

#include <ostream>
#include <string>

using namespace foreshift;

namespace {

wal::metadata naming(std::string_view blob) {
  wal::metadata m;
  m.snapshot_number = 3;
  m.snapshot_bytes = blob.size();
  m.snapshot_checksum = crc32c(bytes_of(blob));
  return m;
}

}  // namespace

TEST_CASE("a snapshot that was written survives a crash, and any damage to it is told") {
  const std::string blob(1500, 's');
  sim::volume v;
  sim::file_system files{v};
  REQUIRE(!wal::write_snapshot(files, 3, bytes_of(blob)));
  random_stream random{1};
  v.crash(random);
  sim::file_system again{v};
  const auto got = wal::read_snapshot(again, naming(blob));
  REQUIRE(got.has_value());
  CHECK(got->size() == blob.size());
  CHECK(wal::read_snapshot(again, wal::metadata{})->empty());
  CHECK(!wal::read_snapshot(again, naming(blob + "s")));
  for (std::size_t i = 0; i < blob.size(); i += 37) {
    sim::volume hurt = v;
    REQUIRE(hurt.rot(wal::numbered_name("snapshot", 3), i, std::byte{1}));
    sim::file_system there{hurt};
    CHECK(wal::read_snapshot(there, naming(blob)).error() == "the snapshot's checksum is wrong");
  }
  REQUIRE(!again.remove(wal::numbered_name("snapshot", 3)));
  CHECK(!wal::read_snapshot(again, naming(blob)));
}

TEST_CASE("until the last step a crash leaves no file under the snapshot's name, or a whole one") {
  const std::string blob(1500, 's');
  random_stream random{2};
  for (std::uint64_t n = 1; n <= 5; ++n)
    for (int round = 0; round < 20; ++round) {
      sim::volume v;
      sim::file_system files{v};
      v.lose_power_in(n);
      CHECK(wal::write_snapshot(files, 3, bytes_of(blob)));
      v.crash(random);
      sim::file_system again{v};
      const auto got = wal::read_file(again, wal::numbered_name("snapshot", 3));
      if (got) CHECK(got->size() == blob.size());
    }
}
