#pragma once
/// @file
/// What a forecast's joint paths say of one horizon: how many of them exceed a limit, and by how much their
/// largest values miss it.
///
/// The share of the paths says nothing more once all or none of them exceed the limit. The distance of the
/// mean of their largest values goes on, in their standard deviations.

#include <foreshift/core/contract.hpp>
#include <foreshift/forecast/prediction.hpp>
#include <foreshift/numeric/exceedance.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace foreshift::inline FORESHIFT_ABI::risk {

struct forecast_opinion {
  double probability = 0;  ///< that the limit is exceeded in at least one step, in [0, 1]
  double margin = 0;       ///< above the limit in deviations; any number, or not one
};

/// The first `horizon` steps of the paths. A deviation is at least an eightieth of the limit.
/// @pre at least one path; 1 <= horizon <= that of the paths. O(paths x horizon), allocates nothing.
[[nodiscard]] inline forecast_opinion opinion_of(const forecast::sample_paths& paths, double limit,
                                                 std::size_t horizon) {
  FORESHIFT_EXPECT(paths.count() > 0 && horizon >= 1 && horizon <= paths.horizon());
  const auto n = static_cast<double>(paths.count());
  double over = 0, sum = 0, squares = 0;
  for (std::size_t p = 0; p < paths.count(); ++p) {
    const auto path = paths[p].first(horizon);
    double peak = path[0];
    for (const double v : path) peak = v > peak || std::isnan(v) ? v : peak;
    over += numeric::is_over(peak, limit) ? 1 : 0;
    sum += peak - limit, squares += (peak - limit) * (peak - limit);
  }
  const double mean = sum / n;
  const double deviation = std::sqrt(std::max(squares / n - mean * mean, 0.0)) + std::abs(limit) / 80;
  return {over / n, deviation > 0 ? mean / deviation : mean > 0 ? 6.0 : -6.0};
}

}  // namespace foreshift::inline FORESHIFT_ABI::risk
