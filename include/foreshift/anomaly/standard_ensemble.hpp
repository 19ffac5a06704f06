#pragma once
/// @file
/// The ensemble for metrics of hosts and workloads whose nature nobody has told us.
///
/// Every measure weighs the same. Memories are in samples and were chosen for sampling between a minute and
/// an hour; README, Anomalies, says what was measured with them, and how little hangs on each.

#include <foreshift/anomaly/ensemble.hpp>
#include <foreshift/anomaly/jump.hpp>
#include <foreshift/anomaly/level_shift.hpp>
#include <foreshift/anomaly/median_distance.hpp>
#include <foreshift/anomaly/range_excess.hpp>
#include <foreshift/anomaly/seasonal_deviation.hpp>
#include <foreshift/anomaly/variance_change.hpp>

#include <tuple>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

using standard_ensemble = ensemble<range_excess, jump, level_shift, level_shift, level_shift, variance_change,
                                   median_distance, seasonal_deviation, seasonal_deviation>;
static_assert(Detector<standard_ensemble>);

/// Its measures, each as it begins.
[[nodiscard]] inline auto standard_measures() {
  return std::tuple{range_excess{},
                    jump{},
                    level_shift{{.short_memory = 8, .long_memory = 300}},
                    level_shift{{.short_memory = 30, .long_memory = 1000}},
                    level_shift{{.short_memory = 120, .long_memory = 2000}},
                    variance_change{{.short_memory = 60, .long_memory = 400}},
                    median_distance{},
                    seasonal_deviation{},
                    seasonal_deviation{{.smoothing = 12}}};
}
[[nodiscard]] inline standard_ensemble make_standard_ensemble(const ensemble_options& options = {}) {
  return std::apply(
      [&](auto... fresh) {
        return standard_ensemble{options, std::move(fresh)...};
      },
      standard_measures());
}

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
