#pragma once
/// @file
/// A disk that survives the crash of its site, and loses what was never synced.
///
/// The disk is the medium; `storage` is the open file on it. A crash closes the file and decides, from the
/// end, what of the unsynced records is lost, torn or happens to have made it. Damage to an acknowledged
/// record is something else, and `recover` says so.

#include <foreshift/core/bytes.hpp>
#include <foreshift/core/checksum.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/ports/storage.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

struct disk_counts {
  std::uint64_t appends = 0, syncs = 0, records_lost = 0, records_torn = 0;
  std::uint64_t refused = 0;  ///< appends and syncs that failed with the power on
};

/// What lies on the medium, and the means to hurt it. Stays where it is: open files refer to it.
class disk {
 public:
  disk() = default;
  disk(const disk&) = delete;
  disk& operator=(const disk&) = delete;

  /// The power goes at the `operations`-th append or sync from now: that one and all after it fail, until
  /// `crash`. So a process can die between its writes and not only between its polls. @pre operations > 0
  void lose_power_in(std::uint64_t operations) {
    FORESHIFT_EXPECT(operations > 0);
    operations_left_ = operations;
  }
  [[nodiscard]] bool powered() const { return powered_; }
  /// The site stops. Of the records never synced a prefix survives, the next may be torn, the rest is gone.
  void crash(random_stream& random) {
    powered_ = true;
    operations_left_ = 0;
    fail_sync_ = misdirect_ = false;
    const std::size_t synced = synced_;
    const std::size_t unsynced = records_.size() - synced;
    if (unsynced == 0) return;
    const std::size_t kept = synced + random.below(unsynced + 1);
    torn_bytes_ = 0;
    if (kept < records_.size() && random.chance(0.5)) {
      torn_bytes_ = 1 + random.below(records_[kept].bytes.size() + 16);  // 16: a record's head
      ++counts_.records_torn;
    }
    counts_.records_lost += records_.size() - kept;
    records_.resize(kept);
    synced_ = kept;  // what recovery has seen once must not vanish later
  }
  /// The next sync reports an error, and so does everything after it until the site has been restarted.
  void fail_next_sync() { fail_sync_ = true; }
  /// Writes are refused from now on, or there is room again.
  void full(bool is) { full_ = is; }
  /// The next record goes to the place of an earlier one, which is overwritten; its own place stays empty.
  void misdirect_next() { misdirect_ = true; }
  /// Flips a bit of an acknowledged record, any of them; false if there is none.
  bool rot(random_stream& random) { return synced_ > 0 && damage(records_[random.below(synced_)].at); }
  /// Something that was acknowledged is damaged. O(bytes).
  [[nodiscard]] bool damaged() const {
    if (crc32c(snapshot_) != snapshot_checksum_) return true;
    lsn expected = snapshot_covers_;
    return std::any_of(records_.begin(), records_.begin() + static_cast<std::ptrdiff_t>(synced_),
                       [&](const kept_record& r) {
                         expected = next(expected);
                         return r.at != expected || crc32c(r.bytes) != r.checksum;
                       });
  }
  /// Flips a bit of an acknowledged record, and of its identity too if told so. Returns false if there is no
  /// such record.
  bool damage(lsn at, bool identity_too = false) {
    const auto hit =
        std::find_if(records_.begin(), records_.end(), [&](const kept_record& r) { return r.at == at; });
    if (hit == records_.end()) return false;
    hit->checksum ^= 1U;
    hit->identity_lost = hit->identity_lost || identity_too;
    return true;
  }
  /// Flips a bit of the snapshot.
  void damage_snapshot() { snapshot_checksum_ ^= 1U; }
  /// A new disk in the old one's place.
  void wipe() {
    records_.clear();
    snapshot_.clear();
    snapshot_covers_ = last_ = {};
    snapshot_checksum_ = 0;
    synced_ = torn_bytes_ = 0;
    wiped_ = true;
  }
  /// Blank: whatever was acknowledged, nothing here tells of it.
  [[nodiscard]] bool forgetful() const { return wiped_; }

  [[nodiscard]] const disk_counts& counts() const { return counts_; }
  [[nodiscard]] std::size_t unsynced() const { return records_.size() - synced_; }

 private:
  friend class storage;
  struct kept_record {
    lsn at;
    std::uint32_t checksum;
    byte_string bytes;
    bool identity_lost = false;
  };

  void write(lsn at, byte_span bytes) {
    kept_record fresh{at, crc32c(bytes), {bytes.begin(), bytes.end()}, false};
    if (misdirect_ && synced_ > 0) {
      misdirect_ = false;
      records_[synced_ / 2] = std::move(fresh);
      fresh = {at, 1, {}, true};  // where it should be there is nothing that could be read
    }
    records_.push_back(std::move(fresh));
    last_ = at;
    ++counts_.appends;
  }
  /// False when the power is gone or goes now.
  bool operate() {
    if (operations_left_ > 0 && --operations_left_ == 0) powered_ = false;
    return powered_;
  }

  std::vector<kept_record> records_;  // the first synced_ of them are durable
  std::size_t synced_ = 0;
  std::size_t torn_bytes_ = 0;
  byte_string snapshot_;
  std::uint32_t snapshot_checksum_ = 0;
  lsn snapshot_covers_;
  lsn last_;  // of the last record written, or what the snapshot covers
  bool fail_sync_ = false;
  bool misdirect_ = false;
  bool full_ = false;
  bool wiped_ = false;
  bool powered_ = true;
  std::uint64_t operations_left_ = 0;  // 0: no end in sight
  disk_counts counts_;
};

/// An open file on a disk. Opening one after a crash is the restart: call `recover` first.
class storage {
 public:
  using medium_type = disk;

  /// @pre the disk outlives the storage; one storage at a time is open on it
  explicit storage(disk& d) : disk_(&d) {}

  /// @pre `at` is one more than the last
  std::error_code append(lsn at, byte_span record) {
    if (failed_ || !disk_->operate()) return broken();
    FORESHIFT_EXPECT(disk_->last_ == lsn{} || at == next(disk_->last_));
    if (disk_->full_) {
      ++disk_->counts_.refused;
      failed_ = true;
      return std::make_error_code(std::errc::no_space_on_device);
    }
    disk_->write(at, record);
    return {};
  }
  std::error_code sync() {
    if (std::exchange(disk_->fail_sync_, false)) failed_ = true, ++disk_->counts_.refused;
    if (!disk_->operate()) failed_ = true;
    if (failed_) return broken();
    disk_->synced_ = disk_->records_.size();
    ++disk_->counts_.syncs;
    return {};
  }
  [[nodiscard]] result<ports::recovered_log, ports::storage_fault> recover() {
    ports::recovered_log out;
    ports::storage_fault fault;
    out.snapshot_covers = disk_->snapshot_covers_;
    if (crc32c(disk_->snapshot_) == disk_->snapshot_checksum_)
      out.snapshot = disk_->snapshot_;
    else
      fault = {disk_->snapshot_covers_, "disk", "the snapshot's checksum is wrong", ports::damage::snapshot};
    lsn expected = disk_->snapshot_covers_;
    for (const auto& r : disk_->records_) {
      expected = next(expected);
      if (r.at == expected && crc32c(r.bytes) == r.checksum) {
        out.records.push_back({r.at, r.bytes});
        continue;
      }
      if (fault.reason.empty())
        fault = {expected, "disk",
                 r.at == expected ? "an acknowledged record's checksum is wrong"
                                  : "another record stands in an acknowledged one's place"};
      auto& lost = fault.lost.emplace_back();
      lost.at = expected;
      if (r.at == expected && !r.identity_lost)
        lost.identity.assign(r.bytes.begin(), r.bytes.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                    r.bytes.size(), ports::identity_bytes)));
    }
    out.torn_bytes = std::exchange(disk_->torn_bytes_, 0);
    disk_->last_ = disk_->records_.empty() ? disk_->snapshot_covers_ : disk_->records_.back().at;
    if (fault.reason.empty()) return out;
    fault.readable = std::move(out);
    fault.last = disk_->last_;
    return failure{std::move(fault)};
  }
  /// @pre `covers` is not below what the last snapshot covers
  std::error_code snapshot(lsn covers, byte_span bytes) {
    if (failed_ || !disk_->powered_) return broken();
    FORESHIFT_EXPECT(covers >= disk_->snapshot_covers_);
    disk_->snapshot_.assign(bytes.begin(), bytes.end());
    disk_->snapshot_checksum_ = crc32c(bytes);
    disk_->snapshot_covers_ = covers;
    disk_->last_ = std::max(disk_->last_, covers);
    const auto first = std::partition_point(disk_->records_.begin(), disk_->records_.end(),
                                            [&](const disk::kept_record& r) { return r.at <= covers; });
    const auto gone = static_cast<std::size_t>(first - disk_->records_.begin());
    disk_->records_.erase(disk_->records_.begin(), first);
    disk_->synced_ -= std::min(disk_->synced_, gone);
    return {};
  }
  std::error_code truncate(lsn after) {
    if (failed_ || !disk_->powered_) return broken();
    while (!disk_->records_.empty() && disk_->records_.back().at > after) disk_->records_.pop_back();
    disk_->synced_ = std::min(disk_->synced_, disk_->records_.size());
    disk_->last_ = std::min(disk_->last_, std::max(after, disk_->snapshot_covers_));
    return {};
  }

 private:
  static std::error_code broken() { return std::make_error_code(std::errc::io_error); }
  disk* disk_;
  bool failed_ = false;
};
static_assert(ports::LogStorage<storage>);

}  // namespace foreshift::inline FORESHIFT_ABI::sim
