#include <foreshift/adapters/wal/segment.hpp>

#include <doctest/doctest.h>

using namespace foreshift;

namespace {

constexpr std::size_t block = 512;

/// A segment with frames of one record each, the first with lsn 10.
byte_string segment_of(std::size_t frames) {
  byte_string bytes = encode(wal::segment_head{1, 6, lsn{10}, 42}, block);
  std::uint32_t predecessor = 42;
  for (std::size_t i = 0; i < frames; ++i) {
    wal::frame_buffer f;
    f.add(bytes_of("a record that is longer than its identity is allowed to be"));
    const auto frame = f.seal({1, 6, bytes.size()}, lsn{10 + i}, predecessor, block);
    bytes.insert(bytes.end(), frame.begin(), frame.end());
    predecessor = f.checksum();
  }
  bytes.resize(bytes.size() + 4 * block);
  return bytes;
}

}  // namespace

TEST_CASE("a numbered name tells its number, and no other name does") {
  CHECK(wal::numbered_name("segment", 42) == "segment.000000000000002a");
  for (const std::uint64_t n : {std::uint64_t{0}, std::uint64_t{42}, ~std::uint64_t{0}})
    CHECK(wal::number_in_name("segment", wal::numbered_name("segment", n)) == n);
  for (const auto* name : {"segment", "segment.2a", "segment.000000000000002A", "segment-000000000000002a",
                           "snapshot.000000000000002a", "segment.000000000000002a.part", ""})
    CHECK(!wal::number_in_name("segment", name));
}

TEST_CASE("a head stands in two blocks, and either one is enough") {
  const wal::segment_head head{1, 6, lsn{10}, 42};
  const auto bytes = encode(head, block);
  REQUIRE(bytes.size() == 2 * block);
  for (std::size_t copy = 0; copy < 2; ++copy)
    for (std::size_t i = 0; i < 40; ++i) {
      auto bad = bytes;
      bad[copy * block + i] ^= std::byte{8};
      const auto content = wal::read_segment(bad, 1, 6, block);
      CHECK((content.head == head));
      CHECK(!content.head_whole);
    }
  CHECK(wal::read_segment(bytes, 1, 6, block).head_whole);
  CHECK(!wal::read_segment(bytes, 1, 7, block).head);
  CHECK(!wal::read_segment(bytes, 2, 6, block).head);
  CHECK(!wal::read_segment({}, 1, 6, block).head);
}

TEST_CASE("every frame is found by either seal, whatever became of its neighbours") {
  const auto sound = segment_of(3);
  const auto all = wal::read_segment(sound, 1, 6, block);
  REQUIRE(all.frames.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(all.frames[i].seal.first == lsn{10 + i});
    CHECK(all.frames[i].has_a);
    CHECK(all.frames[i].has_b);
    if (i > 0) CHECK(all.frames[i].seal.start == all.frames[i - 1].end(block));
  }
  CHECK(all.astray == lsn{});
  for (std::size_t lost = 2; lost < sound.size() / block; ++lost) {
    auto bytes = sound;
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(lost * block), block, std::byte{0});
    CHECK(wal::read_segment(bytes, 1, 6, block).frames.size() == 3);  // a block holds one seal at most
  }
  auto bytes = sound;
  std::fill_n(bytes.begin() + 4 * block, 2 * block, std::byte{0});  // the second frame, both seals
  const auto rest = wal::read_segment(bytes, 1, 6, block);
  REQUIRE(rest.frames.size() == 2);
  CHECK(rest.frames[1].seal.first == lsn{12});
}

TEST_CASE("a frame that stands elsewhere than it says is astray") {
  auto bytes = segment_of(2);
  std::copy_n(bytes.begin() + 4 * block, 2 * block, bytes.begin() + 7 * block);
  const auto content = wal::read_segment(bytes, 1, 6, block);
  CHECK(content.frames.size() == 2);
  CHECK(content.astray == lsn{11});
}
