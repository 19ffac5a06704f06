#pragma once
/// @file
/// The least value of a smooth function of one number between two bounds.
///
/// A scan finds the valley, because sums of squares of forecasting models may have several; a search by
/// parabolas with golden sections as a safeguard then goes to its bottom.
///
/// Source: R. P. Brent, "Algorithms for Minimization without Derivatives", 1973, chapter 5.

#include <foreshift/core/config.hpp>

#include <cmath>
#include <cstddef>

namespace foreshift::inline FORESHIFT_ABI::forecast {

struct search_interval {
  double lower = 0;
  double upper = 1;
  std::size_t scanned = 12;  ///< equal cells whose middles are tried first, at least 1
  double precision = 1e-7;   ///< how near, in the argument; > 0
};

/// The argument of the least value found. At most `scanned` + 60 calls of f; no allocation.
template <class F>
[[nodiscard]] double least_argument(const F& f, const search_interval& in) {
  const double cell = (in.upper - in.lower) / static_cast<double>(in.scanned);
  double x = in.lower, fx = 0;
  for (std::size_t i = 0; i < in.scanned; ++i) {
    const double at = in.lower + (static_cast<double>(i) + 0.5) * cell;
    if (const double v = f(at); i == 0 || v < fx) x = at, fx = v;
  }
  // x, w, v: the best three so far; the minimum lies in [a, b].
  constexpr double golden = 0.3819660112501051;
  double a = std::fmax(in.lower, x - cell), b = std::fmin(in.upper, x + cell);
  double w = x, v = x, fw = fx, fv = fx, step = 0, before_last = 0;
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (a + b);
    if (std::abs(x - middle) <= 2 * in.precision - 0.5 * (b - a)) break;
    bool parabola = false;
    if (std::abs(before_last) > in.precision) {
      const double r = (x - w) * (fx - fv);
      double q = (x - v) * (fx - fw);
      double p = (x - v) * q - (x - w) * r;
      q = 2 * (q - r);
      if (q > 0) p = -p;
      q = std::abs(q);
      if (std::abs(p) < std::abs(0.5 * q * before_last) && p > q * (a - x) && p < q * (b - x)) {
        before_last = step;
        step = p / q;
        parabola = true;
        const double u = x + step;
        if (u - a < 2 * in.precision || b - u < 2 * in.precision)
          step = x < middle ? in.precision : -in.precision;
      }
    }
    if (!parabola) {
      before_last = (x < middle ? b : a) - x;
      step = golden * before_last;
    }
    const double u = x + (std::abs(step) >= in.precision ? step : step > 0 ? in.precision : -in.precision);
    const double fu = f(u);
    if (fu <= fx) {
      (u < x ? b : a) = x;
      v = w, fv = fw, w = x, fw = fx, x = u, fx = fu;
    } else {
      (u < x ? a : b) = u;
      if (fu <= fw || w == x)
        v = w, fv = fw, w = u, fw = fu;
      else if (fu <= fv || v == x || v == w)
        v = u, fv = fu;
    }
  }
  // The minimum may be the bound itself, which the search only approaches.
  for (const double end : {in.lower, in.upper})
    if (std::abs(x - end) <= 4 * in.precision && f(end) <= fx) return end;
  return x;
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
