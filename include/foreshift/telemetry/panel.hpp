#pragma once
/// @file
/// Many regular series on one time grid: series x time x feature in one flat block.
///
/// Models that look at several series at once want them side by side, and a flat block travels, copies and
/// maps to an array library (`panel_tensor.hpp`) without conversion. Feature 0 is by custom the value itself;
/// others may be lags, calendar regressors or a second metric.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/telemetry/metric.hpp>
#include <foreshift/telemetry/series.hpp>

#include <array>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::telemetry {

/// What a panel is made of.
struct panel_shape {
  time_point start{};
  duration step = std::chrono::minutes{5};
  std::size_t times = 0;
  std::size_t features = 1;
};

/// A row of series, each of `times` steps with `features` values a step; the feature runs fastest. A regular
/// value.
class panel {
 public:
  panel() = default;
  /// Every value is missing (NaN) at first. @pre shape.step > 0, shape.features > 0
  panel(std::vector<series_key> keys, panel_shape shape)
      : keys_(std::move(keys)),
        shape_(shape),
        values_(keys_.size() * shape.times * shape.features, std::numeric_limits<double>::quiet_NaN()) {
    FORESHIFT_EXPECT(shape.step > duration::zero() && shape.features > 0);
  }

  [[nodiscard]] const panel_shape& shape() const { return shape_; }
  /// {series, times, features}
  [[nodiscard]] std::array<std::size_t, 3> extents() const {
    return {keys_.size(), shape_.times, shape_.features};
  }
  [[nodiscard]] std::size_t size() const { return keys_.size(); }
  [[nodiscard]] std::span<const series_key> keys() const { return keys_; }
  [[nodiscard]] time_point time_at(std::size_t t) const {
    return shape_.start + static_cast<duration::rep>(t) * shape_.step;
  }
  /// The place of a key's series. O(number of series).
  [[nodiscard]] std::optional<std::size_t> find(const series_key& key) const {
    for (std::size_t i = 0; i < keys_.size(); ++i)
      if (keys_[i] == key) return i;
    return std::nullopt;
  }

  /// @pre s < size(), t < times, f < features
  [[nodiscard]] double& operator()(std::size_t s, std::size_t t, std::size_t f = 0) {
    return values_[place(s, t, f)];
  }
  [[nodiscard]] double operator()(std::size_t s, std::size_t t, std::size_t f = 0) const {
    return values_[place(s, t, f)];
  }
  /// times x features values of one series, step by step. @pre s < size()
  [[nodiscard]] std::span<double> of(std::size_t s) { return std::span{values_}.subspan(block(s), length()); }
  [[nodiscard]] std::span<const double> of(std::size_t s) const {
    return std::span{values_}.subspan(block(s), length());
  }
  /// One series, where a step holds a single feature. @pre features == 1, s < size()
  [[nodiscard]] series_view view(std::size_t s) const {
    FORESHIFT_EXPECT(shape_.features == 1);
    return {shape_.start, shape_.step, of(s)};
  }
  /// Writes a series into one feature, where the two grids meet; what lies outside is left alone.
  /// @pre y has the panel's step, and its start is a whole number of steps away from the panel's
  void fill(std::size_t s, series_view y, std::size_t f = 0) {
    const duration off = y.start - shape_.start;
    FORESHIFT_EXPECT(y.step == shape_.step && off % shape_.step == duration::zero());
    const duration::rep first = off / shape_.step;
    for (std::size_t i = 0; i < y.size(); ++i) {
      const duration::rep t = first + static_cast<duration::rep>(i);
      if (t >= 0 && static_cast<std::size_t>(t) < shape_.times)
        (*this)(s, static_cast<std::size_t>(t), f) = y.values[i];
    }
  }

  [[nodiscard]] std::span<const double> flat() const { return values_; }
  [[nodiscard]] std::span<double> flat() { return values_; }

 private:
  [[nodiscard]] std::size_t length() const { return shape_.times * shape_.features; }
  [[nodiscard]] std::size_t block(std::size_t s) const {
    FORESHIFT_EXPECT(s < keys_.size());
    return s * length();
  }
  [[nodiscard]] std::size_t place(std::size_t s, std::size_t t, std::size_t f) const {
    FORESHIFT_EXPECT(t < shape_.times && f < shape_.features);
    return block(s) + t * shape_.features + f;
  }

  std::vector<series_key> keys_;
  panel_shape shape_;
  std::vector<double> values_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::telemetry
