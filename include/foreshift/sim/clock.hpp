#pragma once
/// @file
/// One site's own idea of the time.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/ports/clock.hpp>
#include <foreshift/sim/timer.hpp>

#include <algorithm>
#include <cstdint>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// How a clock differs from the virtual time.
struct clock_error {
  duration offset{};           ///< ahead of it from the start
  std::int64_t drift_ppm = 0;  ///< parts per million it runs fast; negative: slow. Above -1,000,000.
};

/// Reads the virtual time through an offset and a drift; never goes backwards.
class clock {
 public:
  /// @pre the timer outlives the clock
  explicit clock(const timer& t, clock_error error = {})
      : timer_(&t),
        drift_ppm_(error.drift_ppm),
        since_(t.now()),
        then_(t.now() + error.offset),
        shown_(then_) {
    FORESHIFT_EXPECT(error.drift_ppm > -1'000'000);
  }

  [[nodiscard]] time_point now() const { return std::max(shown_, reckoned()); }

  /// Leaps ahead, or back: then it stands still until time has caught up.
  void jump(duration by) {
    shown_ = now();
    then_ = shown_ + by;
    since_ = timer_->now();
  }
  /// Another drift from now on.
  void run(std::int64_t drift_ppm) {
    FORESHIFT_EXPECT(drift_ppm > -1'000'000);
    shown_ = now();
    then_ = reckoned();
    since_ = timer_->now();
    drift_ppm_ = drift_ppm;
  }

 private:
  [[nodiscard]] time_point reckoned() const {
    const duration passed = timer_->now() - since_;
    const duration drift{passed.count() / 1'000'000 * drift_ppm_ +
                         passed.count() % 1'000'000 * drift_ppm_ / 1'000'000};
    return then_ + passed + drift;
  }

  const timer* timer_;
  std::int64_t drift_ppm_;
  time_point since_;  // virtual, of the last change
  time_point then_;   // what the clock reckoned then
  time_point shown_;  // not below this
};
static_assert(ports::Clock<clock>);

}  // namespace foreshift::inline FORESHIFT_ABI::sim
