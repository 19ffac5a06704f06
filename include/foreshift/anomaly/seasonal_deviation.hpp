#pragma once
/// @file
/// A measure: how far a value is from what is usual at this time of day.
///
/// The day is cut into slots, each with an exponentially weighted mean of what was seen in it; the deviation
/// from that is smoothed, or not. So a quiet noon is found though the value is usual at night. It is the
/// seasonal baseline that every operations tool has, with the clock of the samples themselves: gaps and
/// irregular stamps cost nothing. A stream without a daily pattern has equal slots, and loses nothing but
/// some noise.
///
/// The slots are the seasonal indices of P. R. Winters, "Forecasting sales by exponentially weighted moving
/// averages" (Management Science 6, 1960), without a level or a trend.

#include <foreshift/anomaly/exponential_moments.hpp>
#include <foreshift/anomaly/nonconformity.hpp>
#include <foreshift/core/archive.hpp>

#include <array>
#include <chrono>
#include <cstddef>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

struct seasonal_deviation_options {
  double memory = 60;    ///< of a slot, in samples in it; at least 1
  double smoothing = 1;  ///< memory of the smoothed deviation, in samples; at least 1, which is none
};

class seasonal_deviation {
 public:
  static constexpr std::string_view name = "time of day";
  static constexpr bool two_sided = true;

  explicit seasonal_deviation(const seasonal_deviation_options& options = {}) : off_(options.smoothing) {
    slots_.fill(exponential_moments{options.memory});
  }

  /// 0 until the slot has seen three samples. `observed` is the expected value and the smoothed deviation.
  nonconformity measure(const telemetry::sample& s) {
    constexpr double fewest = 3;
    exponential_moments& slot = slots_[slot_of(s.at)];
    nonconformity out{0, s.value, s.value};
    if (slot.seen() >= fewest) {
      out.expected = slot.mean();
      off_.learn(std::clamp(s.value, -limit, limit) - out.expected);
      out.observed = out.expected + off_.mean();
      out.amount = distance_between(out.observed, out.expected);
    }
    slot.learn(s.value);
    return out;
  }

 private:
  friend struct foreshift::archive_access;
  static constexpr std::size_t slots = 48;
  static constexpr double limit = exponential_moments::limit / 2;

  static void members(auto& self, auto& archive) { archive(self.slots_, self.off_); }
  [[nodiscard]] static std::size_t slot_of(time_point at) {
    constexpr duration day = std::chrono::hours{24};
    const duration within = (at.time_since_epoch() % day + day) % day;  // before 1970 too
    return static_cast<std::size_t>(within / (day / slots));
  }
  std::array<exponential_moments, slots> slots_;
  exponential_moments off_;
};
static_assert(NonconformityMeasure<seasonal_deviation>);

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
