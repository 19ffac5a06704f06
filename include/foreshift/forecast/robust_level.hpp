#pragma once
/// @file
/// The level of a series that single spikes cannot move: the median of the last few values.
///
/// The load of a virtual machine has heavy tails, and a mean follows every spike. A median of the last k
/// values ignores up to half of them. The values are kept twice, in order of time and in order of size, so
/// that one more costs a binary search and a short move.
///
/// Source: P. J. Huber, "Robust Statistics", 1981, section 1.3 (breakdown point of the median).

#include <foreshift/core/archive.hpp>
#include <foreshift/core/ring_buffer.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/observation.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

namespace detail {

/// Puts a value into an ascending range that has room for one more.
inline void insert_sorted(std::span<double> room, double in) {
  const auto end = room.end() - 1;
  const auto at = std::upper_bound(room.begin(), end, in);
  std::move_backward(at, end, room.end());
  *at = in;
}
/// Puts a value into an ascending range in place of another that it holds: one search, and moves between the
/// two places only. @pre not empty
inline void replace_sorted(std::span<double> range, double out, double in) {
  double* const first = range.data();
  const double* low = first;
  for (std::size_t n = range.size(); n > 1;) {  // the last value below `out`, by arithmetic in place of jumps
    const std::size_t half = n / 2;
    low = low[half] < out ? low + half : low;
    n -= half;
  }
  std::size_t at = static_cast<std::size_t>(low - first) + (*low < out ? 1 : 0);
  for (; at + 1 < range.size() && first[at + 1] <= in; ++at) first[at] = first[at + 1];
  for (; at > 0 && first[at - 1] > in; --at) first[at] = first[at - 1];
  first[at] = in;
}
/// @pre not empty
[[nodiscard]] inline double median_of_sorted(std::span<const double> range) {
  const std::size_t n = range.size();
  return n % 2 == 1 ? range[n / 2] : 0.5 * range[n / 2 - 1] + 0.5 * range[n / 2];
}
/// Whether `sorted` is `values` in ascending order, all of them observations.
[[nodiscard]] inline bool is_sorted_copy(std::span<const double> sorted, std::vector<double> values) {
  if (!std::ranges::all_of(values, is_observed)) return false;
  std::ranges::sort(values);
  return std::ranges::equal(sorted, values);
}

}  // namespace detail

/// Median of the last `window` values pushed. O(window) moves of one word and no allocation after
/// construction.
class running_median {
 public:
  /// @pre window >= 1
  explicit running_median(std::size_t window) : recent_(window), sorted_(window) {}

  /// @pre is_observed(y)
  void push(double y) {
    if (recent_.full())
      detail::replace_sorted(sorted_, recent_.front(), y);
    else
      detail::insert_sorted(std::span{sorted_}.first(recent_.size() + 1), y);
    recent_.push(y);
  }
  /// @pre not empty
  [[nodiscard]] double median() const {
    FORESHIFT_EXPECT(!empty());
    return detail::median_of_sorted(std::span{sorted_}.first(size()));
  }
  [[nodiscard]] bool empty() const { return recent_.empty(); }
  [[nodiscard]] std::size_t size() const { return recent_.size(); }

 private:
  friend struct foreshift::archive_access;
  running_median() = default;
  static void members(auto& self, auto& archive) { archive(self.recent_, self.sorted_); }
  [[nodiscard]] bool consistent() const {
    std::vector<double> values;
    for (std::size_t i = 0; i < recent_.size(); ++i) values.push_back(recent_[i]);
    return sorted_.size() >= 1 && sorted_.size() == recent_.capacity() &&
           detail::is_sorted_copy(std::span{sorted_}.first(values.size()), values);
  }

  ring_buffer<double> recent_;
  std::vector<double> sorted_;  ///< the first recent_.size() are in use
};

/// A flat forecast at the running median.
class level_median_model {
 public:
  explicit level_median_model(running_median level) : level_(std::move(level)) {}

  friend void update(level_median_model& m, double y, std::span<const double> /*row*/) {
    if (is_observed(y)) m.level_.push(y);
  }
  friend void predict_mean(const level_median_model& m, regressor_view /*x*/, std::span<double> out) {
    std::ranges::fill(out, m.level_.median());
  }

 private:
  friend struct foreshift::archive_access;
  level_median_model() : level_(archive_access::blank<running_median>()) {}
  static void members(auto& self, auto& archive) { archive(self.level_); }
  [[nodiscard]] bool consistent() const { return !level_.empty(); }

  running_median level_;
};

/// Every step to come is like the median of the last `window` observations. Regressors are ignored.
struct level_median {
  using model = level_median_model;
  static constexpr std::string_view name = "level-median";
  std::size_t window = 12;  ///< in observations, at least 1
};

/// `all_missing` without any observation. O(window + n). @pre window >= 1
[[nodiscard]] inline result<level_median_model, errc> fit(const level_median& spec, telemetry::series_view y,
                                                          regressor_view) {
  running_median level{spec.window};
  // Gaps are passed over, so the last `window` observations may reach further back than `window` steps.
  std::size_t from = y.size();
  for (std::size_t found = 0; from > 0 && found < spec.window; --from)
    found += is_observed(y.values[from - 1]);
  for (const double v : y.values.subspan(from))
    if (is_observed(v)) level.push(v);
  if (level.empty()) return failure{errc::all_missing};
  return level_median_model{std::move(level)};
}

static_assert(Forecaster<level_median>);

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
