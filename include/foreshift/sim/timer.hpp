#pragma once
/// @file
/// Virtual time: a queue of what happens when.
///
/// The simulated world is single-threaded. Everything that takes time is an action in this queue, and time
/// jumps from one action to the next. Actions of one instant run in the order in which they were put in, so
/// that a seed replays the same story on every platform.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/time.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// Not copied and not moved: actions in it refer to it. O(log n) per action.
class timer {
 public:
  using action = std::function<void()>;

  explicit timer(time_point start = {}) : now_(start) {}
  timer(const timer&) = delete;
  timer& operator=(const timer&) = delete;

  [[nodiscard]] time_point now() const { return now_; }

  /// Runs `what` at `when`, or at once in the next step if that has passed.
  void at(time_point when, action what) {
    queue_.push_back({std::max(when, now_), sequence_++, std::move(what)});
    std::push_heap(queue_.begin(), queue_.end(), later);
  }
  void after(duration wait, action what) { at(now_ + wait, std::move(what)); }

  /// Runs the next action; false if there is none.
  bool step() {
    if (queue_.empty()) return false;
    std::pop_heap(queue_.begin(), queue_.end(), later);
    entry next = std::move(queue_.back());
    queue_.pop_back();
    now_ = next.when;
    next.what();
    return true;
  }
  /// Runs everything that is due by `end`, what that causes included, and sets the time to `end`.
  /// @pre end >= now()
  void run_until(time_point end) {
    FORESHIFT_EXPECT(end >= now_);
    while (!queue_.empty() && queue_.front().when <= end) step();
    now_ = end;
  }
  void run_for(duration span) { run_until(now_ + span); }

  [[nodiscard]] std::size_t pending() const { return queue_.size(); }

 private:
  struct entry {
    time_point when;
    std::uint64_t sequence;
    action what;
  };
  static bool later(const entry& a, const entry& b) {
    return a.when != b.when ? a.when > b.when : a.sequence > b.sequence;
  }

  time_point now_;
  std::uint64_t sequence_ = 0;
  std::vector<entry> queue_;  // a heap, the next action first
};

}  // namespace foreshift::inline FORESHIFT_ABI::sim
