#pragma once
/// @file
/// One batch of records as it lies in a segment.
///
///     | records ... | 0 | seal |   0   | seal |        each | is the border of a block
///                          A              B
///
/// The records stand one behind the other. The seal says which they are: for each its size, its checksum and
/// its identity, and for all the first lsn, the place and the checksum of the seal before. It is kept twice,
/// in two blocks, both behind the records: what a crash leaves of a batch is most often its beginning, and
/// then neither seal stands. A record that is bad while a seal stands has been damaged after it was written
/// (Alagappan et al., 2018, "persist records").

#include <foreshift/core/bytes.hpp>
#include <foreshift/core/checksum.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/ports/storage.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::wal {

/// Where a frame stands.
struct frame_place {
  std::uint64_t store = 0;
  std::uint64_t segment = 0;
  std::uint64_t start = 0;  ///< offset in the segment
  friend bool operator==(const frame_place&, const frame_place&) = default;
};
/// What a seal says of one record.
struct record_note {
  std::uint32_t size = 0;
  std::uint32_t checksum = 0;
  byte_string identity;
};
/// A seal that was found.
struct found_seal {
  std::uint64_t segment = 0;  ///< where it says that its frame is
  std::uint64_t start = 0;
  lsn first;
  std::vector<record_note> records;
  std::size_t record_bytes = 0;
  std::uint32_t predecessor = 0;
  std::uint32_t checksum = 0;
  byte_span raw;  ///< the seal itself
  [[nodiscard]] lsn last() const { return lsn{first.value + records.size() - 1}; }
};

inline constexpr std::size_t seal_tail_bytes = 56;
inline constexpr std::uint32_t seal_magic = 0x6C616573U;  // "seal"

[[nodiscard]] constexpr std::uint64_t round_up(std::uint64_t bytes, std::uint64_t block_bytes) {
  return (bytes + block_bytes - 1) / block_bytes * block_bytes;
}
/// Where the two seals end, counted from the start of the frame.
struct seal_ends {
  std::uint64_t a, b;
};
[[nodiscard]] constexpr seal_ends ends_of_seals(std::uint64_t record_bytes, std::uint64_t seal_bytes,
                                                std::uint64_t block_bytes) {
  const std::uint64_t a = round_up(record_bytes + seal_bytes, block_bytes);
  return {a, a + round_up(seal_bytes, block_bytes)};
}

/// Gathers the records of a batch. Keeps its memory from batch to batch: adding allocates only while batches
/// still grow.
class frame_buffer {
 public:
  void add(byte_span record) {
    FORESHIFT_EXPECT(record.size() <= 0x7FFFFFFFU && frame_.size() + record.size() <= 0x7FFFFFFFU);
    notes_.push_back({static_cast<std::uint32_t>(record.size()), crc32c(record)});
    frame_.insert(frame_.end(), record.begin(), record.end());
  }
  [[nodiscard]] std::size_t count() const { return notes_.size(); }
  /// Drops all but the first `count` records.
  void keep(std::size_t count) {
    for (; notes_.size() > count; notes_.pop_back())
      frame_.erase(frame_.end() - static_cast<std::ptrdiff_t>(notes_.back().size), frame_.end());
  }
  /// The length of the frame, two seals and all. A multiple of the block.
  [[nodiscard]] std::uint64_t bytes(std::size_t block_bytes) const {
    return ends_of_seals(frame_.size(), seal_bytes(), block_bytes).b;
  }
  /// The frame to be written; valid until the next call. `checksum` becomes the predecessor of the next
  /// frame.
  /// @pre count() > 0
  [[nodiscard]] byte_span seal(const frame_place& place, lsn first, std::uint32_t predecessor,
                               std::size_t block_bytes) {
    FORESHIFT_EXPECT(count() > 0);
    const std::size_t record_bytes = frame_.size();
    seal_.clear();
    std::size_t at = 0;
    for (const note& n : notes_) {
      seal_.put(n.size);
      seal_.put(n.checksum);
      seal_.raw(byte_span{frame_}.subspan(at, std::min<std::size_t>(n.size, ports::identity_bytes)));
      at += n.size;
    }
    const std::size_t entries = seal_.size();
    for (const std::uint64_t field : {place.store, place.segment, place.start, first.value}) seal_.put(field);
    for (const std::size_t field : {notes_.size(), record_bytes, entries})
      seal_.put(static_cast<std::uint32_t>(field));
    seal_.put(predecessor);
    checksum_ = crc32c(seal_.view());
    seal_.put(checksum_);
    seal_.put(seal_magic);
    const auto ends = ends_of_seals(record_bytes, seal_.size(), block_bytes);
    for (const std::uint64_t end : {ends.a, ends.b}) {
      frame_.resize(static_cast<std::size_t>(end) - seal_.size());
      frame_.insert(frame_.end(), seal_.view().begin(), seal_.view().end());
    }
    return frame_;
  }
  [[nodiscard]] std::uint32_t checksum() const { return checksum_; }
  void clear() {
    notes_.clear();
    frame_.clear();
  }

 private:
  struct note {
    std::uint32_t size, checksum;
  };
  [[nodiscard]] std::size_t seal_bytes() const {
    std::size_t sum = seal_tail_bytes;
    for (const note& n : notes_) sum += 8 + std::min<std::size_t>(n.size, ports::identity_bytes);
    return sum;
  }
  std::vector<note> notes_;
  byte_string frame_;
  byte_writer seal_;
  std::uint32_t checksum_ = 0;
};

/// A whole seal that ends at `end`, if one does. A write that went astray leaves one in a place that is not
/// its own: see `in_place`.
[[nodiscard]] inline std::optional<found_seal> read_seal(byte_span segment, std::uint64_t end,
                                                         std::uint64_t store) {
  if (end < seal_tail_bytes || end > segment.size()) return std::nullopt;
  byte_reader tail{segment.subspan(static_cast<std::size_t>(end) - seal_tail_bytes, seal_tail_bytes)};
  found_seal out;
  const auto owner = tail.get<std::uint64_t>();
  out.segment = tail.get<std::uint64_t>();
  out.start = tail.get<std::uint64_t>();
  out.first = lsn{tail.get<std::uint64_t>()};
  const std::size_t count = tail.get<std::uint32_t>();
  out.record_bytes = tail.get<std::uint32_t>();
  const std::size_t entries = tail.get<std::uint32_t>();
  out.predecessor = tail.get<std::uint32_t>();
  out.checksum = tail.get<std::uint32_t>();
  const std::size_t size = entries + seal_tail_bytes;
  if (tail.get<std::uint32_t>() != seal_magic || owner != store || size > end) return std::nullopt;
  out.raw = segment.subspan(static_cast<std::size_t>(end) - size, size);
  if (crc32c(out.raw.first(size - 8)) != out.checksum) return std::nullopt;
  byte_reader in{out.raw.first(entries)};
  std::size_t sum = 0;
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    auto& note = out.records.emplace_back();
    note.size = in.get<std::uint32_t>();
    note.checksum = in.get<std::uint32_t>();
    note.identity.resize(std::min<std::size_t>(note.size, ports::identity_bytes));
    for (auto& b : note.identity) b = static_cast<std::byte>(in.get<std::uint8_t>());
    sum += note.size;
  }
  const bool numbered = out.first.value > 0 && count > 0 && out.first.value + count > out.first.value;
  if (!in.finished() || sum != out.record_bytes || !numbered) return std::nullopt;
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::wal
