#pragma once
/// @file
/// A durable log on files: a model of LogStorage.
///
/// Records are gathered in memory and written as one frame with one write and one fdatasync (`frame.hpp`),
/// into segments made ahead (`segment.hpp`); metadata in two slots say which segments and which snapshot are
/// in force (`metadata.hpp`). After a start `recover` tells torn from corrupt (`judgement.hpp`). Sources:
/// Alagappan et al., Protocol-Aware Recovery (FAST 2018); Rebello et al., Can Applications Recover from fsync
/// Failures? (ATC 2020).

#include <foreshift/adapters/wal/frame.hpp>
#include <foreshift/adapters/wal/judgement.hpp>
#include <foreshift/adapters/wal/metadata.hpp>
#include <foreshift/adapters/wal/options.hpp>
#include <foreshift/adapters/wal/recovery.hpp>
#include <foreshift/adapters/wal/segment.hpp>
#include <foreshift/adapters/wal/snapshot.hpp>
#include <foreshift/core/bytes.hpp>
#include <foreshift/core/checksum.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/ports/archetypes.hpp>
#include <foreshift/ports/file_system.hpp>
#include <foreshift/ports/storage.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <system_error>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::wal {

/// Costs: `append` copies the record and computes its checksum, and allocates only while batches still grow;
/// `sync` is one write and one forced write, and every `segment_bytes` four more for a new segment;
/// `snapshot` is four; `recover` reads everything.
///
/// What cannot be found: a sync that the device reported and did not carry out, as long as nothing was
/// written behind it; damage to the last batch that takes both its identities at once, for it looks torn; a
/// disk replaced by an empty one, which reads as a new log.
///
/// @tparam Judge tells torn from corrupt; only tests put in another one
template <ports::FileSystem Files, class Judge = torn_or_corrupt>
class write_ahead_log {
 public:
  explicit write_ahead_log(Files files, options o = {}) : files_(std::move(files)), options_(o) {
    const auto block = o.block_bytes;
    FORESHIFT_EXPECT(block >= 512 && block <= (1U << 20) && (block & (block - 1)) == 0);
    FORESHIFT_EXPECT(o.segment_bytes >= 8 * block);
  }

  /// @pre it has been recovered, and `at` is one more than the last
  std::error_code append(lsn at, byte_span record) {
    if (!usable()) return broken();
    FORESHIFT_EXPECT(at == next(last_));
    if (batch_.count() == 0) first_ = at;
    batch_.add(record);
    last_ = at;
    return {};
  }
  std::error_code sync() {
    if (!usable()) return broken();
    return batch_.count() == 0 ? std::error_code{} : checked(write_batch());
  }
  [[nodiscard]] result<ports::recovered_log, ports::storage_fault> recover() {
    recovery<Judge, Files> reading{files_, options_};
    file_.reset();
    batch_.clear();
    auto found = reading.run();
    at_ = reading.where();
    last_ = at_.last;
    const bool mendable = !found && !reading.write_failed() && found.error().what != ports::damage::metadata;
    mode_ = found ? mode::open : mendable ? mode::faulty : mode::halted;
    return found;
  }
  /// @pre `covers` is not below what the last snapshot covers, nor below the fault's `last` after a fault
  std::error_code snapshot(lsn covers, byte_span bytes) {
    if (mode_ == mode::halted) return broken();
    FORESHIFT_EXPECT(covers >= at_.state.snapshot_covers && (mode_ == mode::open || covers >= last_));
    return checked(replace(covers, bytes));
  }
  std::error_code truncate(lsn after) {
    if (!usable()) return broken();
    after = std::max(after, at_.state.snapshot_covers);
    if (after >= last_) return {};
    batch_.keep(batch_.count() == 0 || after < first_ ? 0 : after.value - first_.value + 1);
    last_ = after;
    if (after >= at_.last) return {};
    at_.last = after;
    return checked(open_segment(next(after), 0));  // which makes the records behind void
  }

 private:
  enum class mode : std::uint8_t { halted, open, faulty };

  [[nodiscard]] bool usable() const { return mode_ == mode::open; }
  /// A failure is final.
  std::error_code checked(std::error_code error) {
    mode_ = error ? mode::halted : mode::open;
    return error;
  }
  static std::error_code broken() { return std::make_error_code(std::errc::io_error); }
  [[nodiscard]] std::size_t block() const { return static_cast<std::size_t>(at_.state.block_bytes); }

  std::error_code write_batch();
  /// Makes the next segment, with room for a frame of `frame_bytes`, and goes on there with `first`.
  std::error_code open_segment(lsn first, std::uint64_t frame_bytes);
  std::error_code replace(lsn covers, byte_span bytes);
  std::error_code publish() {
    ++at_.state.generation;
    return write_metadata(files_, at_.state, std::exchange(at_.stale_slot, 0));
  }

  Files files_;
  options options_;
  mode mode_ = mode::halted;  // until it has been recovered
  position at_;
  std::optional<typename Files::file> file_;  // the last segment
  frame_buffer batch_;
  lsn first_;  // of the batch
  lsn last_;   // appended
};

template <ports::FileSystem Files, class Judge>
std::error_code write_ahead_log<Files, Judge>::write_batch() {
  const std::uint64_t size = batch_.bytes(block());
  if (at_.segment_bytes < at_.end + size)
    if (const auto error = open_segment(first_, size)) return error;
  if (!file_) {
    auto opened = files_.open(numbered_name("segment", at_.state.last_segment));
    if (!opened) return opened.error();
    file_ = std::move(*opened);
  }
  const frame_place place{at_.state.store, at_.state.last_segment, at_.end};
  if (const auto error = file_->write(at_.end, batch_.seal(place, first_, at_.predecessor, block())))
    return error;
  if (const auto error = file_->sync()) return error;
  at_.predecessor = batch_.checksum();
  at_.end += size;
  at_.last = last_;
  batch_.clear();
  return {};
}

template <ports::FileSystem Files, class Judge>
std::error_code write_ahead_log<Files, Judge>::open_segment(lsn first, std::uint64_t frame_bytes) {
  auto& state = at_.state;
  const segment_head head{state.store, state.last_segment + 1, first, at_.predecessor};
  const auto bytes = encode(head, block());
  const auto size =
      round_up(std::max<std::uint64_t>(options_.segment_bytes, bytes.size() + frame_bytes), block());
  file_.reset();
  auto made = files_.create(numbered_name("segment", head.number), size);
  if (!made) return made.error();
  if (const auto error = made->write(0, bytes)) return error;
  if (const auto error = made->sync()) return error;
  if (const auto error = files_.sync_directory()) return error;
  state.last_segment = head.number;
  if (const auto error = publish()) return error;
  file_ = std::move(*made);
  at_.segments.push_back({head.number, first});
  at_.end = bytes.size();
  at_.segment_bytes = size;
  return {};
}

template <ports::FileSystem Files, class Judge>
std::error_code write_ahead_log<Files, Judge>::replace(lsn covers, byte_span bytes) {
  auto& state = at_.state;
  const auto number = state.snapshot_number + 1;
  if (const auto error = write_snapshot(files_, number, bytes)) return error;
  state.snapshot_number = number;
  state.snapshot_bytes = bytes.size();
  state.snapshot_checksum = crc32c(bytes);
  state.snapshot_covers = covers;
  auto& kept = at_.segments;
  if (covers >= last_) {  // nothing is left of the log; the next batch makes a segment
    file_.reset();
    batch_.clear();
    kept.clear();
    state.first_segment = state.last_segment + 1;
    at_.end = at_.segment_bytes = 0;
    last_ = at_.last = covers;
  } else {
    while (kept.size() > 1 && kept[1].first <= next(covers)) kept.erase(kept.begin());
    if (!kept.empty()) state.first_segment = kept.front().number;
  }
  if (const auto error = publish()) return error;
  if (const auto names = files_.list()) remove_strays(files_, state, *names);
  return {};
}

static_assert(ports::LogStorage<write_ahead_log<ports::archetypes::file_system>>);

}  // namespace foreshift::inline FORESHIFT_ABI::wal
