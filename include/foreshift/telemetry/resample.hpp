#pragma once
/// @file
/// Irregular samples made into a regular series.
///
/// Telemetry arrives late, twice and out of order. Samples are put in order of time; of two with the same
/// instant the one that arrived later is the correction; each step takes one value from its samples; gaps are
/// treated by policy, and all of this is counted, because a model should know what its data were like.

#include <foreshift/core/contract.hpp>
#include <foreshift/telemetry/impute.hpp>
#include <foreshift/telemetry/sample.hpp>
#include <foreshift/telemetry/series.hpp>
#include <foreshift/telemetry/step_fold.hpp>
#include <foreshift/telemetry/time_grid.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::telemetry {

struct resample_options {
  step_rule within = step_rule::mean;
  gap_policy gaps{};
};

/// What the samples were like.
struct sample_quality {
  std::size_t late = 0;       ///< arrived after a sample of a later time
  std::size_t duplicate = 0;  ///< replaced by another of the same instant
  std::size_t empty = 0;      ///< NaN
  std::size_t outside = 0;    ///< before or after the grid
  std::size_t missing = 0;    ///< steps without a reading
  std::size_t filled = 0;     ///< of these, filled by the gap policy
  friend bool operator==(const sample_quality&, const sample_quality&) = default;
};

struct resampled {
  series values{};
  sample_quality quality{};
};

/// One value for each step of the grid. Samples are in order of arrival. O(n log n), O(n) when they are in
/// order of time; allocates. @pre grid.step > 0
[[nodiscard]] inline resampled resample(std::span<const sample> samples, const time_grid& grid,
                                        const resample_options& options = {}) {
  FORESHIFT_EXPECT(grid.step > duration::zero());
  resampled out{
      {grid.start, grid.step, std::vector<double>(grid.size, std::numeric_limits<double>::quiet_NaN())}, {}};
  std::vector<sample> ordered;
  ordered.reserve(samples.size());
  time_point newest = time_point::min();
  for (const sample& s : samples) {
    if (s.at < newest) ++out.quality.late;
    newest = std::max(newest, s.at);
    if (std::isnan(s.value))
      ++out.quality.empty;
    else if (!grid.index_of(s.at))
      ++out.quality.outside;
    else
      ordered.push_back(s);
  }
  const auto earlier = [](const sample& a, const sample& b) { return a.at < b.at; };
  if (!std::is_sorted(ordered.begin(), ordered.end(), earlier))
    std::stable_sort(ordered.begin(), ordered.end(), earlier);  // equal instants keep the order of arrival

  for (std::size_t i = 0; i < ordered.size();) {
    const std::size_t step = *grid.index_of(ordered[i].at);
    const time_point end = grid.time_at(step + 1);
    step_fold fold;
    for (; i < ordered.size() && ordered[i].at < end; ++i) {
      if (i + 1 < ordered.size() && ordered[i + 1].at == ordered[i].at)
        ++out.quality.duplicate;
      else
        fold.add_newest(ordered[i].value);
    }
    out.values.values[step] = fold.value(options.within);
  }
  for (const double x : out.values.values) out.quality.missing += std::isnan(x) ? 1 : 0;
  out.quality.filled = impute(out.values.values, options.gaps);
  return out;
}

/// On the grid that holds all samples and starts at a multiple of the step (UTC). No samples give an empty
/// series. Memory grows with the time spanned: give a grid where times are not trusted.
[[nodiscard]] inline resampled resample(std::span<const sample> samples, duration step,
                                        const resample_options& options = {}) {
  const auto [first, last] = std::minmax_element(
      samples.begin(), samples.end(), [](const sample& a, const sample& b) { return a.at < b.at; });
  if (first == samples.end()) return resample(samples, time_grid{.step = step}, options);
  const time_point start = align_down(first->at, step);
  const auto size = static_cast<std::size_t>(steps_between(start, last->at, step)) + 1;
  return resample(samples, time_grid{start, step, size}, options);
}

}  // namespace foreshift::inline FORESHIFT_ABI::telemetry
