#pragma once
/// @file
/// Recorded readings as a telemetry source: each is told when the clock has come to its time.
///
/// A site that runs over a recording, or over a file that somebody else keeps writing, is fed through the
/// same door as one in a data centre. The tables of telemetry/sample_csv.hpp (a row for each sample) and
/// telemetry/series_csv.hpp (a row for each series) become readings by a function that knows their names.

#include <foreshift/core/time.hpp>
#include <foreshift/ports/clock.hpp>
#include <foreshift/ports/telemetry_source.hpp>
#include <foreshift/telemetry/metric.hpp>
#include <foreshift/telemetry/sample.hpp>
#include <foreshift/telemetry/sample_csv.hpp>
#include <foreshift/telemetry/series_csv.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::driver {

/// Whose samples stand under a name in a table; nothing for those that are nobody's.
template <class F>
concept SeriesNames = requires(F& key_of, std::string_view name) {
  { key_of(name) } -> std::same_as<std::optional<telemetry::series_key>>;
};

/// The samples of a table with a row for each, in the order of the file; names that are nobody's are left
/// out. O(samples).
template <SeriesNames F>
[[nodiscard]] std::vector<telemetry::reading> readings_of(std::span<const telemetry::sampled_series> table,
                                                          F key_of) {
  std::vector<telemetry::reading> out;
  for (const auto& series : table)
    if (const auto key = key_of(series.name))
      for (const auto& s : series.samples) out.push_back({*key, s});
  return out;
}
/// Those of a table with a row for each series, whose first value is of `start`; gaps are left out.
template <SeriesNames F>
[[nodiscard]] std::vector<telemetry::reading> readings_of(std::span<const telemetry::series_row> table,
                                                          time_point start, duration step, F key_of) {
  std::vector<telemetry::reading> out;
  for (const auto& row : table) {
    const auto key = key_of(row.name);
    if (!key) continue;
    for (std::size_t t = 0; t < row.values.size(); ++t)
      if (!std::isnan(row.values[t]))
        out.push_back({*key, {start + static_cast<duration::rep>(t) * step, row.values[t]}});
  }
  return out;
}

/// A TelemetrySource. Repetitions are told as often as they were recorded. Threads: one call at a time.
template <ports::Clock Clock>
class recorded_source {
 public:
  /// @param clock outlives the source
  explicit recorded_source(Clock& clock, std::vector<telemetry::reading> recorded = {}) : clock_(&clock) {
    append(std::move(recorded));
  }

  /// More has been recorded, in any order. What is over already is told by the next poll.
  /// O(n log n) in what is left to tell.
  void append(std::vector<telemetry::reading> more) {
    left_.erase(left_.begin(), left_.begin() + static_cast<std::ptrdiff_t>(told_));
    told_ = 0;
    left_.insert(left_.end(), more.begin(), more.end());
    std::ranges::stable_sort(left_, {}, [](const telemetry::reading& r) { return r.what.at; });
  }
  /// Tells what has come up to now, by time and else in the order in which it was recorded.
  template <class Sink>
  void poll(Sink&& sink) {
    for (const time_point now = clock_->now(); told_ < left_.size() && left_[told_].what.at <= now; ++told_)
      sink(left_[told_]);
  }
  [[nodiscard]] std::size_t left() const { return left_.size() - told_; }
  /// The time of the next reading; nothing at the end of the recording.
  [[nodiscard]] std::optional<time_point> next_at() const {
    return left() == 0 ? std::nullopt : std::optional{left_[told_].what.at};
  }

 private:
  Clock* clock_;
  std::vector<telemetry::reading> left_;
  std::size_t told_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
