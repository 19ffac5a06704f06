#include <foreshift/adapters/wal/metadata.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/sim/file_system.hpp>

#include <doctest/doctest.h>

#include <ostream>

using namespace foreshift;

namespace {

wal::metadata example(std::uint64_t generation) {
  return {.store = 3,
          .generation = generation,
          .block_bytes = 512,
          .first_segment = 2,
          .last_segment = 4 + generation,
          .snapshot_number = 1,
          .snapshot_bytes = 100,
          .snapshot_checksum = 0xDEADBEEF,
          .snapshot_covers = lsn{77}};
}

}  // namespace

TEST_CASE("metadata come back, and no byte of what counts may differ") {
  const auto bytes = encode(example(1));
  REQUIRE(bytes.size() == wal::metadata_bytes);
  CHECK((wal::decode_metadata(bytes) == example(1)));
  const std::size_t counted = 10 * 8 + 4;
  for (std::size_t i = 0; i < counted; ++i) {
    auto bad = bytes;
    bad[i] ^= std::byte{1};
    CHECK(!wal::decode_metadata(bad));
    CHECK(!wal::decode_metadata(byte_span{bytes}.first(i)));
  }
}

TEST_CASE("metadata that make no sense are refused, however well they are checksummed") {
  for (auto* break_it :
       {+[](wal::metadata& m) { m.block_bytes = 100; }, +[](wal::metadata& m) { m.block_bytes = 0; },
        +[](wal::metadata& m) { m.first_segment = 0; },
        +[](wal::metadata& m) { m.first_segment = m.last_segment + 2; },
        +[](wal::metadata& m) { m.last_segment = ~std::uint64_t{0}; }}) {
    auto m = example(1);
    break_it(m);
    CHECK(!wal::decode_metadata(encode(m)));
  }
}

TEST_CASE("the newest whole slot counts, and either one is enough") {
  sim::volume v;
  sim::file_system files{v};
  CHECK(!wal::read_metadata(files).exist);
  REQUIRE(!wal::write_metadata(files, example(1), 0));
  for (std::size_t bad = 0; bad < 2; ++bad) {
    sim::volume hurt = v;
    REQUIRE(hurt.rot(wal::metadata_names[bad], 20, std::byte{1}));
    sim::file_system there{hurt};
    const auto slots = wal::read_metadata(there);
    CHECK((slots.newest == example(1)));
    CHECK(slots.stale == bad);
    REQUIRE(hurt.rot(wal::metadata_names[1 - bad], 20, std::byte{1}));
    CHECK(!wal::read_metadata(there).newest);
    CHECK(wal::read_metadata(there).exist);
  }
}

TEST_CASE("a crash while metadata are written leaves the old ones or the new ones, and both slots usable") {
  random_stream random{8};
  bool saw_old = false, saw_new = false;
  for (std::uint64_t n = 1; n <= 4; ++n)
    for (int round = 0; round < 30; ++round) {
      sim::volume v;
      sim::file_system files{v};
      REQUIRE(!wal::write_metadata(files, example(1), 0));
      v.lose_power_in(n);
      const bool acknowledged = !wal::write_metadata(files, example(2), 0);
      CHECK(!acknowledged);
      v.crash(random);
      sim::file_system again{v};
      const auto slots = wal::read_metadata(again);
      REQUIRE(slots.newest.has_value());
      (slots.newest->generation == 1 ? saw_old : saw_new) = true;
      CHECK((*slots.newest == example(slots.newest->generation)));
      REQUIRE(!wal::write_metadata(again, example(3), slots.stale));
      v.crash(random);
      sim::file_system at_last{v};
      CHECK(wal::read_metadata(at_last).newest->generation == 3);
    }
  CHECK(saw_old);
  CHECK(saw_new);
}
