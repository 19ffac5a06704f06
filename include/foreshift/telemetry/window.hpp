#pragma once
/// @file
/// A live stream of irregular samples made into regular steps, one at a time and in constant memory.
///
/// One step is open. A sample of a later step, or being told the time, closes it; steps in between without a
/// sample come out as NaN. What comes after its step was closed is late and is counted, not used: a step once
/// given out never changes, so whatever learned from it stays right.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/ring_buffer.hpp>
#include <foreshift/telemetry/sample.hpp>
#include <foreshift/telemetry/step_fold.hpp>
#include <foreshift/telemetry/time_grid.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

namespace foreshift::inline FORESHIFT_ABI::telemetry {

struct window_options {
  duration step = std::chrono::minutes{5};
  step_rule within = step_rule::mean;
  std::size_t capacity = 288;  ///< > 0: completed steps kept until they are taken; the oldest is dropped
  /// A sample further ahead of the open step is refused, so that one wrong clock cannot make all others late.
  std::size_t ahead_steps_max = std::numeric_limits<std::size_t>::max();
};

/// What became of a sample.
enum class push_outcome : std::uint8_t {
  taken,
  corrected,  ///< replaced the sample before, which had the same instant
  late,       ///< its step is closed already
  ahead,      ///< too far in the future to be believed
};

/// A regular value. Steps start at multiples of the step since 1970-01-01 00:00 UTC.
class window {
 public:
  /// @pre options.step > 0, options.capacity > 0
  explicit window(const window_options& options = {}) : options_(options), done_(options.capacity) {
    FORESHIFT_EXPECT(options.step > duration::zero());
  }

  /// Takes one sample. O(1), plus O(1) for each step it closes, at most `capacity` of them; no allocation.
  push_outcome push(const sample& s) {
    if (!open_) {
      open_ = align_down(s.at, options_.step);
    } else {
      const auto ahead = steps_between(*open_, s.at, options_.step);
      if (ahead < 0) return ++late_, push_outcome::late;
      if (static_cast<std::uint64_t>(ahead) > options_.ahead_steps_max) return ++ahead_, push_outcome::ahead;
      close(ahead);
    }
    if (std::isnan(s.value)) return push_outcome::taken;  // time passes; there is no reading
    if (newest_ && s.at == *newest_) return fold_.correct_newest(s.value), push_outcome::corrected;
    if (newest_ && s.at < *newest_) return fold_.add_older(s.value), push_outcome::taken;
    newest_ = s.at;
    fold_.add_newest(s.value);
    return push_outcome::taken;
  }

  /// Closes every step that ended by `now`. Before the first sample nothing is open and nothing happens.
  void advance(time_point now) {
    if (open_ && now > *open_) close(steps_between(*open_, now, options_.step));
  }

  /// The oldest completed step that was not yet taken: its start, and its value or NaN.
  [[nodiscard]] std::optional<sample> pop() {
    if (done_.empty()) return std::nullopt;
    return done_.pop_front();
  }

  [[nodiscard]] std::size_t pending() const { return done_.size(); }
  /// Where the open step starts; nothing before the first sample.
  [[nodiscard]] std::optional<time_point> open_step() const { return open_; }
  [[nodiscard]] std::size_t late() const { return late_; }
  [[nodiscard]] std::size_t ahead() const { return ahead_; }
  /// Completed steps without a reading, also dropped ones.
  [[nodiscard]] std::size_t missing() const { return missing_; }
  /// Completed steps that were never taken and fell out.
  [[nodiscard]] std::size_t dropped() const { return dropped_; }

 private:
  /// Completes the open step and n - 1 empty ones after it.
  void close(duration::rep n) {
    if (n == 0) return;
    emit(fold_.value(options_.within));
    fold_.clear();
    const auto empty = static_cast<std::size_t>(n - 1);
    const std::size_t skipped = empty > options_.capacity ? empty - options_.capacity : 0;
    dropped_ += skipped;
    missing_ += skipped;
    *open_ += static_cast<duration::rep>(skipped) * options_.step;
    for (std::size_t i = skipped; i < empty; ++i) emit(std::numeric_limits<double>::quiet_NaN());
  }
  void emit(double value) {
    if (std::isnan(value)) ++missing_;
    if (done_.full()) ++dropped_;
    done_.push({*open_, value});
    *open_ += options_.step;
  }

  window_options options_;
  ring_buffer<sample> done_;
  std::optional<time_point> open_;
  std::optional<time_point> newest_;  // reading; one of an earlier step is older than any that comes
  step_fold fold_;
  std::size_t late_ = 0;
  std::size_t ahead_ = 0;
  std::size_t missing_ = 0;
  std::size_t dropped_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI::telemetry
