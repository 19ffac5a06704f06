#pragma once
/// @file
/// An alarm when more is missing from a stream than usual.
///
/// Rows without a value and steps without a row count alike. Whether one is missing depends on whether the
/// one before was (a Markov chain of two states), so that a run of them is as improbable as its beginning
/// and each of its continuations: one lost reading in a thousand is no news, ten in a row are, but not on a
/// stream that rests every night. The counts are those of before the run.
///
/// E. N. Gilbert, "Capacity of a burst-noise channel" (Bell System Technical Journal 39, 1960).

#include <foreshift/anomaly/detector.hpp>
#include <foreshift/anomaly/sample_clock.hpp>
#include <foreshift/anomaly/score.hpp>
#include <foreshift/core/archive.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/telemetry/sample.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

struct missing_data_options {
  double even_at = 5;             ///< surprise, -log10 of a probability, whose score is 0.5; positive
  double alert_threshold = 0.5;   ///< an alert needs a score at least this high; in [0, 1]
  std::uint32_t probation = 100;  ///< values that come before anything is reported
  double memory = 1 << 16;        ///< samples after which all counts are halved; at least 2
};

/// @see Detector. O(1), no allocation.
class missing_data {
 public:
  static constexpr std::string_view name = "missing data";

  explicit missing_data(const missing_data_options& o = {}) : options_(o) { FORESHIFT_EXPECT(consistent()); }

  /// The score of what is missing up to here, also at the value that ends it; 0 where nothing is, and below
  /// 0.3 but for the alert, of which each run of missing samples has one at most.
  score observe(const telemetry::sample& s) {
    why_ = {};
    const auto tick = clock_.observe(s.at);
    if (tick.late) return {};
    const bool comes = std::isfinite(s.value);
    if (run_ == 0) since_ = s.at;
    run_ = std::min(run_ + tick.missed + (comes ? 0 : 1), 1e9);
    double surprise = 0;
    if (run_ > 0 && present_ >= options_.probation) {
      surprise = surprise_of(run_);
      why_ = {name, 0, true, surprise, run_, missing_ / std::max(begun_, 1.0), since_};
    }
    const double value = surprise / (surprise + options_.even_at);
    const bool alert = run_ > 0 && surprise > 0 && value >= options_.alert_threshold && !told_;
    told_ = told_ || alert;
    if (comes) learn();
    return {alert ? value : 0.3 * value, alert};
  }
  /// How many are missing against how many usually are. `since` is when the first one was noticed.
  [[nodiscard]] const cause& why() const { return why_; }

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) {
    auto& o = self.options_;
    archive(o.even_at, o.alert_threshold, o.probation, o.memory, self.clock_, self.run_, self.told_,
            self.present_, self.begun_, self.missing_, self.since_);
  }
  [[nodiscard]] bool consistent() const {
    const auto& o = options_;
    return o.even_at > 0 && std::isfinite(o.even_at) && o.alert_threshold >= 0 && o.alert_threshold <= 1 &&
           o.memory >= 2 && run_ >= 0 && run_ <= 1e9 && present_ >= 0 && present_ < 1e18 && begun_ >= 0 &&
           begun_ <= present_ && missing_ >= begun_ && missing_ < 1e18;
  }
  /// Half a beginning and half a continuation are believed beforehand.
  [[nodiscard]] double surprise_of(double run) const {
    const double begins = (begun_ + 0.5) / (present_ + 1);
    const double goes_on = (missing_ - begun_ + 0.5) / (missing_ + 1);
    return -std::log10(begins) - (run - 1) * std::log10(goes_on);
  }
  /// A value has come, and ended what was missing.
  void learn() {
    if (run_ > 0 && present_ > 0) begun_ += 1, missing_ += run_;
    present_ += 1, run_ = 0, told_ = false;
    if (present_ + missing_ > options_.memory) present_ /= 2, begun_ /= 2, missing_ /= 2;
  }

  missing_data_options options_;
  sample_clock clock_;
  double run_ = 0;  ///< missing now
  bool told_ = false;
  double present_ = 0;  ///< values that came
  double begun_ = 0;    ///< of these, after how many something was missing
  double missing_ = 0;  ///< samples
  time_point since_{};
  cause why_;
};
static_assert(Detector<missing_data>);

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
