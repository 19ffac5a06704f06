#pragma once
/// @file
/// What the files of a log hold after a start, and how they are put in order.
///
/// Everything is read and judged before anything is written. If something acknowledged is damaged the files
/// stay as they are, for they are evidence. Otherwise torn ends are zeroed, second copies restored, the last
/// batch written and forced again, and files that no metadata name are removed.

#include <foreshift/adapters/wal/metadata.hpp>
#include <foreshift/adapters/wal/options.hpp>
#include <foreshift/adapters/wal/read_file.hpp>
#include <foreshift/adapters/wal/replay.hpp>
#include <foreshift/adapters/wal/segment.hpp>
#include <foreshift/adapters/wal/snapshot.hpp>
#include <foreshift/core/bytes.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/ports/file_system.hpp>
#include <foreshift/ports/storage.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::wal {

/// Where a log goes on.
struct position {
  metadata state;
  std::size_t stale_slot = 0;  ///< of the metadata: the one to be written first
  std::vector<segment_note> segments;
  lsn last;                         ///< durable, or covered by the snapshot
  std::uint32_t predecessor = 0;    ///< checksum of the last frame
  std::uint64_t end = 0;            ///< where the next frame goes in the last segment
  std::uint64_t segment_bytes = 0;  ///< the length of that segment; 0: there is none
};

/// Removes what the metadata do not name and a log has made. What cannot be removed now is removed later.
template <ports::FileSystem Files>
void remove_strays(Files& files, const metadata& m, const std::vector<std::string>& names) {
  for (const auto& name : names) {
    const auto segment = number_in_name("segment", name);
    const auto snapshot = number_in_name("snapshot", name);
    const bool stray = segment    ? *segment < m.first_segment || *segment > m.last_segment
                       : snapshot ? *snapshot != m.snapshot_number
                                  : name == unfinished_snapshot;
    if (stray) static_cast<void>(files.remove(name));
  }
}

template <class Judge, ports::FileSystem Files>
class recovery {
 public:
  recovery(Files& files, const options& o) : files_(&files), options_(&o) {}

  /// After a fault of any kind but `metadata`, `where()` is where a snapshot can mend the log.
  [[nodiscard]] result<ports::recovered_log, ports::storage_fault> run() {
    const auto names = files_->list();
    if (!names) return no_metadata("the directory cannot be read: " + names.error().message());
    auto slots = read_metadata(*files_);
    at_.stale_slot = slots.stale;
    if (!slots.newest) {
      if (slots.unreadable) return no_metadata("cannot be read: " + slots.unreadable.message());
      if (std::any_of(names->begin(), names->end(), is_content))
        return no_metadata("both slots are bad, and there is a log");
      at_.state.store = options_->store;
      at_.state.block_bytes = options_->block_bytes;
      return settle(ports::recovered_log{}, {}, *names);  // nothing was ever acknowledged here
    }
    at_.state = *slots.newest;
    return read_log(*names);
  }
  [[nodiscard]] const position& where() const { return at_; }
  /// The files could not be put in order: nothing more may be tried on them.
  [[nodiscard]] bool write_failed() const { return write_failed_; }

 private:
  using outcome = result<ports::recovered_log, ports::storage_fault>;

  static bool is_content(const std::string& name) {
    return number_in_name("segment", name) || number_in_name("snapshot", name);
  }
  static outcome no_metadata(std::string reason) {
    return failure{ports::storage_fault{lsn{}, "metadata", std::move(reason), ports::damage::metadata}};
  }
  outcome read_log(const std::vector<std::string>& names);
  /// Those that the metadata name and that are there, ascending.
  [[nodiscard]] std::vector<std::uint64_t> segments_in_force(const std::vector<std::string>& names) const {
    std::vector<std::uint64_t> out;
    for (const auto& name : names)
      if (const auto number = number_in_name("segment", name))
        if (*number >= at_.state.first_segment && *number <= at_.state.last_segment) out.push_back(*number);
    std::sort(out.begin(), out.end());
    return out;
  }
  /// Segments behind the last that the metadata know of. One without frames was being made in a crash.
  [[nodiscard]] std::optional<std::uint64_t> unknown_segment(const std::vector<std::string>& names);
  outcome settle(ports::recovered_log log, const std::vector<patch>& patches,
                 const std::vector<std::string>& names);
  [[nodiscard]] std::error_code apply(const std::vector<patch>& patches);
  Files* files_;
  const options* options_;
  position at_;
  bool write_failed_ = false;
};

template <class Judge, ports::FileSystem Files>
auto recovery<Judge, Files>::read_log(const std::vector<std::string>& names) -> outcome {
  auto& state = at_.state;
  const auto block = static_cast<std::size_t>(state.block_bytes);
  replay<Judge> log{state.store, block, state.snapshot_covers};
  auto expected = state.first_segment;
  for (const auto number : segments_in_force(names)) {
    if (number != expected) log.miss(expected, "the segment is not there");
    const auto bytes = read_file(*files_, numbered_name("segment", number));
    if (bytes)
      log.read(number, *bytes, number == state.last_segment);
    else
      log.miss(number, "the segment cannot be read: " + bytes.error().message());
    expected = number + 1;
  }
  if (expected <= state.last_segment) log.miss(expected, "the segment is not there");
  if (const auto unknown = unknown_segment(names)) {
    log.miss(*unknown, "the metadata do not know this segment: their last change is lost");
    state.last_segment = *unknown;  // so that what mends the log begins behind it
  }
  at_.last = log.last();
  at_.predecessor = log.predecessor();
  at_.end = log.end();
  at_.segment_bytes = log.last_segment_bytes();
  at_.segments = log.segments();
  auto found = log.finish();
  auto blob = read_snapshot(*files_, state);
  if (blob && found) {
    found->snapshot = std::move(*blob);
    found->snapshot_covers = state.snapshot_covers;
    if (!at_.segments.empty()) state.last_segment = at_.segments.back().number;
    return settle(std::move(*found), log.patches(), names);
  }
  auto fault = found ? ports::storage_fault{} : found.error();
  if (found) fault.readable = std::move(*found), fault.last = at_.last;
  if (blob) {
    fault.readable.snapshot = std::move(*blob);
  } else {
    fault.at = state.snapshot_covers;
    fault.where = numbered_name("snapshot", state.snapshot_number);
    fault.reason = blob.error();
    fault.what = ports::damage::snapshot;
  }
  fault.readable.snapshot_covers = state.snapshot_covers;
  at_.last = fault.last;
  return failure{std::move(fault)};
}

template <class Judge, ports::FileSystem Files>
std::optional<std::uint64_t> recovery<Judge, Files>::unknown_segment(const std::vector<std::string>& names) {
  std::optional<std::uint64_t> out;
  for (const auto& name : names) {
    const auto number = number_in_name("segment", name);
    if (!number || *number <= at_.state.last_segment) continue;
    const auto bytes = read_file(*files_, name);
    const auto block = static_cast<std::size_t>(at_.state.block_bytes);
    if (!bytes || !read_segment(*bytes, at_.state.store, *number, block).frames.empty())
      out = std::max(out.value_or(0), *number);
  }
  return out;
}

template <class Judge, ports::FileSystem Files>
auto recovery<Judge, Files>::settle(ports::recovered_log log, const std::vector<patch>& patches,
                                    const std::vector<std::string>& names) -> outcome {
  auto error = apply(patches);
  if (!error) {
    ++at_.state.generation;
    error = write_metadata(*files_, at_.state, at_.stale_slot);
  }
  // The names of the files may have been made by a process that died before it forced them.
  if (!error) error = files_->sync_directory();
  if (error) {
    write_failed_ = true;
    return failure{ports::storage_fault{next(at_.last), "recovery", "cannot be written: " + error.message()}};
  }
  remove_strays(*files_, at_.state, names);
  return log;
}

template <class Judge, ports::FileSystem Files>
std::error_code recovery<Judge, Files>::apply(const std::vector<patch>& patches) {
  for (std::size_t i = 0; i < patches.size();) {
    const auto number = patches[i].segment;
    auto file = files_->open(numbered_name("segment", number));
    if (!file) return file.error();
    for (; i < patches.size() && patches[i].segment == number; ++i)
      if (const auto error = file->write(patches[i].offset, patches[i].bytes)) return error;
    if (const auto error = file->sync()) return error;
  }
  return {};
}

}  // namespace foreshift::inline FORESHIFT_ABI::wal
