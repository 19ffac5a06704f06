#pragma once
/// @file
/// A directory on a disk that lies, forgets and rots, by seed.
///
/// Every file has two images: what the process sees, and what is on the medium. A sync carries the written
/// sectors from the first to the second; a crash lets some of them through that were never synced, in any
/// combination, and the process then sees the medium. Names have two images likewise. The faults are those of
/// Rebello et al. (2020) and Alagappan et al. (2018).

#include <foreshift/core/bytes.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/random.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

struct volume_counts {
  std::uint64_t writes = 0, syncs = 0, directory_syncs = 0, creates = 0, renames = 0, removes = 0;
  std::uint64_t crashes = 0, sectors_lost = 0, sectors_kept = 0, names_lost = 0;  ///< by crashes, not synced
  std::uint64_t failed_syncs = 0, lost_syncs = 0, misdirected = 0, rotten = 0, refused_full = 0, wiped = 0;
};

/// What lies on the medium, and the means to hurt it. A copy is another medium with the same content; open
/// files refer to the one they were opened on.
class volume {
 public:
  static constexpr std::size_t sector_bytes = 512;  ///< written wholly or not at all

  /// The power goes at the `operations`-th change or sync from now: that one may still reach the medium, but
  /// it and all after it fail, until `crash`. @pre operations > 0
  void lose_power_in(std::uint64_t operations) {
    FORESHIFT_EXPECT(operations > 0);
    operations_left_ = operations;
  }
  [[nodiscard]] bool powered() const { return powered_; }
  /// Changes and syncs so far; a scripted run has this many places to crash at.
  [[nodiscard]] std::uint64_t operations() const { return operations_; }

  /// The machine stops and starts. Of the sectors that were never synced, none, all, a prefix or any subset
  /// survives, file by file; of the changes to names likewise any subset. Open files are closed.
  void crash(random_stream& random);
  /// The process stops and the machine goes on: nothing is lost, and nothing becomes durable.
  void stop_process() {
    ++life_;
    powered_ = true;
    operations_left_ = 0;
  }

  /// The next sync, of a file or the directory, reports an error. The system takes the pages for clean all
  /// the same: what they held is seen until the crash, and is never written.
  void fail_next_sync() { fail_sync_ = true; }
  /// The next sync reports success and does nothing, and no later one makes up for it.
  void lose_next_sync() { lose_sync_ = true; }
  /// The next write lands this many bytes behind its place, around the end of the file.
  void misdirect_next_write(std::uint64_t by) { misdirect_by_ = by; }
  /// Flips bits, of what is seen and of the medium. False if there is no such byte. @pre mask is not 0
  bool rot(std::string_view name, std::uint64_t offset, std::byte mask);
  /// Files may take this many bytes in all. What is there already stays.
  void set_capacity(std::uint64_t bytes) { capacity_ = bytes; }
  /// A new disk in the old one's place.
  void wipe() {
    files_.clear();
    names_.clear();
    durable_names_.clear();
    changes_.clear();
    ++life_;
    ++counts_.wiped;
  }

  [[nodiscard]] const volume_counts& counts() const { return counts_; }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& entry : names_) out.push_back(entry.first);
    return out;
  }
  /// What the process sees in a file; empty if there is none of that name.
  [[nodiscard]] byte_string content(std::string_view name) const {
    const auto hit = names_.find(name);
    return hit == names_.end() ? byte_string{} : files_.at(hit->second).seen;
  }
  /// Whether everything that the process sees is on the medium.
  [[nodiscard]] bool clean() const {
    return changes_.empty() &&
           std::all_of(files_.begin(), files_.end(), [](const auto& f) { return f.second.dirty.empty(); });
  }

 private:
  friend class file_system;
  friend class file;
  using inode = std::uint64_t;
  struct content_of_file {
    byte_string seen, durable;
    std::vector<std::size_t> dirty;  // sectors, ascending, each once
  };
  struct change {
    std::string name, was;  // `name` is to be `file`, or nothing; and `was` nothing
    inode file = 0;         // 0: removed
  };
  using directory = std::map<std::string, inode, std::less<>>;

  /// False when the power is gone or goes now. The operation that it goes at takes place all the same.
  bool operate() {
    ++operations_;
    if (operations_left_ > 0 && --operations_left_ == 0) powered_ = false;
    return powered_;
  }
  static void apply(directory& to, const change& c) {
    if (!c.was.empty()) to.erase(c.was);
    if (c.file == 0)
      to.erase(c.name);
    else
      to[c.name] = c.file;
  }
  void rename_entry(change c) {
    apply(names_, c);
    changes_.push_back(std::move(c));
  }
  static void mark(content_of_file& f, std::uint64_t offset, std::size_t size) {
    for (auto s = static_cast<std::size_t>(offset) / sector_bytes; s * sector_bytes < offset + size; ++s) {
      const auto at = std::lower_bound(f.dirty.begin(), f.dirty.end(), s);
      if (at == f.dirty.end() || *at != s) f.dirty.insert(at, s);
    }
  }
  static void reach_medium(content_of_file& f, std::size_t sector) {
    const std::size_t begin = sector * sector_bytes;
    const std::size_t end = std::min(begin + sector_bytes, f.seen.size());
    if (f.durable.size() < end) f.durable.resize(end);
    std::copy(f.seen.begin() + static_cast<std::ptrdiff_t>(begin),
              f.seen.begin() + static_cast<std::ptrdiff_t>(end),
              f.durable.begin() + static_cast<std::ptrdiff_t>(begin));
  }
  [[nodiscard]] bool fits(std::uint64_t more) {
    std::uint64_t used = 0;
    for (const auto& [id, f] : files_) used += f.seen.size();
    if (more == 0 || used + more <= capacity_) return true;
    ++counts_.refused_full;
    return false;
  }
  /// Files without a name in either image are gone.
  void collect() {
    std::erase_if(files_, [&](const auto& f) {
      const auto named = [&](const auto& entry) { return entry.second == f.first; };
      return std::none_of(names_.begin(), names_.end(), named) &&
             std::none_of(durable_names_.begin(), durable_names_.end(), named) &&
             std::none_of(changes_.begin(), changes_.end(),
                          [&](const change& c) { return c.file == f.first; });
    });
  }
  /// What a sync is to do: everything, nothing, or nothing and say so.
  enum class outcome : std::uint8_t { done, lost, failed };
  outcome draw_sync() {
    if (std::exchange(fail_sync_, false)) return ++counts_.failed_syncs, outcome::failed;
    if (std::exchange(lose_sync_, false)) return ++counts_.lost_syncs, outcome::lost;
    return outcome::done;
  }

  std::map<inode, content_of_file> files_;
  directory names_, durable_names_;
  std::vector<change> changes_;  // to names, not durable yet
  inode last_inode_ = 0;
  std::uint64_t life_ = 0;  // of the process; files opened in another one are closed
  bool powered_ = true, fail_sync_ = false, lose_sync_ = false;
  std::uint64_t operations_ = 0, operations_left_ = 0;  // 0 left: no end in sight
  std::uint64_t misdirect_by_ = 0;
  std::uint64_t capacity_ = std::numeric_limits<std::uint64_t>::max();
  volume_counts counts_;
};

inline void volume::crash(random_stream& random) {
  const auto survivors = [&](std::size_t count) {  // none, all, a prefix, any subset
    std::vector<bool> kept(count, false);
    const auto style = random.below(4);
    const std::size_t prefix = style == 1 ? count : style == 2 ? random.below(count + 1) : 0;
    for (std::size_t i = 0; i < count; ++i) kept[i] = style == 3 ? random.chance(0.5) : i < prefix;
    return kept;
  };
  const auto names_kept = survivors(changes_.size());
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    if (names_kept[i]) apply(durable_names_, changes_[i]);
    counts_.names_lost += names_kept[i] ? 0U : 1U;
  }
  changes_.clear();
  names_ = durable_names_;
  for (auto& [id, f] : files_) {
    const auto kept = survivors(f.dirty.size());
    for (std::size_t i = 0; i < f.dirty.size(); ++i) {
      if (kept[i]) reach_medium(f, f.dirty[i]);
      ++(kept[i] ? counts_.sectors_kept : counts_.sectors_lost);
    }
    f.dirty.clear();
    f.seen = f.durable;
  }
  collect();
  ++counts_.crashes;
  fail_sync_ = lose_sync_ = false;
  misdirect_by_ = 0;
  stop_process();
}

inline bool volume::rot(std::string_view name, std::uint64_t offset, std::byte mask) {
  FORESHIFT_EXPECT(mask != std::byte{0});
  const auto hit = names_.find(name);
  if (hit == names_.end()) return false;
  auto& f = files_.at(hit->second);
  if (offset >= f.seen.size()) return false;
  f.seen[offset] ^= mask;
  if (offset < f.durable.size()) f.durable[offset] ^= mask;
  ++counts_.rotten;
  return true;
}

}  // namespace foreshift::inline FORESHIFT_ABI::sim
