#pragma once
/// @file
/// What measures how strange a value is, in a unit of its own.
///
/// A nonconformity measure compares a value with what came before it and says how far off it is. It need not
/// know how far off is unusual: `running_tail` turns its amounts into probabilities by their own past, so
/// that measures of different units, on different metrics, become comparable.
///
/// The word is that of R. Laxhammar, G. Falkman, "Inductive conformal anomaly detection for sequential
/// detection of anomalous sub-trajectories" (Annals of Mathematics and Artificial Intelligence 74, 2015),
/// whose p-values are ranks among past nonconformities; here the tail is extrapolated.

#include <foreshift/core/config.hpp>
#include <foreshift/telemetry/sample.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

/// How far `observed` is from `expected`; these are in the unit of what is measured, which need not be the
/// value.
/// @invariant `amount` is finite and at least 0; 0 also where the measure cannot say yet.
struct nonconformity {
  double amount = 0;
  double observed = 0;
  double expected = 0;
  friend constexpr bool operator==(const nonconformity&, const nonconformity&) = default;
};

/// A measure over one stream.
///
/// Semantics     `measure` compares with earlier samples only, then learns this one. Regular: a copy measures
///               alike. Samples come in time order, their values are finite. `name` is what people call it;
///               `two_sided`: amounts above and below what was expected are rare each in its own right.
/// Gaps          A measure that compares a value with those just before it has `interrupt()`: samples are
///               missing before the next one, and nothing is to be compared across them.
/// Cost          O(1), or O(log n) in a bounded n; no memory that grows with the stream.
/// Models        `jump`, `level_shift`, `median_distance`, `pattern_novelty`, `range_excess`,
///               `seasonal_deviation`, `seasonal_hybrid_esd`, `variance_change`, `flatline`,
///               `half_space_trees`, `spectral_residual`, and any detector by `scored_by`.
template <class M>
concept NonconformityMeasure = std::copyable<M> && requires(M& m, const telemetry::sample& s) {
  { m.measure(s) } -> std::same_as<nonconformity>;
  { M::name } -> std::convertible_to<std::string_view>;
  { M::two_sided } -> std::convertible_to<bool>;
};

/// A billionth of the values themselves is rounding and no difference.
inline constexpr double negligible_share = 1e-9;

/// The distance of two finite numbers: finite, and 0 where it is negligible.
[[nodiscard]] inline double distance_between(double a, double b) {
  const double apart = std::abs(a - b);
  if (apart <= negligible_share * std::max(std::abs(a), std::abs(b))) return 0;
  return std::min(apart, std::numeric_limits<double>::max());
}

/// A scale to divide by that does not vanish on a flat stream around `level`.
[[nodiscard]] inline double scale_at_least(double scale, double level) {
  return std::max({scale, negligible_share * std::abs(level), 1e-150});
}

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
