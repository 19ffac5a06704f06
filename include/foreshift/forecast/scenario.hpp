#pragma once
/// @file
/// Which moments of the past the joint paths repeat.
///
/// One plan is made for all series of a site, so that what went wrong together is drawn together. Ages are
/// drawn by stratified sampling: path p takes its age from the p-th of `count` equally probable slices, so a
/// plan as long as the memory repeats no moment twice. Recent moments may be drawn more densely.
///
/// Source: H. R. Künsch, "The jackknife and the bootstrap for general stationary observations", Ann. Statist.
/// 17, 1989 (blocks keep dependence); the shared indices are those of a panel bootstrap by time.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/forecast/prediction.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace foreshift::inline FORESHIFT_ABI::forecast {

struct scenario_options {
  std::size_t count = 100;                                     ///< joint paths
  std::size_t ages_max = 288;                                  ///< ages are below this, at least 1
  double half_life = std::numeric_limits<double>::infinity();  ///< age at which the density has halved, > 0
};

/// A plan of `count` ages in [0, ages_max), ascending. Same stream, same plan. O(count).
/// @pre ages_max >= 1, half_life > 0
[[nodiscard]] inline scenario_plan make_scenario_plan(const scenario_options& options,
                                                      random_stream& random) {
  FORESHIFT_EXPECT(options.ages_max >= 1 && options.half_life > 0);
  const auto ages = static_cast<double>(options.ages_max);
  const double rate = std::log(2.0) * ages / options.half_life;  // density exp(-rate u) over u in [0, 1)
  scenario_plan plan;
  plan.error_age.reserve(options.count);
  for (std::size_t p = 0; p < options.count; ++p) {
    const double share = (static_cast<double>(p) + random.uniform()) / static_cast<double>(options.count);
    const double u = rate < 1e-9 ? share : -std::log1p(share * std::expm1(-rate)) / rate;
    const auto age = static_cast<std::uint32_t>(u * ages);
    plan.error_age.push_back(std::min(age, static_cast<std::uint32_t>(options.ages_max - 1)));
  }
  return plan;
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
