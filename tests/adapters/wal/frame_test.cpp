#include <foreshift/adapters/wal/frame.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace foreshift;

namespace {

constexpr std::size_t block = 512;
constexpr wal::frame_place place{9, 4, 1024};

wal::frame_buffer filled(std::size_t count, std::size_t size) {
  wal::frame_buffer f;
  for (std::size_t i = 0; i < count; ++i) f.add(bytes_of(std::string(size, static_cast<char>('a' + i % 26))));
  return f;
}

}  // namespace

TEST_CASE("a frame fills whole blocks, and both its seals tell of every record") {
  for (const std::size_t count : {1U, 2U, 20U, 60U})
    for (const std::size_t size : {0U, 1U, 31U, 32U, 33U, 400U}) {
      auto f = filled(count, size);
      const auto expected = f.bytes(block);
      byte_string file(place.start);
      const auto frame = f.seal(place, lsn{70}, 5, block);
      CHECK(frame.size() == expected);
      CHECK(frame.size() % block == 0);
      file.insert(file.end(), frame.begin(), frame.end());
      std::size_t seals = 0;
      for (std::uint64_t end = block; end <= file.size(); end += block) {
        const auto seal = wal::read_seal(file, end, 9);
        if (!seal) continue;
        ++seals;
        CHECK(seal->segment == 4);
        CHECK(seal->start == 1024);
        CHECK(seal->first == lsn{70});
        CHECK(seal->last() == lsn{69 + count});
        CHECK(seal->predecessor == 5);
        CHECK(seal->checksum == f.checksum());
        CHECK(seal->record_bytes == count * size);
        REQUIRE(seal->records.size() == count);
        const auto ends = wal::ends_of_seals(seal->record_bytes, seal->raw.size(), block);
        CHECK((end - 1024 == ends.a || end - 1024 == ends.b));
        CHECK(ends.b == expected);
        for (std::size_t i = 0; i < count; ++i) {
          const auto record = byte_span{file}.subspan(1024 + i * size, size);
          CHECK(seal->records[i].checksum == crc32c(record));
          const auto identity = record.first(std::min<std::size_t>(size, ports::identity_bytes));
          CHECK(std::equal(identity.begin(), identity.end(), seal->records[i].identity.begin(),
                           seal->records[i].identity.end()));
        }
      }
      CHECK(seals == 2);
    }
}

TEST_CASE("a seal with any byte changed is none, and so is one of another store") {
  auto f = filled(3, 40);
  const auto frame = f.seal({9, 4, 0}, lsn{1}, 0, block);
  const byte_string file(frame.begin(), frame.end());
  const auto seal = wal::read_seal(file, file.size(), 9);
  REQUIRE(seal.has_value());
  CHECK(!wal::read_seal(file, file.size(), 8));
  const std::size_t begin = file.size() - seal->raw.size();
  for (std::size_t i = begin; i < file.size(); ++i) {
    auto bad = file;
    bad[i] ^= std::byte{0x20};
    CHECK(!wal::read_seal(bad, bad.size(), 9));
  }
  CHECK(!wal::read_seal(file, file.size() + 1, 9));
  CHECK(!wal::read_seal(file, 10, 9));
}

TEST_CASE("records that were dropped leave no trace") {
  auto f = filled(5, 40);
  f.keep(7);
  CHECK(f.count() == 5);
  f.keep(2);
  auto g = filled(2, 40);
  const auto a = f.seal(place, lsn{1}, 0, block);
  const auto b = g.seal(place, lsn{1}, 0, block);
  CHECK(std::equal(a.begin(), a.end(), b.begin(), b.end()));
}

TEST_CASE("a batch that is no longer than one before stays in the memory of that one") {
  wal::frame_buffer f;
  const std::string record(256, 'r');
  const std::byte* memory = nullptr;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 64 - round; ++i) f.add(bytes_of(record));
    const auto frame = f.seal(place, lsn{1}, 0, block);
    if (round > 0) CHECK(frame.data() == memory);
    memory = frame.data();
    f.clear();
  }
}
