#pragma once
/// @file
/// What an anomaly detector is.

#include <foreshift/anomaly/score.hpp>
#include <foreshift/telemetry/sample.hpp>

#include <concepts>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

/// Scores one stream, strictly causally: the score of a sample depends on it and on earlier ones only.
///
/// Semantics     Regular: a copy scores alike. Samples come in time order. A NaN value teaches nothing,
/// and scores 0 but with a detector of missing data. Cost          O(1) a sample in what has been seen so
/// far; no allocation after the first sample. Models        `range_novelty`, `ensemble`, `ewma_chart`,
/// `cusum`, `change_points`, `missing_data`.
template <class D>
concept Detector = std::copyable<D> && requires(D& detector, const telemetry::sample& s) {
  { detector.observe(s) } -> std::same_as<score>;
};

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
