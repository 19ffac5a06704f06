#pragma once
/// @file
/// When to ask again, as arithmetic: exponential back-off with jitter, and the server's own wish.
///
/// Waits double up to a bound; half of each is drawn at random, so that many clients that failed together do
/// not come back together (M. Brooker, "Exponential backoff and jitter", 2015: equal jitter). What the server
/// asks for is never undercut.

#include <foreshift/core/random.hpp>
#include <foreshift/core/time.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

struct retry_rules {
  std::size_t attempts_max = 6;  ///< the first one included
  duration first_wait = std::chrono::milliseconds{500};
  duration longest_wait = std::chrono::seconds{30};
  duration patience = std::chrono::minutes{2};  ///< from the first attempt to the beginning of the last
};

/// Of one request. Told of each failure, says when to try again.
class retry {
 public:
  retry(const retry_rules& rules, time_point begin, std::uint64_t seed)
      : rules_(rules), begin_(begin), random_(seed) {}

  /// The instant of the next attempt, or nothing: give up. @param asked how long the server wants to be left
  /// alone
  [[nodiscard]] std::optional<time_point> after_failure(time_point now, std::optional<duration> asked = {}) {
    if (++failures_ >= rules_.attempts_max) return std::nullopt;
    duration wait = rules_.first_wait;
    for (std::size_t n = 1; n < failures_ && wait < rules_.longest_wait; ++n) wait *= 2;
    wait = std::min(wait, rules_.longest_wait);
    const auto half = wait / 2;
    wait = half + duration{static_cast<duration::rep>(random_.uniform() * static_cast<double>(half.count()))};
    const auto at = now + std::max(wait, asked.value_or(duration::zero()));
    return at - begin_ > rules_.patience ? std::nullopt : std::optional{at};
  }
  [[nodiscard]] std::size_t failures() const { return failures_; }

 private:
  retry_rules rules_;
  time_point begin_;
  random_stream random_;
  std::size_t failures_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
