// Whatever became of the files of a log: recovery ends, tells what it gives as whole only if it stays that
// way, and leaves a log that works or one that a snapshot mends. Damage to a single block is told or does no
// harm.
//
// The input is a list of edits to the files of a sound log, ten bytes each. Some forge a field and its
// checksum with it, so that what is behind the checksums is reached.

#include <foreshift/adapters/wal/write_ahead_log.hpp>
#include <foreshift/sim/file_system.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

using namespace foreshift;

namespace {

constexpr wal::options layout{.store = 3, .block_bytes = 512, .segment_bytes = 12 * 512};
using log_type = wal::write_ahead_log<sim::file_system>;

void require(bool claim, int line = __builtin_LINE()) {
  if (!claim) std::fprintf(stderr, "line %d\n", line);
  if (!claim) std::abort();
}
std::string text(std::uint64_t at) {
  return "record " + std::to_string(at) + std::string(20 + at * 13 % 90, '.');
}

/// Three segments, a snapshot of 2, records to 14, one truncation.
sim::volume sound_log() {
  sim::volume v;
  log_type log{sim::file_system{v}, layout};
  require(log.recover().has_value());
  std::uint64_t at = 0;
  const auto batch = [&](int count) {
    for (; count > 0; --count) ++at, require(!log.append(lsn{at}, bytes_of(text(at))));
    require(!log.sync());
  };
  batch(1), batch(3), batch(2), batch(4);
  require(!log.snapshot(lsn{2}, bytes_of("state of two")));
  require(!log.truncate(lsn{9}));
  at = 9;
  batch(2), batch(1), batch(2);
  require(at == 14);
  return v;
}

/// The files as bytes, to be edited.
class image {
 public:
  explicit image(const sim::volume& v) {
    for (const auto& name : v.names()) files_.emplace_back(name, v.content(name));
  }
  void edit(byte_reader& in) {
    const auto kind = in.get<std::uint8_t>() % 7;
    auto& [name, bytes] = files_[in.get<std::uint8_t>() % files_.size()];
    const std::size_t place = in.get<std::uint16_t>();
    const auto value = in.get<std::uint32_t>();
    const std::size_t other = in.get<std::uint16_t>();
    if (bytes.empty()) return;
    const std::size_t block = place % ((bytes.size() + 511) / 512) * 512;
    const auto touch = [&](std::size_t at) { touched_.insert({name, at / 512}); };
    switch (kind) {
      case 0:
        bytes[place % bytes.size()] ^= static_cast<std::byte>(value | 1U);
        return touch(place % bytes.size());
      case 1:
        std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(block),
                    std::min<std::size_t>(512, bytes.size() - block), static_cast<std::byte>(value));
        return touch(block);
      case 2: {
        const std::size_t from = other % ((bytes.size() + 511) / 512) * 512;
        const std::size_t count = std::min<std::size_t>(512, bytes.size() - std::max(block, from));
        const byte_string copied(bytes.begin() + static_cast<std::ptrdiff_t>(from),
                                 bytes.begin() + static_cast<std::ptrdiff_t>(from + count));
        std::copy(copied.begin(), copied.end(), bytes.begin() + static_cast<std::ptrdiff_t>(block));
        return touch(block);
      }
      case 3:
        bytes.resize(place % (bytes.size() + 1));
        return forge();
      case 4:
        forge_field(bytes, block + std::min<std::size_t>(512, bytes.size() - block), other % 8, value);
        return forge();
      case 5:
        forge_head(bytes, name.starts_with("metadata") ? 80 : 36, 8 + other % 9 * 8, value);
        return forge();
      default:
        bytes.clear();
        return forge();
    }
  }
  [[nodiscard]] sim::volume volume() const {
    sim::volume v;
    sim::file_system files{v};
    for (const auto& [name, bytes] : files_) {
      auto f = files.create(name, 0);
      require(f.has_value() && !f->write(0, bytes) && !f->sync());
    }
    require(!files.sync_directory());
    return v;
  }
  /// At most one block has changed, and no checksum was forged.
  [[nodiscard]] bool one_block() const { return !forged_ && touched_.size() <= 1; }

 private:
  void forge() { forged_ = true; }
  static void put(byte_string& bytes, std::size_t at, std::size_t size, std::uint64_t value) {
    for (std::size_t i = 0; i < size; ++i) bytes[at + i] = static_cast<std::byte>(value >> (8 * i));
  }
  /// A field of the seal that ends at `end`, and the seal's checksum.
  static void forge_field(byte_string& bytes, std::size_t end, std::size_t field, std::uint32_t value) {
    if (end < wal::seal_tail_bytes) return;
    const std::size_t tail = end - wal::seal_tail_bytes;
    const bool wide = field < 4;
    put(bytes, tail + (wide ? 8 * field : 32 + 4 * (field - 4)), wide ? 8 : 4,
        value % 3 == 0   ? value
        : value % 3 == 1 ? 0U - std::uint64_t{value}
                         : value % 64);
    byte_reader size{byte_span{bytes}.subspan(tail + 40)};
    const std::size_t entries = size.get<std::uint32_t>();
    if (entries > tail) return;
    put(bytes, end - 8, 4, crc32c(byte_span{bytes}.subspan(tail - entries, entries + 48)));
    put(bytes, end - 4, 4, wal::seal_magic);
  }
  /// A field of what begins the file, and the checksum behind `size` bytes.
  static void forge_head(byte_string& bytes, std::size_t size, std::size_t at, std::uint32_t value) {
    if (bytes.size() < size + 4 || at + 8 > size) return;
    put(bytes, at, 8, value % 3 == 0 ? value : value % 3 == 1 ? 0U - std::uint64_t{value} : value % 64);
    put(bytes, size, 4, crc32c(byte_span{bytes}.first(size)));
  }
  std::vector<std::pair<std::string, byte_string>> files_;
  std::set<std::pair<std::string, std::size_t>> touched_;
  bool forged_ = false;
};

void check_truth(const ports::recovered_log& log) {
  require(log.snapshot_covers == lsn{2} && log.records.size() == 12);
  for (const auto& r : log.records) {
    const std::string expected = text(r.at.value);
    require(std::ranges::equal(r.bytes, bytes_of(expected)));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const sim::volume sound = sound_log();
  image edited{sound};
  byte_reader in{std::as_bytes(std::span{data, std::min<std::size_t>(size, 200)})};
  while (in.left() >= 10) edited.edit(in);
  sim::volume v = edited.volume();

  log_type log{sim::file_system{v}, layout};
  const auto found = log.recover();
  if (found && edited.one_block()) check_truth(*found);
  lsn last = found ? found->snapshot_covers : found.error().last;
  if (found && !found->records.empty()) last = found->records.back().at;
  if (!found) last = std::max(last, found.error().readable.snapshot_covers);
  if (last.value > ~std::uint64_t{0} - 100) return 0;  // forged: the numbers are used up
  if (!found) {
    if (found.error().what == ports::damage::metadata) return 0;
    if (log.snapshot(last, bytes_of("mended"))) return 0;
  }
  require(!log.append(next(last), bytes_of("goes on")) && !log.sync());
  log_type again{sim::file_system{v}, layout};
  const auto later = again.recover();
  require(later.has_value() && later->records.back().at == next(last));
  if (found)
    require(later->records.size() == found->records.size() + 1 &&
            std::equal(found->records.begin(), found->records.end(), later->records.begin()));
  return 0;
}
