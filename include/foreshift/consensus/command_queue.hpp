#pragma once
/// @file
/// Commands on their way into the log.
///
/// The site where a command was submitted keeps it until it sees it in the log, and offers it again and again
/// to whoever leads; the state machine suppresses what arrives twice. Nothing else makes delivery sure when
/// leaders come and go.

#include <foreshift/core/bytes.hpp>
#include <foreshift/core/time.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// Submitted here and not yet seen in the log. A regular value. O(n) per operation, n at most `capacity`.
class submitted_commands {
 public:
  explicit submitted_commands(std::size_t capacity = 1024) : capacity_(capacity) {}

  /// False when there is no room. A command that is here already is taken once.
  [[nodiscard]] bool add(byte_string command) {
    for (const auto& held : waiting_)
      if (held.command == command) return true;
    if (waiting_.size() >= capacity_) return false;
    waiting_.push_back({std::move(command), {}});
    return true;
  }
  void seen(const byte_string& command) {
    std::erase_if(waiting_, [&](const item& held) { return held.command == command; });
  }
  /// Another site leads now: everything may be offered at once.
  void offer_all_again() {
    for (auto& held : waiting_) held.offered_at.reset();
  }
  /// Calls `offer(command)` for what was never offered or not since `since`.
  template <class F>
  void offer_due(time_point since, time_point now, F offer) {
    for (auto& held : waiting_) {
      if (held.offered_at && *held.offered_at > since) continue;
      held.offered_at = now;
      offer(held.command);
    }
  }
  [[nodiscard]] std::size_t size() const { return waiting_.size(); }
  friend bool operator==(const submitted_commands&, const submitted_commands&) = default;

 private:
  struct item {
    byte_string command;
    std::optional<time_point> offered_at;
    friend bool operator==(const item&, const item&) = default;
  };
  std::size_t capacity_;
  std::vector<item> waiting_;
};

/// What the distinguished proposer has yet to propose, oldest first. A regular value.
class proposal_queue {
 public:
  explicit proposal_queue(std::size_t capacity = 4096) : capacity_(capacity) {}

  /// Drops the command when it is here already or there is no room: its site will offer it again.
  void add(const byte_string& command) {
    if (waiting_.size() < capacity_ && std::find(waiting_.begin(), waiting_.end(), command) == waiting_.end())
      waiting_.push_back(command);
  }
  /// The next batch: up to `count` commands and `size` bytes, one at least. Empty when nothing waits.
  [[nodiscard]] std::vector<byte_string> take(std::size_t count, std::size_t size) {
    std::vector<byte_string> batch;
    std::size_t used = 0;
    for (auto& command : waiting_) {
      used += command.size();
      if (batch.size() == count || (!batch.empty() && used > size)) break;
      batch.push_back(std::move(command));
    }
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(batch.size()));
    return batch;
  }
  [[nodiscard]] bool empty() const { return waiting_.empty(); }
  friend bool operator==(const proposal_queue&, const proposal_queue&) = default;

 private:
  std::size_t capacity_;
  std::vector<byte_string> waiting_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
