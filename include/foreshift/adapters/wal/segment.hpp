#pragma once
/// @file
/// A file of the log: a head, then frames, then zeros.
///
/// The head stands in two blocks. It says with which lsn the segment goes on: after a truncation that is one
/// that earlier segments have already, and theirs are then void. So a truncation is a new segment, and takes
/// effect as a whole.

#include <foreshift/adapters/wal/frame.hpp>
#include <foreshift/core/bytes.hpp>
#include <foreshift/core/checksum.hpp>
#include <foreshift/core/id.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::wal {

struct segment_head {
  std::uint64_t store = 0;
  std::uint64_t number = 0;
  lsn first;                      ///< of the record that comes first in it
  std::uint32_t predecessor = 0;  ///< checksum of the last frame before it; 0 if there was none
  friend bool operator==(const segment_head&, const segment_head&) = default;
};

inline constexpr std::uint64_t segment_magic = 0x746E656D6765732DU;  // "-segment"
inline constexpr std::size_t segment_head_blocks = 2;
inline constexpr std::uint64_t sector = 512;  ///< writes go astray by multiples of it

/// "segment.000000000000002a", "snapshot.…": the order of the names is that of the numbers.
[[nodiscard]] inline std::string numbered_name(std::string_view kind, std::uint64_t number) {
  char digits[17] = {};
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(number));
  return std::string{kind} + "." + digits;
}
/// The number in such a name; nothing if it is another one.
[[nodiscard]] inline std::optional<std::uint64_t> number_in_name(std::string_view kind,
                                                                 std::string_view name) {
  if (name.size() != kind.size() + 17 || !name.starts_with(kind) || name[kind.size()] != '.')
    return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : name.substr(kind.size() + 1)) {
    const auto digit = std::string_view{"0123456789abcdef"}.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    number = number << 4 | digit;
  }
  return number;
}

/// Both copies of the head, two blocks.
[[nodiscard]] inline byte_string encode(const segment_head& h, std::size_t block_bytes) {
  byte_writer out;
  for (const std::uint64_t field : {segment_magic, h.store, h.number, h.first.value}) out.put(field);
  out.put(h.predecessor);
  out.put(crc32c(out.view()));
  byte_string bytes(segment_head_blocks * block_bytes);
  for (std::size_t copy = 0; copy < segment_head_blocks; ++copy)
    std::copy(out.view().begin(), out.view().end(),
              bytes.begin() + static_cast<std::ptrdiff_t>(copy * block_bytes));
  return bytes;
}
/// One copy of it.
[[nodiscard]] inline std::optional<segment_head> decode_segment_head(byte_span block) {
  byte_reader in{block};
  const auto magic = in.get<std::uint64_t>();
  segment_head h;
  h.store = in.get<std::uint64_t>();
  h.number = in.get<std::uint64_t>();
  h.first = lsn{in.get<std::uint64_t>()};
  h.predecessor = in.get<std::uint32_t>();
  const std::size_t covered = block.size() - in.left();
  const auto checksum = in.get<std::uint32_t>();
  if (!in.ok() || magic != segment_magic || checksum != crc32c(block.first(covered))) return std::nullopt;
  return h;
}

/// A frame that at least one seal tells of.
struct found_frame {
  found_seal seal;
  bool has_a = false, has_b = false;
  [[nodiscard]] std::uint64_t end(std::size_t block_bytes) const {
    return seal.start + ends_of_seals(seal.record_bytes, seal.raw.size(), block_bytes).b;
  }
};
/// What stands in a segment, judged by nothing but itself.
struct segment_content {
  std::optional<segment_head> head;
  bool head_whole = false;          ///< both copies
  std::vector<found_frame> frames;  ///< in the order of their places
  lsn astray;                       ///< the last record of a frame that stands where it does not belong
};

/// Finds every whole seal, wherever it is: a frame whose neighbours are gone is found as well. O(bytes).
[[nodiscard]] inline segment_content read_segment(byte_span bytes, std::uint64_t store, std::uint64_t number,
                                                  std::size_t block_bytes) {
  segment_content out;
  std::size_t copies = 0;
  for (std::size_t copy = 0; copy < segment_head_blocks; ++copy) {
    if (bytes.size() < (copy + 1) * block_bytes) break;
    const auto head = decode_segment_head(bytes.subspan(copy * block_bytes, block_bytes));
    if (!head || head->store != store || head->number != number) continue;
    ++copies;
    if (!out.head) out.head = head;
  }
  out.head_whole = copies == segment_head_blocks;
  const std::uint64_t begin = segment_head_blocks * block_bytes;
  for (std::uint64_t end = sector; end <= bytes.size(); end += sector) {
    auto seal = read_seal(bytes, end, store);
    if (!seal) continue;
    const auto ends = ends_of_seals(seal->record_bytes, seal->raw.size(), block_bytes);
    const bool is_a = end == seal->start + ends.a;
    const bool in_place = seal->segment == number && seal->start % block_bytes == 0 && seal->start >= begin &&
                          seal->start < end && (is_a || end == seal->start + ends.b);
    if (!in_place) {
      out.astray = std::max(out.astray, seal->last());
      continue;
    }
    auto* frame = out.frames.empty() ? nullptr : &out.frames.back();
    if (frame == nullptr || frame->seal.start != seal->start || frame->seal.checksum != seal->checksum) {
      frame = &out.frames.emplace_back();
      frame->seal = std::move(*seal);
    }
    (is_a ? frame->has_a : frame->has_b) = true;
  }
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::wal
