#pragma once
/// @file
/// Commands on their way into the log.
///
/// The site where a command was submitted keeps it until it sees it in the log, and offers it again and again
/// to whoever leads; the state machine suppresses what arrives twice. Nothing else makes delivery sure when
/// leaders come and go.

#include <foreshift/consensus/command_batch.hpp>
#include <foreshift/core/fifo.hpp>
#include <foreshift/core/shared_bytes.hpp>
#include <foreshift/core/time.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::consensus {

/// Submitted here and not yet seen in the log. A regular value. O(n) to add, n at most `capacity`; what is
/// seen in the order in which it was submitted costs O(1).
class submitted_commands {
 public:
  explicit submitted_commands(std::size_t capacity = 1024) : capacity_(capacity) {}

  /// False when there is no room. A command that is here already is taken once.
  [[nodiscard]] bool add(shared_bytes command) {
    if (find(command) != waiting_.end()) return true;
    if (waiting_.size() >= capacity_) return false;
    waiting_.push_back({std::move(command), {}});
    ++fresh_;
    return true;
  }
  void seen(byte_span command) {
    const auto at = find(command);
    if (at == waiting_.end()) return;
    if (!at->offered_at) --fresh_;
    waiting_.erase(at);
  }
  /// Another site leads now: everything may be offered at once.
  void offer_all_again() {
    for (auto& held : waiting_) held.offered_at.reset();
    fresh_ = waiting_.size();
  }
  /// False when `offer_due` would find nothing. O(1); true says nothing.
  [[nodiscard]] bool may_offer(time_point since) const {
    return fresh_ > 0 || (!waiting_.empty() && oldest_offer_ <= since);
  }
  /// Calls `offer(command)` for what was never offered or not since `since`. O(what was never offered) as
  /// long as nothing of the rest can be due.
  template <class F>
  void offer_due(time_point since, time_point now, F offer) {
    const bool all = oldest_offer_ <= since;
    if (all) oldest_offer_ = now;
    for (auto at = all ? waiting_.begin() : waiting_.end() - static_cast<std::ptrdiff_t>(fresh_);
         at != waiting_.end(); ++at) {
      if (!at->offered_at || *at->offered_at <= since) {
        at->offered_at = now;
        offer(at->command);
      }
      oldest_offer_ = std::min(oldest_offer_, *at->offered_at);
    }
    fresh_ = 0;
  }
  [[nodiscard]] std::size_t size() const { return waiting_.size(); }
  /// What else is kept follows from these, or only saves looking.
  friend bool operator==(const submitted_commands& a, const submitted_commands& b) {
    return a.capacity_ == b.capacity_ && a.waiting_ == b.waiting_;
  }

 private:
  struct item {
    shared_bytes command;
    std::optional<time_point> offered_at;
    friend bool operator==(const item&, const item&) = default;
  };
  [[nodiscard]] fifo<item>::iterator find(byte_span command) {
    return std::find_if(waiting_.begin(), waiting_.end(),
                        [&](const item& held) { return same_bytes(held.command, command); });
  }
  std::size_t capacity_;
  fifo<item> waiting_;
  std::size_t fresh_ = 0;      // the last so many were never offered to who leads
  time_point oldest_offer_{};  // of those offered, at the latest
};

/// What the distinguished proposer has yet to propose, oldest first. A regular value.
class proposal_queue {
 public:
  explicit proposal_queue(std::size_t capacity = 4096) : capacity_(capacity) {}

  /// Drops the command when it is here already or there is no room: its site will offer it again. O(n).
  void add(const shared_bytes& command) {
    if (waiting_.size() < capacity_ && std::find(waiting_.begin(), waiting_.end(), command) == waiting_.end())
      waiting_.push_back(command);
  }
  /// The next batch: up to `count` commands and `size` bytes, one at least. Empty when nothing waits.
  [[nodiscard]] command_batch take(std::size_t count, std::size_t size) {
    std::size_t taken = 0, used = 0;
    for (const auto& command : waiting_) {
      used += command.size();
      if (taken == count || (taken > 0 && used > size)) break;
      ++taken;
    }
    auto batch = command_batch::of(std::span{waiting_.begin(), taken});
    waiting_.pop_front(taken);
    return batch;
  }
  [[nodiscard]] bool empty() const { return waiting_.empty(); }
  friend bool operator==(const proposal_queue&, const proposal_queue&) = default;

 private:
  std::size_t capacity_;
  fifo<shared_bytes> waiting_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::consensus
