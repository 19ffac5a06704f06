#pragma once
/// @file
/// When a limit is crossed: not one time but a distribution, and the share of the futures that never get
/// there.
///
/// For a disk that fills or memory that leaks, whether is not the question but when. Each joint path has a
/// first step above the limit or none; the quantiles are those of the paths that have one. They say nothing
/// without the share that has none, so the two come together.

#include <foreshift/core/time.hpp>
#include <foreshift/forecast/prediction.hpp>
#include <foreshift/risk/exceedance.hpp>

#include <cstddef>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::risk {

/// Times from the begin of the paths to the begin of the step of the first crossing, among the paths that
/// cross. All 0 where none does: see `never`.
struct crossing_times {
  duration p10{}, p50{}, p90{};
  double never = 1;  ///< share of the paths that stay below for the whole horizon
};

/// The quantile p is the smallest time by which the share p of the crossing paths has crossed.
/// @pre at least one path of at least one step; step > 0; arriving and leaving paths have the same shape
/// O(paths x horizon), each path left at its crossing; allocates a count for each step.
[[nodiscard]] inline crossing_times first_crossing(const forecast::sample_paths& paths, double limit,
                                                   duration step, const what_if& change = {}) {
  detail::expect_same_shape(paths, change);
  FORESHIFT_EXPECT(step > duration::zero());
  std::vector<std::size_t> first(paths.horizon());
  std::size_t crossing = 0;
  for (std::size_t p = 0; p < paths.count(); ++p) {
    const detail::changed_path path{paths, change, p};
    for (std::size_t i = 0; i < paths.horizon(); ++i) {
      if (!path.over(i, limit)) continue;
      ++first[i], ++crossing;
      break;
    }
  }
  crossing_times out;
  out.never = static_cast<double>(paths.count() - crossing) / static_cast<double>(paths.count());
  const auto after = [&](std::size_t tenths) {
    std::size_t i = 0, sum = first[0];
    while (10 * sum < tenths * crossing) sum += first[++i];
    return static_cast<duration::rep>(i) * step;
  };
  if (crossing > 0) out.p10 = after(1), out.p50 = after(5), out.p90 = after(9);
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::risk
