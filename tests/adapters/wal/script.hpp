#pragma once
/// @file
/// A scripted run of a log, with an account of what was acknowledged, to be stopped anywhere.

#include <foreshift/core/bytes.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/ports/storage.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace foreshift::wal_tests {

/// What a log holds.
struct holding {
  std::uint64_t covers = 0;
  std::string blob;
  std::map<std::uint64_t, std::string> records;
  friend bool operator==(const holding&, const holding&) = default;
};

inline std::string text_of(byte_span bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline holding held(const ports::recovered_log& log) {
  holding out{log.snapshot_covers.value, text_of(log.snapshot), {}};
  for (const auto& r : log.records) out.records[r.at.value] = text_of(r.bytes);
  return out;
}

/// What is certain, and what the operation at hand would make of it.
class account {
 public:
  [[nodiscard]] const holding& certain() const { return certain_; }
  /// Some start has shown what it could not.
  [[nodiscard]] bool broken() const { return broken_; }

  /// Whether a log may hold this now: what is certain; or what the operation under way makes of it, and of a
  /// sync any beginning.
  [[nodiscard]] bool allows(const holding& h) const {
    if (broken_) return false;
    if (h == certain_ || h == wanted_) return true;
    if (h.covers != certain_.covers || h.blob != certain_.blob) return false;
    holding some = certain_;
    for (const auto& [at, text] : unsynced_) {
      some.records[at] = text;
      if (h == some) return true;
    }
    return false;
  }
  /// Whether these records are right as far as they go, some of them missing.
  [[nodiscard]] bool agrees_with(const holding& part) const {
    for (const auto& [at, text] : part.records) {
      const auto sure = certain_.records.find(at);
      const auto maybe = unsynced_.find(at);
      const bool known = (sure != certain_.records.end() && sure->second == text) ||
                         (maybe != unsynced_.end() && maybe->second == text);
      if (!known) return false;
    }
    return true;
  }
  [[nodiscard]] bool syncing(std::uint64_t at) const { return syncing_ && unsynced_.contains(at); }

  template <class Log>
  bool append(Log& log, std::uint64_t count) {
    for (; count > 0; --count) {
      ++written_;
      const auto text = "record " + std::to_string(next_) + ", written as number " +
                        std::to_string(written_) + std::string(20 + written_ % 60, '.');
      if (log.append(lsn{next_}, bytes_of(text))) return false;
      unsynced_[next_++] = text;
    }
    return true;
  }
  template <class Log>
  bool sync(Log& log) {
    wanted_ = certain_;
    wanted_.records.insert(unsynced_.begin(), unsynced_.end());
    syncing_ = true;
    if (log.sync()) return false;
    syncing_ = false;
    certain_ = wanted_;
    unsynced_.clear();
    return true;
  }
  template <class Log>
  bool snapshot(Log& log, std::uint64_t covers) {
    wanted_ = certain_;
    wanted_.covers = covers;
    wanted_.blob = "state " + std::to_string(covers) + std::string(700 + covers, '#');
    std::erase_if(wanted_.records, [&](const auto& r) { return r.first <= covers; });
    if (log.snapshot(lsn{covers}, bytes_of(wanted_.blob))) return false;
    certain_ = wanted_;
    std::erase_if(unsynced_, [&](const auto& r) { return r.first <= covers; });
    next_ = std::max(next_, covers + 1);
    return true;
  }
  template <class Log>
  bool truncate(Log& log, std::uint64_t after) {
    const auto behind = [&](const auto& r) { return r.first > after; };
    wanted_ = certain_;
    std::erase_if(wanted_.records, behind);
    if (log.truncate(lsn{after})) return false;
    certain_ = wanted_;
    std::erase_if(unsynced_, behind);
    next_ = std::min(next_, after + 1);
    return true;
  }
  /// The log was started again and holds this.
  void resume(const holding& h) {
    broken_ = broken_ || !allows(h);
    certain_ = wanted_ = h;
    unsynced_.clear();
    syncing_ = false;
    next_ = h.records.empty() ? h.covers + 1 : h.records.rbegin()->first + 1;
  }

 private:
  holding certain_, wanted_;
  std::map<std::uint64_t, std::string> unsynced_;
  std::uint64_t next_ = 1, written_ = 0;
  bool syncing_ = false, broken_ = false;
};

/// Runs the script until something fails. Batches of several sizes over several segments, snapshots below, at
/// and above the end, truncations, and restarts of the process.
/// @param open gives a log on the medium; `restart` ends the process
template <class Open, class Restart>
void play(account& book, Open&& open, Restart&& restart, int lives = 3) {
  for (int life = 0; life < lives; ++life) {
    auto log = open();
    const auto found = log.recover();
    if (!found) return;
    book.resume(held(*found));
    const auto batch = [&](std::uint64_t count) { return book.append(log, count) && book.sync(log); };
    const auto base =
        book.certain().records.empty() ? book.certain().covers : book.certain().records.rbegin()->first;
    const bool done = batch(1) && batch(5) && batch(2) && book.snapshot(log, base + 3) && batch(9) &&
                      book.truncate(log, base + 12) && batch(2) && batch(1) && book.append(log, 2) &&
                      book.snapshot(log, base + 14) && book.sync(log) && batch(12) &&
                      (life != 1 || book.snapshot(log, base + 40)) && batch(3);
    if (!done) return;
    if (life + 1 < lives) restart();
  }
}

}  // namespace foreshift::wal_tests
