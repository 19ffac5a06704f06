#pragma once
/// @file
/// When something is asked again, and since when it has been asked in vain.

#include <foreshift/core/time.hpp>

#include <algorithm>

namespace foreshift::inline FORESHIFT_ABI::migration {

struct patience_options {
  duration retry = std::chrono::seconds{5};  ///< first pause before something is asked again; it doubles
  duration retry_max = std::chrono::minutes{5};
  friend bool operator==(const patience_options&, const patience_options&) = default;
};

/// The clock of one phase. A regular value.
class patience {
 public:
  /// A phase begins; it asks at once, or after `first`.
  void begin(const patience_options& options, time_point now, duration first = duration::zero()) {
    entered_ = now;
    next_ = now + first;
    pause_ = options.retry;
  }
  /// A phase begins that takes up the pauses of the one before.
  void begin_after_pause(const patience_options& options, time_point now) {
    const duration pause = pause_;
    begin(options, now, pause);
    pause_ = std::min(2 * pause, options.retry_max);
  }
  [[nodiscard]] bool due(time_point now) const { return now >= next_; }
  [[nodiscard]] time_point next() const { return next_; }
  /// It has been asked now.
  void asked(const patience_options& options, time_point now) {
    next_ = now + pause_;
    pause_ = std::min(2 * pause_, options.retry_max);
  }
  /// It has been asked now, and is asked again at a steady pace.
  void asked_every(duration pace, time_point now) { next_ = now + pace; }
  /// What was waited for has come: ask at once.
  void hurry(time_point now) { next_ = now; }

  [[nodiscard]] time_point entered() const { return entered_; }
  [[nodiscard]] duration lasted(time_point now) const { return now - entered_; }
  friend bool operator==(const patience&, const patience&) = default;

 private:
  time_point entered_{};
  time_point next_{};
  duration pause_{};
};

}  // namespace foreshift::inline FORESHIFT_ABI::migration
