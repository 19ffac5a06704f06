#pragma once
/// @file
/// STL with several seasons: a day inside a week, a week inside a year.
///
/// The seasons are taken out one after the other, the shortest first, each by STL from the series without the
/// others; then the round is repeated, because what the first took for its own may belong to the second.
///
/// Source: K. Bandara, R. J. Hyndman, C. Bergmeir, "MSTL: a seasonal-trend decomposition algorithm for time
/// series with multiple seasonal patterns", 2021 (arXiv 2107.13462); the defaults are those of R's
/// `forecast::mstl`, which this agrees with.

#include <foreshift/forecast/stl.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

struct mstl {
  std::vector<std::size_t> season_lengths = {24, 168};  ///< in steps, each at least 2, in any order
  std::vector<std::size_t> s_windows = {};  ///< by ascending season; those not given are 11, 15, 19, ...
  std::size_t iterations = 2;               ///< rounds over the seasons; one season needs but one
  stl each = {};  ///< all other options; its season_length and s_window are not used
};

/// The seasons of which more than two were seen. A season of one step is none.
[[nodiscard]] inline std::vector<std::size_t> usable_seasons(std::span<const std::size_t> season_lengths,
                                                             std::size_t n) {
  std::vector<std::size_t> out;
  for (const std::size_t m : season_lengths)
    if (m >= 2 && m < n && n - m > m) out.push_back(m);
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

/// Seasons of which at most two were seen are dropped; `too_short` when none is left, `all_missing` without
/// any observation. Gaps as in STL. O(iterations * seasons * n); allocates a dozen vectors.
[[nodiscard]] inline result<decomposition, errc> decompose(const mstl& spec, std::span<const double> y) {
  const std::size_t n = y.size();
  const auto seasons = usable_seasons(spec.season_lengths, n);
  if (seasons.empty()) return failure{errc::too_short};
  if (count_observed(y) == 0) return failure{errc::all_missing};
  auto [rest, observed] = detail::bridged(y);
  decomposition out{
      seasons, std::vector<double>(seasons.size() * n), std::vector<double>(n), {}, std::vector<double>(n)};
  stl_loop loop;
  const std::size_t rounds = seasons.size() == 1 ? 1 : std::max<std::size_t>(1, spec.iterations);
  for (std::size_t round = 0; round < rounds; ++round)
    for (std::size_t k = 0; k < seasons.size(); ++k) {
      stl one = spec.each;
      one.season_length = seasons[k];
      one.s_window = k < spec.s_windows.size() ? spec.s_windows[k] : 11 + 4 * k;
      const std::span<double> season = std::span{out.seasonal}.subspan(k * n, n);
      for (std::size_t i = 0; i < n; ++i) rest[i] += season[i];
      loop.run(rest, observed, detail::settings_of(one, n), season, out.trend, out.weights);
      if (one.s_window == stl::periodic) detail::make_periodic(season, seasons[k]);
      for (std::size_t i = 0; i < n; ++i) rest[i] -= season[i];
    }
  out.remainder = detail::remainder_of(y, out);
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
