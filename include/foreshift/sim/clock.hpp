#pragma once
/// @file
/// One site's own idea of the time.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/ports/clock.hpp>
#include <foreshift/sim/timer.hpp>

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
  explicit clock(const timer& t, clock_error error = {}) : timer_(&t), error_(error), start_(t.now()) {
    FORESHIFT_EXPECT(error.drift_ppm > -1'000'000);
  }

  [[nodiscard]] time_point now() const {
    const duration since = timer_->now() - start_;
    const duration drift{since.count() / 1'000'000 * error_.drift_ppm +
                         since.count() % 1'000'000 * error_.drift_ppm / 1'000'000};
    return start_ + since + drift + error_.offset;
  }

 private:
  const timer* timer_;
  clock_error error_;
  time_point start_;
};
static_assert(ports::Clock<clock>);

}  // namespace foreshift::inline FORESHIFT_ABI::sim
