#include <foreshift/adapters/wal/replay.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace foreshift;

namespace {

constexpr std::size_t block = 512;

std::string text(std::uint64_t at) {
  return "the record with number " + std::to_string(at) + std::string(30, '-');
}

/// Segments as a log would write them; frames of two records, two blocks each.
struct writer {
  std::vector<byte_string> segments;
  std::uint32_t predecessor = 0;
  std::uint64_t next = 1;

  writer& segment(std::uint64_t first) {
    segments.push_back(encode(wal::segment_head{5, segments.size() + 1, lsn{first}, predecessor}, block));
    next = first;
    return *this;
  }
  writer& frame() {
    wal::frame_buffer f;
    f.add(bytes_of(text(next)));
    f.add(bytes_of(text(next + 1)));
    auto& s = segments.back();
    const auto bytes = f.seal({5, segments.size(), s.size()}, lsn{next}, predecessor, block);
    s.insert(s.end(), bytes.begin(), bytes.end());
    predecessor = f.checksum();
    next += 2;
    return *this;
  }
  writer& room() {
    segments.back().resize(segments.back().size() + 3 * block);
    return *this;
  }
};

/// Zeroes both blocks of the n-th frame of a segment, or one.
void erase_frame(byte_string& segment, std::size_t n, std::size_t first = 0, std::size_t count = 2) {
  std::fill_n(segment.begin() + static_cast<std::ptrdiff_t>((2 + 2 * n + first) * block), count * block,
              std::byte{0});
}
template <class Judge = wal::torn_or_corrupt>
wal::replay<Judge> read(const writer& w, lsn covers = {}) {
  wal::replay<Judge> out{5, block, covers};
  for (std::size_t i = 0; i < w.segments.size(); ++i)
    out.read(i + 1, w.segments[i], i + 1 == w.segments.size());
  return out;
}
void check_records(const ports::recovered_log& log, std::vector<std::uint64_t> expected) {
  REQUIRE(log.records.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(log.records[i].at == lsn{expected[i]});
    const std::string wanted = text(expected[i]);
    CHECK((log.records[i].bytes == byte_string(bytes_of(wanted).begin(), bytes_of(wanted).end())));
  }
}
struct ignores_successors {
  static constexpr bool torn(wal::evidence e) { return !e.identity; }
};

}  // namespace

TEST_CASE("whole segments give their records and where to go on") {
  writer w;
  w.segment(1).frame().frame().segment(5).frame().room();
  auto log = read(w);
  CHECK(log.last() == lsn{6});
  CHECK(log.predecessor() == w.predecessor);
  CHECK(log.end() == 4 * block);
  CHECK(log.last_segment_bytes() == 7 * block);
  CHECK((log.segments() == std::vector<wal::segment_note>{{1, lsn{1}}, {2, lsn{5}}}));
  REQUIRE(log.patches().size() == 1);  // the last frame is written again
  CHECK(log.patches()[0].offset == 2 * block);
  CHECK(std::equal(log.patches()[0].bytes.begin(), log.patches()[0].bytes.end(),
                   w.segments[1].begin() + 2 * block));
  const auto found = log.finish();
  REQUIRE(found.has_value());
  CHECK(found->torn_bytes == 0);
  check_records(*found, {1, 2, 3, 4, 5, 6});
}

TEST_CASE("a last frame of which no identity stands is torn, and its remains are zeroed") {
  writer w;
  w.segment(1).frame().frame().room();
  auto& bytes = w.segments[0];
  erase_frame(bytes, 1, 1, 1);
  bytes[5 * block - 1] ^= std::byte{1};  // the other seal
  auto log = read(w);
  CHECK(log.last() == lsn{2});
  REQUIRE(log.patches().size() == 2);
  CHECK(log.patches()[1].offset == 4 * block);
  const auto found = log.finish();
  REQUIRE(found.has_value());
  CHECK(found->torn_bytes == block);
  check_records(*found, {1, 2});
}

TEST_CASE("a last frame of which an identity stands is whole or corrupt, never torn") {
  for (const bool record_too : {false, true})
    for (const std::size_t seal : {0U, 1U}) {
      writer w;
      w.segment(1).frame().frame().room();
      auto& bytes = w.segments[0];
      bytes[(5 + seal) * block - 1] ^= std::byte{1};
      if (record_too) bytes[4 * block + 40] ^= std::byte{1};
      const auto found = read(w).finish();
      CHECK(found.has_value() == !record_too);
      if (found) {
        check_records(*found, {1, 2, 3, 4});
        continue;
      }
      CHECK(found.error().at == lsn{3});
      CHECK(found.error().last == lsn{4});
      REQUIRE(found.error().lost.size() == 1);
      CHECK(found.error().lost[0].identity.size() == ports::identity_bytes);
      check_records(found.error().readable, {1, 2, 4});
    }
}

TEST_CASE("a frame that is gone without a trace is corrupt if anything stands behind it") {
  for (const bool in_another_segment : {false, true}) {
    writer w;
    w.segment(1).frame().frame();
    if (in_another_segment) w.segment(5);
    w.frame().room();
    erase_frame(w.segments[0], 1);
    auto log = read(w);
    const auto found = log.finish();
    REQUIRE(!found.has_value());
    CHECK(found.error().at == lsn{3});
    CHECK(found.error().last == lsn{6});
    REQUIRE(found.error().lost.size() == 1);
    CHECK(found.error().lost[0].identity.empty());
    check_records(found.error().readable, {1, 2, 5, 6});
  }
  writer w;
  w.segment(1).frame().frame().frame().room();
  erase_frame(w.segments[0], 1);
  CHECK(read<ignores_successors>(w).finish().has_value());  // which forgets what was acknowledged
}

TEST_CASE("a frame in a place that is not its own is missing where it belongs") {
  writer w;
  w.segment(1).frame().frame().room();
  auto& bytes = w.segments[0];
  std::copy_n(bytes.begin() + 4 * block, 2 * block, bytes.begin() + 7 * block);
  erase_frame(bytes, 1);
  const auto found = read(w).finish();
  REQUIRE(!found.has_value());
  CHECK(found.error().at == lsn{3});
  CHECK(found.error().last == lsn{4});
}

TEST_CASE("a segment that begins again with an earlier record makes the later ones void, damaged or not") {
  writer w;
  w.segment(1).frame().frame().segment(2).frame().room();
  auto found = read(w).finish();
  REQUIRE(found.has_value());
  check_records(*found, {1, 2, 3});
  w.segments[0][4 * block + 1] ^= std::byte{1};
  found = read(w).finish();
  REQUIRE(found.has_value());
  check_records(*found, {1, 2, 3});
}

TEST_CASE("damage to what the snapshot covers is none") {
  writer w;
  w.segment(1).frame().frame().frame().room();
  w.segments[0][2 * block + 1] ^= std::byte{1};
  CHECK(!read(w).finish().has_value());
  const auto found = read(w, lsn{2}).finish();
  REQUIRE(found.has_value());
  check_records(*found, {3, 4, 5, 6});
  erase_frame(w.segments[0], 0);
  CHECK(read(w, lsn{2}).finish().has_value());
  CHECK(read(w, lsn{1}).finish().error().at == lsn{2});
  CHECK(read(w, lsn{9}).finish()->records.empty());
  CHECK(read(w, lsn{9}).last() == lsn{9});
}

TEST_CASE("a missing segment, or one without a head, is a fault whatever stands around it") {
  writer w;
  w.segment(1).frame().segment(3).frame().segment(5).frame().room();
  for (std::uint64_t gone = 1; gone <= 3; ++gone) {
    wal::replay<> log{5, block, lsn{}};
    for (std::uint64_t i = 1; i <= 3; ++i)
      if (i == gone)
        log.miss(i, "no such file");
      else
        log.read(i, w.segments[i - 1], i == 3);
    const auto found = log.finish();
    REQUIRE(!found.has_value());
    CHECK(found.error().at == lsn{2 * gone - 1});
    CHECK(found.error().readable.records.size() == 4);
    CHECK(found.error().lost.size() >= 1);
  }
  for (std::size_t i = 0; i < 3; ++i) {
    writer hurt = w;
    hurt.segments[i][0] ^= std::byte{1};
    CHECK(read(hurt).finish().has_value());
    hurt.segments[i][block] ^= std::byte{1};
    CHECK(!read(hurt).finish().has_value());
  }
}

TEST_CASE("a segment or a frame of another history does not follow") {
  writer w;
  w.segment(1).frame().frame();
  w.predecessor ^= 1;
  w.frame().room();
  CHECK(!read(w).finish().has_value());
  writer v;
  v.segment(1).frame();
  v.predecessor ^= 1;
  v.segment(3).frame().room();
  CHECK(!read(v).finish().has_value());
}

TEST_CASE("a short record is taken from its identity") {
  wal::frame_buffer f;
  f.add(bytes_of("a promise"));
  byte_string bytes = encode(wal::segment_head{5, 1, lsn{1}, 0}, block);
  const auto frame = f.seal({5, 1, bytes.size()}, lsn{1}, 0, block);
  bytes.insert(bytes.end(), frame.begin(), frame.end());
  const byte_string sound = bytes;
  bytes[2 * block] ^= std::byte{1};
  wal::replay<> log{5, block, lsn{}};
  log.read(1, bytes, true);
  REQUIRE(log.patches().size() == 1);
  CHECK(std::equal(log.patches()[0].bytes.begin(), log.patches()[0].bytes.end(), sound.begin() + 2 * block));
  const auto found = log.finish();
  REQUIRE(found.has_value());
  CHECK((found->records[0].bytes == byte_string(bytes_of("a promise").begin(), bytes_of("a promise").end())));
}

TEST_CASE(
    "two seals of one frame that do not agree are a fault, even where a later segment makes some of it "
    "void") {
  writer w;
  w.segment(1).frame().frame();
  wal::frame_buffer other;
  other.add(bytes_of(text(3)));
  other.add(bytes_of(text(4)));
  const auto bytes = other.seal({5, 1, 4 * block}, lsn{3}, 77, block);
  std::copy(bytes.begin() + block, bytes.end(), w.segments[0].begin() + 5 * block);
  w.segment(4).frame().room();
  auto log = read(w);
  for (const auto& p : log.patches()) CHECK((p.bytes != byte_string(bytes.begin(), bytes.end())));
  CHECK(!log.finish().has_value());
}
