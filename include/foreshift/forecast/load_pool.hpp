#pragma once
/// @file
/// The methods that are worth running side by side on the load of machines.
///
/// None of them is best for long: short traces belong to robust levels, days with a pattern to the profiles
/// and the autoregression, bursts to smoothing. Together, and chosen on the stream (selection.hpp), they beat
/// each of them.

#include <foreshift/forecast/any_forecaster.hpp>
#include <foreshift/forecast/local_reversion.hpp>
#include <foreshift/forecast/robust_level.hpp>
#include <foreshift/forecast/seasonal_ar.hpp>
#include <foreshift/forecast/seasonal_median.hpp>
#include <foreshift/forecast/smoothing.hpp>

#include <cstddef>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// Five methods that start after eight observations and learn the day as it comes. @param season_length steps
/// a day
[[nodiscard]] inline std::vector<any_forecaster> load_pool(std::size_t season_length) {
  const std::size_t hour = season_length % 24 == 0 ? season_length / 24 : 1;
  return {level_median{.window = 12}, exponential_smoothing{}, local_reversion{.window = 24, .memory = 1000},
          seasonal_median{.season_length = season_length, .seasons_max = 7, .bucket_length = hour},
          seasonal_ar{.season_length = season_length, .level_steps = 8, .ridge_places = 10}};
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
