#pragma once
/// @file
/// The minimum of a small convex quadratic inside a box, exactly.
///
/// With a handful of variables every choice of which of them sit at a bound can be tried: three states for
/// each, one small solve for each choice, and the best point that lies in the box is the minimum. No
/// iteration, no tolerance.

#include <foreshift/core/contract.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

namespace foreshift::inline FORESHIFT_ABI::numeric {

/// x' A x / 2 - b' x, for low <= x <= high. Only the first `size` entries count.
template <std::size_t Capacity>
struct box_quadratic {
  std::size_t size = 0;
  std::array<std::array<double, Capacity>, Capacity> a{};  ///< symmetric, positive definite
  std::array<double, Capacity> b{};
  std::array<double, Capacity> low{};
  std::array<double, Capacity> high{};

  [[nodiscard]] double value(const std::array<double, Capacity>& x) const {
    double sum = 0;
    for (std::size_t i = 0; i < size; ++i) {
      double row = 0;
      for (std::size_t j = 0; j < size; ++j) row += a[i][j] * x[j];
      sum += x[i] * (0.5 * row - b[i]);
    }
    return sum;
  }
};

namespace detail {

enum class held : unsigned char { free, low, high };

/// The minimum over the free variables, the others at their bounds. False when A is not positive definite
/// there. Gaussian elimination without pivoting, as a positive definite matrix allows.
template <std::size_t Capacity>
[[nodiscard]] bool minimum_with(const box_quadratic<Capacity>& q, const std::array<held, Capacity>& state,
                                std::array<double, Capacity>& x) {
  std::array<std::size_t, Capacity> free{};
  std::size_t n = 0;
  for (std::size_t i = 0; i < q.size; ++i) {
    x[i] = state[i] == held::low ? q.low[i] : q.high[i];
    if (state[i] == held::free) free[n++] = i;
  }
  std::array<std::array<double, Capacity + 1>, Capacity> m{};
  for (std::size_t r = 0; r < n; ++r) {
    m[r][n] = q.b[free[r]];
    for (std::size_t c = 0; c < n; ++c) m[r][c] = q.a[free[r]][free[c]];
    for (std::size_t j = 0; j < q.size; ++j)
      if (state[j] != held::free) m[r][n] -= q.a[free[r]][j] * x[j];
  }
  for (std::size_t k = 0; k < n; ++k) {
    if (!(m[k][k] > 0)) return false;
    for (std::size_t r = k + 1; r < n; ++r) {
      const double share = m[r][k] / m[k][k];
      for (std::size_t c = k; c <= n; ++c) m[r][c] -= share * m[k][c];
    }
  }
  for (std::size_t k = n; k-- > 0;) {
    double rest = m[k][n];
    for (std::size_t c = k + 1; c < n; ++c) rest -= m[k][c] * x[free[c]];
    x[free[k]] = rest / m[k][k];
  }
  return true;
}

}  // namespace detail

/// The minimiser; the low corner when A is not positive definite anywhere. O(3^size), no allocation.
/// @pre size <= Capacity, low <= high
template <std::size_t Capacity>
[[nodiscard]] std::array<double, Capacity> minimise(const box_quadratic<Capacity>& q) {
  FORESHIFT_EXPECT(q.size <= Capacity);
  std::array<double, Capacity> best = q.low, x{};
  double least = std::numeric_limits<double>::infinity();
  std::array<detail::held, Capacity> state{};
  for (;;) {
    if (detail::minimum_with(q, state, x)) {
      bool inside = true;
      for (std::size_t i = 0; i < q.size; ++i) inside = inside && x[i] >= q.low[i] && x[i] <= q.high[i];
      if (inside) {
        const bool interior = [&] {
          for (std::size_t i = 0; i < q.size; ++i)
            if (state[i] != detail::held::free) return false;
          return true;
        }();
        if (interior) return x;
        if (const double v = q.value(x); v < least) {
          least = v;
          best = x;
        }
      }
    }
    std::size_t i = 0;  // the next choice, counting in base 3
    while (i < q.size && state[i] == detail::held::high) state[i++] = detail::held::free;
    if (i == q.size) return best;
    state[i] = state[i] == detail::held::free ? detail::held::low : detail::held::high;
  }
}

}  // namespace foreshift::inline FORESHIFT_ABI::numeric
