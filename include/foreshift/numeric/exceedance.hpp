#pragma once
/// @file
/// How much of some joint paths is over a limit: counted, and with a normal tail beside the count.
///
/// A count of n paths cannot tell a probability below 1 / n from 0, and a choice between things that all
/// count 0 would be blind. The normal distribution with the paths' mean and variance in each step is the
/// second opinion: never 0, smooth in the limit, and wrong where the paths are not normal, so that the two
/// are mixed.
///
/// The paths are whatever `at` says they are, so that a sum or a difference of paths is counted while it is
/// formed, and nothing is copied. Nothing here allocates.

#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace foreshift::inline FORESHIFT_ABI::numeric {

/// Means over the paths. @invariant 0 <= steps <= horizon, 0 <= probability <= 1
struct exceedance {
  double steps = 0;        ///< expected number of steps over the limit
  double probability = 0;  ///< of at least one step over the limit
  friend constexpr bool operator==(const exceedance&, const exceedance&) = default;
};

struct path_shape {
  std::size_t count = 0;    ///< > 0
  std::size_t horizon = 0;  ///< steps of each path
};

/// At the limit is not over it. What is not a number is over: what is not known to be safe is not safe.
[[nodiscard]] constexpr bool is_over(double x, double limit) { return !(x <= limit); }

/// Steps over the limit in [from, to) of one path, whose value in step s is `at(s)`. O(to - from).
[[nodiscard]] std::uint32_t steps_over(std::size_t from, std::size_t to, double limit, const auto& at) {
  std::uint32_t over = 0;
  for (std::size_t s = from; s < to; ++s) over += is_over(at(s), limit) ? 1U : 0U;
  return over;
}

/// Sums over paths.
class exceedance_count {
 public:
  /// @param steps over the limit on one more path
  void add(std::uint32_t steps) { steps_ += steps, paths_ += steps > 0 ? 1U : 0U; }
  /// @pre count > 0, the number of paths added
  [[nodiscard]] exceedance over(std::size_t count) const {
    const auto n = static_cast<double>(count);
    return {static_cast<double>(steps_) / n, static_cast<double>(paths_) / n};
  }

 private:
  std::uint64_t steps_ = 0;
  std::uint64_t paths_ = 0;
};

/// By the normal distribution with the paths' mean and variance in each step; the probability is the largest
/// of one step, and 1 where that is not a number. `at(p, s)` is the value of path p in step s. O(count x
/// horizon).
[[nodiscard]] exceedance normal_exceedance(path_shape shape, double limit, const auto& at) {
  FORESHIFT_EXPECT(shape.count > 0);
  exceedance out;
  const auto n = static_cast<double>(shape.count);
  for (std::size_t s = 0; s < shape.horizon; ++s) {
    double sum = 0, squares = 0;
    for (std::size_t p = 0; p < shape.count; ++p) {
      const double x = at(p, s);
      sum += x;
      squares += x * x;
    }
    const double mean = sum / n;
    const double deviation = std::sqrt(std::max(squares / n - mean * mean, 1e-6));
    const double tail = 0.5 * std::erfc((limit - mean) / (deviation * 1.4142135623730951));
    const double known = std::isnan(tail) ? 1 : tail;
    out.steps += known;
    out.probability = std::max(out.probability, known);
  }
  return out;
}

/// @param share of the tail, in [0, 1]
[[nodiscard]] constexpr exceedance mixed(const exceedance& counted, const exceedance& tail, double share) {
  return {(1 - share) * counted.steps + share * tail.steps,
          (1 - share) * counted.probability + share * tail.probability};
}

}  // namespace foreshift::inline FORESHIFT_ABI::numeric
