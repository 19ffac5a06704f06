#pragma once
/// @file
/// When to ask a server for the step that has just ended: a while after its end, and not all at once.
///
/// What is measured at the end of a step reaches the server later, so one waits a little before asking; and
/// many who ask one server about the same steps would all ask in the same instant, so each waits a random
/// time more, drawn anew for every step (S. Floyd, V. Jacobson, "The synchronization of periodic routing
/// messages", IEEE/ACM Transactions on Networking 2(2), 1994).

#include <foreshift/core/contract.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/telemetry/time_grid.hpp>

#include <chrono>
#include <cstdint>

namespace foreshift::inline FORESHIFT_ABI::telemetry {

struct poll_schedule_options {
  duration step = std::chrono::minutes{5};
  duration delay = std::chrono::seconds{10};  ///< after the end of a step
  duration spread = std::chrono::seconds{5};  ///< and up to so much more, at random
  std::uint64_t seed = 1;
};

class poll_schedule {
 public:
  /// @pre step > 0, delay >= 0, 0 <= spread <= step
  explicit poll_schedule(const poll_schedule_options& options = {})
      : options_(options), random_(options.seed) {
    FORESHIFT_EXPECT(options.step > duration::zero() && options.delay >= duration::zero() &&
                     options.spread >= duration::zero() && options.spread <= options.step);
  }

  /// The end of the last step that may be asked for.
  [[nodiscard]] time_point newest_end(time_point now) const {
    return align_down(now - options_.delay, options_.step);
  }
  /// When to ask for the step after that. Each call draws.
  [[nodiscard]] time_point next(time_point now) {
    const auto more = random_.uniform() * static_cast<double>(options_.spread.count());
    return newest_end(now) + options_.step + options_.delay + duration{static_cast<duration::rep>(more)};
  }
  [[nodiscard]] const poll_schedule_options& options() const { return options_; }

 private:
  poll_schedule_options options_;
  random_stream random_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::telemetry
