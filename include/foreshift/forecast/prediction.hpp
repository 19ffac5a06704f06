#pragma once
/// @file
/// What a forecast is: a mean curve, quantiles around it, and joint sample paths.
///
/// Paths of different series belong together. Path p of every series is drawn from the same moment of the
/// past: a `scenario_plan` says, for each path, how long ago the errors are taken from that are added to the
/// mean. Errors that occurred together are therefore drawn together, and the paths of a host are the sums,
/// path by path, of the paths of its workloads.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/time.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// For each joint path, the age in steps of the past forecast whose errors it repeats: 0 is the youngest
/// forecast whose whole horizon has been observed. Shared by every series of one site. A model that remembers
/// fewer than age + 1 errors takes age modulo what it has.
struct scenario_plan {
  std::vector<std::uint32_t> error_age;
  [[nodiscard]] std::size_t size() const { return error_age.size(); }
};

/// `count` curves of `horizon` steps, one after the other.
class sample_paths {
 public:
  sample_paths() = default;
  sample_paths(std::size_t count, std::size_t horizon)
      : count_(count), horizon_(horizon), values_(count * horizon) {}

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] std::size_t horizon() const { return horizon_; }
  [[nodiscard]] std::span<double> operator[](std::size_t path) {
    return std::span{values_}.subspan(path * horizon_, horizon_);
  }
  [[nodiscard]] std::span<const double> operator[](std::size_t path) const {
    return std::span{values_}.subspan(path * horizon_, horizon_);
  }
  /// All values, path by path.
  [[nodiscard]] std::span<const double> flat() const { return values_; }
  [[nodiscard]] std::span<double> flat() { return values_; }

  /// Adds the other paths, path by path and step by step. An empty object takes the other's shape.
  /// @pre same shape, or *this is empty
  sample_paths& operator+=(const sample_paths& other) {
    if (values_.empty()) return *this = other;
    FORESHIFT_EXPECT(other.count_ == count_ && other.horizon_ == horizon_);
    for (std::size_t i = 0; i < values_.size(); ++i) values_[i] += other.values_[i];
    return *this;
  }
  /// Takes the other paths away again, e.g. a workload that leaves its host. @pre same shape
  sample_paths& operator-=(const sample_paths& other) {
    FORESHIFT_EXPECT(other.count_ == count_ && other.horizon_ == horizon_);
    for (std::size_t i = 0; i < values_.size(); ++i) values_[i] -= other.values_[i];
    return *this;
  }

 private:
  std::size_t count_ = 0;
  std::size_t horizon_ = 0;
  std::vector<double> values_;
};

/// Steps 1 to h after `start`, the end of the observed series. Value i covers [start + i step, start + (i+1)
/// step).
struct prediction {
  time_point start{};
  duration step = std::chrono::minutes{5};
  std::vector<double> mean;       ///< h values
  std::vector<double> levels;     ///< probabilities in (0, 1), ascending
  std::vector<double> quantiles;  ///< levels x h, the curve of the lowest level first; never crossing
  sample_paths paths;             ///< joint paths; empty where none were asked for

  [[nodiscard]] std::size_t horizon() const { return mean.size(); }
  /// The curve of one level. @pre level_index < levels.size()
  [[nodiscard]] std::span<const double> quantile_curve(std::size_t level_index) const {
    FORESHIFT_EXPECT(level_index < levels.size());
    return std::span{quantiles}.subspan(level_index * horizon(), horizon());
  }
};

/// The p-quantile of the value h steps ahead, 1 being the next: on the straight line between the quantiles of
/// the neighbouring levels. A prediction knows nothing beyond its outermost levels: ask the model.
/// @pre 1 <= h <= horizon(), levels.front() <= p <= levels.back()
[[nodiscard]] inline double quantile(const prediction& of, std::size_t h, double p) {
  FORESHIFT_EXPECT(h >= 1 && h <= of.horizon() && !of.levels.empty());
  FORESHIFT_EXPECT(p >= of.levels.front() && p <= of.levels.back());
  const auto i = static_cast<std::size_t>(std::ranges::lower_bound(of.levels, p) - of.levels.begin());
  const double above = of.quantile_curve(i)[h - 1];
  if (of.levels[i] == p) return above;
  const double share = (p - of.levels[i - 1]) / (of.levels[i] - of.levels[i - 1]);
  return std::lerp(of.quantile_curve(i - 1)[h - 1], above, share);
}

/// P(y > limit) h steps ahead, 1 being the next, read off the quantiles as above. A limit beyond the
/// outermost quantile gets the probability of that level, so never 0 or 1: the model knows more.
/// @pre 1 <= h <= horizon(), levels not empty
[[nodiscard]] inline double probability_exceeds(const prediction& of, std::size_t h, double limit) {
  FORESHIFT_EXPECT(h >= 1 && h <= of.horizon() && !of.levels.empty());
  std::size_t i = 0;  // the first level whose quantile is above the limit
  while (i < of.levels.size() && of.quantile_curve(i)[h - 1] <= limit) ++i;
  if (i == 0) return 1 - of.levels.front();
  if (i == of.levels.size()) return 1 - of.levels.back();
  const double low = of.quantile_curve(i - 1)[h - 1], high = of.quantile_curve(i)[h - 1];
  return 1 - std::lerp(of.levels[i - 1], of.levels[i], (limit - low) / (high - low));
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
