#pragma once
/// @file
/// A disk whose log is made of files, and any log on it: a real write-ahead log under simulated faults.
///
/// `filed_disk` is the medium, `filed_storage` the open log. The disk keeps a book beside the log, of what
/// the log has acknowledged; a log that starts again and holds less, or something else, without saying so is
/// found out.

#include <foreshift/core/bytes.hpp>
#include <foreshift/core/checksum.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/ports/storage.hpp>
#include <foreshift/sim/file_system.hpp>
#include <foreshift/sim/storage.hpp>
#include <foreshift/sim/volume.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// A directory on a simulated volume, with the faults of `disk`. Stays where it is: open logs refer to it.
class filed_disk {
 public:
  filed_disk() = default;
  filed_disk(const filed_disk&) = delete;
  filed_disk& operator=(const filed_disk&) = delete;

  /// At the `operations`-th write, sync or change of a name from now: many for each record. @pre not 0
  void lose_power_in(std::uint64_t operations) { files_.lose_power_in(operations); }
  [[nodiscard]] bool powered() const { return files_.powered(); }
  void crash(random_stream& random) {
    forgetful_ = forgetful_ || astray_unfollowed();
    files_.crash(random);
  }
  void fail_next_sync() { files_.fail_next_sync(); }
  /// No file can be made or grow, or there is room again.
  void full(bool is) { files_.set_capacity(is ? 0 : std::numeric_limits<std::uint64_t>::max()); }
  /// The next write lands one or more sectors behind its place.
  void misdirect_next() {
    files_.misdirect_next_write(volume::sector_bytes * (1 + files_.operations() % misdirections));
  }
  /// Flips a bit of some file, not of the zeros behind its content; false if there is nothing.
  bool rot(random_stream& random);
  void wipe() {
    files_.wipe();
    book_ = {};
    forgetful_ = true;
  }

  /// The log did not hold what it had acknowledged when it was opened last, whether it said so or not.
  [[nodiscard]] bool damaged() const { return damaged_; }
  /// Blank, or lacks what its log acknowledged last: a write that went astray with nothing behind it cannot
  /// be told from one that was never made.
  [[nodiscard]] bool forgetful() const { return forgetful_; }
  /// Counted in records, as the log was told of them.
  [[nodiscard]] const disk_counts& counts() const { return counts_; }
  [[nodiscard]] std::size_t unsynced() const { return book_.checksums.size() - book_.acknowledged; }
  [[nodiscard]] volume& files() { return files_; }

 private:
  template <class Log, auto... Options>
  friend class filed_storage;
  static constexpr std::uint64_t misdirections = 7;

  struct snapshot_note {
    lsn covers;
    std::uint32_t checksum = 0;
    friend bool operator==(const snapshot_note&, const snapshot_note&) = default;
  };
  /// What the log was given, the first `acknowledged` of the records for sure.
  struct book {
    snapshot_note snapshot;
    std::optional<snapshot_note> coming;   ///< a snapshot that was begun, and perhaps is there
    std::vector<std::uint32_t> checksums;  ///< of the records behind the snapshot
    std::size_t acknowledged = 0;
    std::uint64_t astray = 0;  ///< misdirected writes when the last record was acknowledged
  };

  [[nodiscard]] bool astray_unfollowed() const { return files_.counts().misdirected > book_.astray; }
  [[nodiscard]] bool holds_all(const ports::recovered_log& log) const;
  void take_over(const ports::recovered_log& log);
  void forget_to(lsn covers) {
    const auto gone =
        std::min<std::uint64_t>(covers.value - book_.snapshot.covers.value, book_.checksums.size());
    book_.checksums.erase(book_.checksums.begin(),
                          book_.checksums.begin() + static_cast<std::ptrdiff_t>(gone));
    book_.acknowledged -= std::min<std::size_t>(book_.acknowledged, gone);
  }

  volume files_;
  book book_;
  bool damaged_ = false, forgetful_ = false;
  disk_counts counts_;
};

inline bool filed_disk::rot(random_stream& random) {
  const auto names = files_.names();
  if (names.empty()) return false;
  const auto& name = names[random.below(names.size())];
  auto bytes = files_.content(name);
  while (!bytes.empty() && bytes.back() == std::byte{0}) bytes.pop_back();
  if (bytes.empty()) return false;
  const auto at = random.below(bytes.size());
  return files_.rot(name, at, std::byte{1} << static_cast<int>(random.below(8)));
}

/// Whether nothing that was acknowledged is missing or different. Another snapshot than the one in force is
/// right if it was being written.
inline bool filed_disk::holds_all(const ports::recovered_log& log) const {
  const snapshot_note found{log.snapshot_covers, crc32c(log.snapshot)};
  if (found != book_.snapshot && found != book_.coming) return false;
  for (std::size_t i = 0; i < book_.acknowledged; ++i) {
    const std::uint64_t at = book_.snapshot.covers.value + 1 + i;
    if (at <= found.covers.value) continue;
    const std::uint64_t place = at - found.covers.value - 1;
    if (place >= log.records.size() || crc32c(log.records[place].bytes) != book_.checksums[i]) return false;
  }
  return true;
}

/// What recovery has shown once must not vanish later.
inline void filed_disk::take_over(const ports::recovered_log& log) {
  book_.snapshot = {log.snapshot_covers, crc32c(log.snapshot)};
  book_.coming.reset();
  book_.checksums.clear();
  for (const auto& r : log.records) book_.checksums.push_back(crc32c(r.bytes));
  book_.acknowledged = book_.checksums.size();
  book_.astray = files_.counts().misdirected;
}

/// A LogStorage: `Log` on the files of a disk, its every word noted.
/// @tparam Log a LogStorage made from a `sim::file_system` and the options
template <class Log, auto... Options>
class filed_storage {
 public:
  using medium_type = filed_disk;

  /// @pre the disk outlives it; one storage at a time is open on it
  explicit filed_storage(filed_disk& d) : disk_(&d), log_(file_system{d.files_}, Options...) {}

  std::error_code append(lsn at, byte_span record) {
    const auto error = log_.append(at, record);
    if (error) return refused(error);
    disk_->book_.checksums.push_back(crc32c(record));
    ++disk_->counts_.appends;
    return {};
  }
  std::error_code sync() {
    const auto astray = disk_->files_.counts().misdirected;
    const auto error = log_.sync();
    if (error) return refused(error);
    auto& book = disk_->book_;
    // A record that itself went astray has nothing behind it yet.
    if (book.acknowledged < book.checksums.size()) book.astray = astray;
    book.acknowledged = book.checksums.size();
    ++disk_->counts_.syncs;
    return {};
  }
  [[nodiscard]] result<ports::recovered_log, ports::storage_fault> recover() {
    auto found = log_.recover();
    disk_->damaged_ = !found || !disk_->holds_all(*found);
    if (!found) return found;
    const auto had = disk_->book_.checksums.size(), has = found->records.size();
    if (found->snapshot_covers == disk_->book_.snapshot.covers && has < had)
      disk_->counts_.records_lost += had - has;
    if (found->torn_bytes > 0) ++disk_->counts_.records_torn;
    disk_->take_over(*found);
    return found;
  }
  std::error_code snapshot(lsn covers, byte_span bytes) {
    auto& book = disk_->book_;
    book.coming = {covers, crc32c(bytes)};
    if (const auto error = log_.snapshot(covers, bytes)) return refused(error);
    if (std::exchange(disk_->damaged_, false)) book.checksums.clear(), book.acknowledged = 0;
    disk_->forget_to(covers);
    book.snapshot = *std::exchange(book.coming, std::nullopt);
    return {};
  }
  std::error_code truncate(lsn after) {
    auto& book = disk_->book_;
    const auto kept = after.value - std::min(after.value, book.snapshot.covers.value);
    book.checksums.resize(std::min<std::size_t>(book.checksums.size(), kept));
    book.acknowledged = std::min(book.acknowledged, book.checksums.size());
    const auto error = log_.truncate(after);
    return error ? refused(error) : error;
  }

 private:
  std::error_code refused(std::error_code why) {
    if (disk_->powered()) ++disk_->counts_.refused;
    return why;
  }

  filed_disk* disk_;
  Log log_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::sim
