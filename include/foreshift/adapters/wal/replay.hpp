#pragma once
/// @file
/// Reads segments in their order and tells whole, torn and corrupt apart.
///
/// Bytes in, verdict out: files are the business of `recovery.hpp`. Damage does not stop the reading, for
/// what stands behind it is evidence, and what is whole is of use to a replica that must be repaired.

#include <foreshift/adapters/wal/frame.hpp>
#include <foreshift/adapters/wal/judgement.hpp>
#include <foreshift/adapters/wal/segment.hpp>
#include <foreshift/core/bytes.hpp>
#include <foreshift/core/checksum.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/ports/storage.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::wal {

/// Bytes to be written so that the files say again what was read from them.
struct patch {
  std::uint64_t segment = 0;
  std::uint64_t offset = 0;
  byte_string bytes;
};
struct segment_note {
  std::uint64_t number = 0;
  lsn first;
  friend bool operator==(const segment_note&, const segment_note&) = default;
};

/// @tparam Judge `torn_or_corrupt`, or in tests a worse one
template <class Judge = torn_or_corrupt>
class replay {
 public:
  /// @param covers records up to this one are in the snapshot, and damage to them is none
  replay(std::uint64_t store, std::size_t block_bytes, lsn covers)
      : store_(store), block_(block_bytes), required_(next(covers)), next_(required_) {}

  /// The next segment. `is_last`: no other one follows.
  void read(std::uint64_t number, byte_span bytes, bool is_last);
  /// The next segment is not there, or cannot be read.
  void miss(std::uint64_t number, std::string reason) {
    if (cut_) return;
    lose(number, 0, unknown, std::move(reason));
    started_ = true;
  }

  /// The log, or the fault. Takes the content out of the replay.
  [[nodiscard]] result<ports::recovered_log, ports::storage_fault> finish() {
    if (!cut_ && astray_ >= next_)
      lose(segments_.back().number, end_, next(astray_), "a frame that belongs here stands elsewhere");
    ports::recovered_log log;
    log.records = std::move(records_);
    log.torn_bytes = torn_bytes_;
    if (damages_.empty()) return log;
    auto& first = damages_.front();
    ports::storage_fault fault{first.at, std::move(first.where), std::move(first.reason)};
    fault.readable = std::move(log);
    fault.lost = std::move(lost_);
    fault.last = last();
    for (const auto& l : fault.lost) fault.last = std::max(fault.last, l.at);
    if (!cut_) fault.last = std::max(fault.last, astray_);
    return failure{std::move(fault)};
  }
  /// The last record there is, or what the snapshot covers.
  [[nodiscard]] lsn last() const { return lsn{std::max(next_, required_).value - 1}; }
  /// The checksum that the next frame names as its predecessor's.
  [[nodiscard]] std::uint32_t predecessor() const { return follows_.value_or(0); }
  /// Where the next frame goes in the last segment.
  [[nodiscard]] std::uint64_t end() const { return end_; }
  [[nodiscard]] std::uint64_t last_segment_bytes() const { return bytes_; }
  [[nodiscard]] const std::vector<segment_note>& segments() const { return segments_; }
  [[nodiscard]] const std::vector<patch>& patches() const { return patches_; }

 private:
  static constexpr lsn unknown{std::numeric_limits<std::uint64_t>::max()};
  struct damage {
    lsn at;
    std::string where, reason;
  };
  void blame(std::uint64_t number, std::uint64_t offset, lsn at, std::string reason) {
    if (at >= required_)
      damages_.push_back(
          {at, numbered_name("segment", number) + " at " + std::to_string(offset), std::move(reason)});
  }
  /// The records from the next on and before `end` are gone without a trace.
  void lose(std::uint64_t number, std::uint64_t offset, lsn end, std::string reason) {
    follows_.reset();
    const lsn at = std::max(next_, required_);
    if (at >= end) return;  // the snapshot covers them
    lost_.push_back({at, {}});
    blame(number, offset, at, std::move(reason));
  }
  /// What was read of these records does not count: another segment has begun with `at`.
  void forget_from(lsn at) {
    std::erase_if(records_, [&](const auto& r) { return r.at >= at; });
    std::erase_if(lost_, [&](const auto& r) { return r.at >= at; });
    std::erase_if(damages_, [&](const auto& d) { return d.at >= at; });
  }
  void begin_with(const segment_head& head);
  enum class verdict : std::uint8_t { taken, refused, cut_off };
  verdict take(const found_frame& frame, std::uint64_t number, byte_span bytes, bool has_successor);
  /// Zeros behind the last frame.
  void cut_off(std::uint64_t number, byte_span bytes) {
    const auto from = static_cast<std::size_t>(end_);
    std::size_t size = bytes.size();
    while (size > from && bytes[size - 1] == std::byte{0}) --size;
    if (size <= from) return;
    torn_bytes_ += size - from;
    patches_.push_back({number, from, byte_string(size - from)});
  }
  /// The frame with both seals. Where one was damaged it is mended. And of the last frame nobody knows
  /// whether it was ever forced: the process may have died before, or after a failed sync that left the
  /// system with pages it takes for clean. Only writing it again makes the next sync mean something.
  void rewrite(const found_frame& frame, std::uint64_t number, byte_span bytes) {
    const auto& seal = frame.seal;
    const auto ends = ends_of_seals(seal.record_bytes, seal.raw.size(), block_);
    byte_string whole(static_cast<std::size_t>(ends.b));
    const auto put = [&](std::uint64_t end, byte_span what) {
      std::copy(what.begin(), what.end(), whole.begin() + static_cast<std::ptrdiff_t>(end - what.size()));
    };
    put(seal.record_bytes, bytes.subspan(static_cast<std::size_t>(seal.start), seal.record_bytes));
    std::uint64_t end = 0;
    for (const auto& note : seal.records)
      if (end += note.size; note.identity.size() == note.size) put(end, note.identity);
    put(ends.a, seal.raw);
    put(ends.b, seal.raw);
    patches_.push_back({number, seal.start, std::move(whole)});
  }

  std::uint64_t store_;
  std::size_t block_;
  lsn required_;                          // the first record that is needed
  lsn next_;                              // the one that comes next
  std::optional<std::uint32_t> follows_;  // checksum of the frame before; nothing: not known
  bool started_ = false, cut_ = false;
  bool mended_ = false;  // a record of the frame at hand was taken from a seal
  lsn astray_;           // the last record of any frame that stands where it does not belong
  std::vector<ports::stored_record> records_;
  std::vector<ports::lost_record> lost_;
  std::vector<damage> damages_;
  std::vector<segment_note> segments_;
  std::vector<patch> patches_;
  std::size_t torn_bytes_ = 0;
  std::uint64_t end_ = 0, bytes_ = 0;
};

template <class Judge>
void replay<Judge>::read(std::uint64_t number, byte_span bytes, bool is_last) {
  if (cut_) return;
  const auto content = read_segment(bytes, store_, number, block_);
  if (content.head) {
    begin_with(*content.head);
    // What is seen may be in the system's memory only, so what came last is written again; see `rewrite`.
    if (!content.head_whole || (is_last && content.frames.empty()))
      patches_.push_back({number, 0, encode(*content.head, block_)});
  } else {
    lose(number, 0, unknown, "the head of the segment is damaged, in both places");
    started_ = true;
  }
  segments_.push_back({number, next_});
  end_ = segment_head_blocks * block_;
  bytes_ = bytes.size();
  astray_ = std::max(astray_, content.astray);
  const auto& frames = content.frames;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const bool has_successor = i + 1 < frames.size() || !is_last;
    mended_ = false;
    const auto what = take(frames[i], number, bytes, has_successor);
    cut_ = what == verdict::cut_off;
    if (cut_) break;
    if (what == verdict::refused) continue;
    if (!has_successor || mended_ || !frames[i].has_a || !frames[i].has_b) rewrite(frames[i], number, bytes);
  }
  // Behind the frames of an earlier segment nothing is looked for: the next head says what should be there.
  if (cut_ || (is_last && Judge::torn({}))) cut_off(number, bytes);
}

template <class Judge>
void replay<Judge>::begin_with(const segment_head& head) {
  if (!started_) {
    started_ = true;
    lose(head.number, 0, head.first, "the records before this segment are missing");
  } else if (head.first < next_) {
    forget_from(head.first);
  } else if (head.first > next_) {
    lose(head.number, 0, head.first, "the end of the segment before this one is missing");
  }
  if (follows_ && *follows_ != head.predecessor)
    blame(head.number, 0, std::max(head.first, required_), "the segment does not follow the one before it");
  next_ = head.first;
  follows_ = head.predecessor;
}

template <class Judge>
auto replay<Judge>::take(const found_frame& frame, std::uint64_t number, byte_span bytes, bool has_successor)
    -> verdict {
  const auto& seal = frame.seal;
  if (seal.start < end_ || seal.first < next_) {
    blame(number, seal.start, std::max(seal.first, required_), "a frame stands where none belongs");
    return verdict::refused;
  }
  if (seal.start > end_ && Judge::torn({.identity = false, .successor = true})) return verdict::cut_off;
  if (seal.first > next_) {
    lose(number, end_, seal.first, "a frame is gone, and one behind it stands");
  } else if (seal.start > end_) {
    blame(number, end_, std::max(next_, required_), "bytes that belong to no frame");
  }
  if (follows_ && *follows_ != seal.predecessor)
    blame(number, seal.start, std::max(seal.first, required_), "the frame does not follow the one before it");
  lsn at = seal.first;
  std::size_t offset = static_cast<std::size_t>(seal.start);
  for (const auto& note : seal.records) {
    const auto record = bytes.subspan(offset, note.size);
    const bool whole = crc32c(record) == note.checksum;
    // A record that is no longer than its identity stands in the seals as well.
    const bool copied = note.identity.size() == note.size && crc32c(note.identity) == note.checksum;
    if (!whole && !copied && Judge::torn({.identity = true, .successor = has_successor})) {
      forget_from(seal.first);
      return verdict::cut_off;
    }
    mended_ = mended_ || !whole;
    if (at >= required_ && whole)
      records_.push_back({at, {record.begin(), record.end()}});
    else if (at >= required_ && copied)
      records_.push_back({at, note.identity});
    else if (at >= required_)
      lost_.push_back({at, note.identity}),
          blame(number, offset, at, "the checksum of an acknowledged record is wrong");
    at = next(at);
    offset += note.size;
  }
  next_ = at;
  follows_ = seal.checksum;
  end_ = frame.end(block_);
  return verdict::taken;
}

}  // namespace foreshift::inline FORESHIFT_ABI::wal
