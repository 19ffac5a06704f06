#pragma once
/// @file
/// A measure: the season taken out, is the newest value an outlier of the window, however many others there
/// are?
///
/// What is usual at this time of the season is the median of the last values there; what is left is held
/// against the median and the median distance of the last such rests, for a mean and a deviation would be
/// drawn by the outliers themselves. The test is the generalised extreme Studentised deviate: the most
/// extreme value is taken out, then the next, and each is compared with what the most extreme of as many
/// normal values would be, so that a crowd of outliers does not hide its members.
///
/// Source: O. Vallis, J. Hochenbaum, A. Kejariwal, "A novel technique for long-term anomaly detection in the
/// cloud", HotCloud 2014; B. Rosner, "Percentage points for a generalized ESD many-outlier procedure",
/// Technometrics 25(2), 1983. Departures: causal, the newest value alone is judged and the season comes from
/// the past; medians at the time of the season in the place of STL.

#include <foreshift/anomaly/nonconformity.hpp>
#include <foreshift/core/archive.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/ring_buffer.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/numeric/distribution.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

namespace detail {

/// The `k`-th smallest distance from `centre`, k from 0, of the values of an ascending span. O(log n).
/// @pre k < values.size()
[[nodiscard]] inline double kth_distance(std::span<const double> values, double centre, std::size_t k) {
  const auto above = static_cast<std::size_t>(std::ranges::lower_bound(values, centre) - values.begin());
  // Below the centre distances grow to the left, from it on to the right. `left` of the k + 1 nearest are
  // below it: the least number such that the next one there is no nearer than the last one taken on the
  // right.
  std::size_t least = k + 1 > values.size() - above ? k + 1 - (values.size() - above) : 0;
  std::size_t most = std::min(k + 1, above);
  while (least < most) {
    const std::size_t left = (least + most) / 2;
    const double next_left = centre - values[above - left - 1],
                 last_right = values[above + k - left] - centre;
    if (next_left < last_right)
      least = left + 1;
    else
      most = left;
  }
  const std::size_t left = least, right = k + 1 - left;
  double out = 0;
  if (left > 0) out = centre - values[above - left];
  if (right > 0) out = std::max(out, values[above + right - 1] - centre);
  return out;
}
/// Of an ascending span. @pre it is not empty
[[nodiscard]] inline double median_of_sorted(std::span<const double> values) {
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : values[half - 1] / 2 + values[half] / 2;
}
/// 1.4826 times the median distance from `centre`: a normal's deviation. @pre the span ascends, is not empty
[[nodiscard]] inline double robust_deviation(std::span<const double> values, double centre) {
  const std::size_t half = values.size() / 2;
  const double upper = kth_distance(values, centre, half);
  const double lower = values.size() % 2 == 1 ? upper : kth_distance(values, centre, half - 1);
  return 1.4826 * (lower / 2 + upper / 2);
}

}  // namespace detail

/// What the most extreme of `left` normal values exceeds with a probability of `significance`, in deviations;
/// `left` counts it, and not those taken out before it (Rosner's lambda). @pre left >= 3
[[nodiscard]] inline double extreme_deviate_limit(std::size_t left, double significance) {
  FORESHIFT_EXPECT(left >= 3);
  const auto n = static_cast<double>(left);
  const double t = numeric::student_t_quantile(1 - significance / (2 * n), n - 2);
  return (n - 1) * t / std::sqrt((n - 2 + t * t) * n);
}

struct seasonal_hybrid_esd_options {
  duration season = std::chrono::hours{24};  ///< at least as many nanoseconds as slots
  std::size_t slots = 48;                    ///< of a season, 1 to 4096; 1: no season
  std::size_t slot_memory = 21;              ///< values whose median is usual in a slot, 3 to 1024
  std::size_t window = 288;                  ///< rests judged together, 16 to 4096
  double outliers_max = 0.1;                 ///< share of the window, above 0, below 0.5
  double significance = 0.05;                ///< of the test, above 0, below 1
};

/// The amount is the distance from the median of the rests in robust deviations. `outlier()` is the test's
/// word on the same value. O(window) moves and O(log window) steps a sample, the test O(log window) for each
/// value that may be an outlier; no allocation after construction.
class seasonal_hybrid_esd {
 public:
  static constexpr std::string_view name = "seasonal hybrid ESD";
  static constexpr bool two_sided = true;

  explicit seasonal_hybrid_esd(const seasonal_hybrid_esd_options& o = {})
      : season_(o.season),
        slot_memory_(o.slot_memory),
        outliers_max_(o.outliers_max),
        significance_(o.significance),
        slots_(o.slots, ring_buffer<double>(std::max<std::size_t>(o.slot_memory, 1))),
        rests_(std::max<std::size_t>(o.window, 1)) {
    FORESHIFT_EXPECT(consistent());
    make_room();
  }

  /// 0 until the slot has seen three values and the window 16 rests. `expected` is what is usual in the slot,
  /// with the window's median on top.
  nonconformity measure(const telemetry::sample& s) {
    auto& slot = slots_[slot_of(s.at)];
    const double value = std::clamp(s.value, -largest, largest);
    outlier_ = false;
    nonconformity out{0, s.value, s.value};
    if (slot.size() >= fewest_in_slot) {
      const double usual = median_of(slot), rest = value - usual;
      learn(rest);
      if (rests_.size() >= fewest) {
        const double centre = detail::median_of_sorted(sorted_);
        out.expected = usual + centre;
        const double apart = distance_between(value, out.expected);
        const double scale = scale_at_least(detail::robust_deviation(sorted_, centre), usual + centre);
        out.amount = std::min(apart / scale, 1e9);
        outlier_ = apart > 0 && is_outlier(rest, usual);
      }
    }
    slot.push(value);
    return out;
  }
  /// Whether the value measured last is one of the window's outliers.
  [[nodiscard]] bool outlier() const { return outlier_; }

 private:
  friend struct foreshift::archive_access;
  static constexpr std::size_t fewest_in_slot = 3, fewest = 16;
  static constexpr double largest = 1e150;

  static void members(auto& self, auto& archive) {
    archive(self.season_, self.slot_memory_, self.outliers_max_, self.significance_, self.slots_, self.rests_,
            self.outlier_);
    if constexpr (requires { self.make_room(); }) self.make_room();
  }
  [[nodiscard]] bool consistent() const {
    const auto usable = [](const ring_buffer<double>& values, std::size_t capacity) {
      if (values.capacity() != capacity) return false;
      for (std::size_t i = 0; i < values.size(); ++i)
        if (!(std::abs(values[i]) <= 2 * largest)) return false;
      return true;
    };
    return !slots_.empty() && slots_.size() <= 4096 &&
           season_.count() >= static_cast<duration::rep>(slots_.size()) && slot_memory_ >= fewest_in_slot &&
           slot_memory_ <= 1024 && rests_.capacity() >= fewest && usable(rests_, rests_.capacity()) &&
           rests_.capacity() <= 4096 && outliers_max_ > 0 && outliers_max_ < 0.5 && significance_ > 0 &&
           significance_ < 1 &&
           std::ranges::all_of(slots_, [&](const auto& slot) { return usable(slot, slot_memory_); });
  }
  /// What follows from the rest of the state.
  void make_room() {
    if (!consistent()) return;
    sorted_.reserve(rests_.capacity() + 1);
    sorted_.clear();
    for (std::size_t i = 0; i < rests_.size(); ++i) sorted_.push_back(rests_[i]);
    std::ranges::sort(sorted_);
    slot_sorted_.reserve(slot_memory_);
    // A window that is not full is held against the limits of a full one, which are higher than its own.
    limits_.clear();
    for (std::size_t taken = 0; taken < takings(rests_.capacity()); ++taken)
      limits_.push_back(extreme_deviate_limit(rests_.capacity() - taken, significance_));
  }
  /// How many of a window may be outliers.
  [[nodiscard]] std::size_t takings(std::size_t window) const {
    return std::max<std::size_t>(1, static_cast<std::size_t>(outliers_max_ * static_cast<double>(window)));
  }
  [[nodiscard]] std::size_t slot_of(time_point at) const {
    const duration within = (at.time_since_epoch() % season_ + season_) % season_;  // before 1970 too
    const auto width = season_.count() / static_cast<duration::rep>(slots_.size());
    return std::min(static_cast<std::size_t>(within.count() / width), slots_.size() - 1);
  }
  [[nodiscard]] double median_of(const ring_buffer<double>& slot) {
    slot_sorted_.clear();
    for (std::size_t i = 0; i < slot.size(); ++i) slot_sorted_.push_back(slot[i]);
    std::ranges::sort(slot_sorted_);
    return detail::median_of_sorted(slot_sorted_);
  }
  void learn(double rest) {
    if (rests_.full()) sorted_.erase(std::ranges::lower_bound(sorted_, rests_.front()));
    rests_.push(rest);
    sorted_.insert(std::ranges::upper_bound(sorted_, rest), rest);
  }
  /// The most extreme are taken out, one after the other; those up to the last that exceeds its limit are
  /// outliers.
  [[nodiscard]] bool is_outlier(double newest, double level) const {
    std::span<const double> left{sorted_};
    bool taken = false;
    for (std::size_t i = 0; i < takings(sorted_.size()); ++i) {
      const double centre = detail::median_of_sorted(left);
      const double low = centre - left.front(), high = left.back() - centre;
      const double extreme = low > high ? left.front() : left.back();
      const double scale = scale_at_least(detail::robust_deviation(left, centre), level + centre);
      taken = taken || extreme == newest;
      if (taken && std::max(low, high) / scale > limits_[i]) return true;
      left = low > high ? left.subspan(1) : left.first(left.size() - 1);
    }
    return false;
  }

  duration season_;
  std::size_t slot_memory_;
  double outliers_max_, significance_;
  std::vector<ring_buffer<double>> slots_;
  ring_buffer<double> rests_;
  std::vector<double> sorted_;       // the same, ascending
  std::vector<double> slot_sorted_;  // room
  std::vector<double> limits_;
  bool outlier_ = false;
};
static_assert(NonconformityMeasure<seasonal_hybrid_esd>);

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
