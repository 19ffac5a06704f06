#pragma once
/// @file
/// The hyperbolic tangent and the logistic function, for many values at once.
///
/// An LSTM of 32 units calls one of the two for every fifty multiplications: the library's versions would
/// cost more than all matrix products. Here both come from one exponential without a branch or a table;
/// applied to a block of a fixed number of lanes, compilers make vector instructions of it without special
/// flags.
///
/// In single precision: 2^s = 2^n 2^r with |r| <= 1/2, and for 2^r the polynomial of degree 5 through the six
/// Chebyshev nodes, its constant set to 1 so that tanh 0 is 0. In double precision, where gradients are
/// checked and speed is no matter, the library's function.

#include <foreshift/core/config.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace foreshift::inline FORESHIFT_ABI::forecast::detail {

/// Units are handled so many at a time: two registers of single precision in plain SSE2.
inline constexpr std::size_t lanes = 8;

/// 2^s of -126 <= s <= 126, relative error below 3e-7.
[[nodiscard]] inline float quick_exp2(float s) {
  constexpr float to_nearest = 0x1.8p23F;  // a sum with it has no bits left for a fraction
  const float shifted = s + to_nearest;
  const float r = s - (shifted - to_nearest);
  float p = 0.00133908633F;
  p = p * r + 0.00967603177F;
  p = p * r + 0.0555035695F;
  p = p * r + 0.240221068F;
  p = p * r + 0.693147182F;
  p = p * r + 1.0F;
  const std::uint32_t n = std::bit_cast<std::uint32_t>(shifted) << 23U;  // its lowest bits are the integer
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(p) + n);
}

/// tanh x = (1 - e^-2|x|) / (1 + e^-2|x|) with the sign of x. Absolute error below 2.5e-7 for every x, and
/// tanh 0 is 0. NaN gives 1 or -1.
[[nodiscard]] inline float hyperbolic_tangent(float x) {
  // Bits of numbers that are not negative are in the order of the numbers; the smaller of two integers is
  // taken without the branch that keeps compilers from making vectors of it.
  const auto size = std::bit_cast<std::int32_t>(std::abs(x)), most = std::bit_cast<std::int32_t>(43.0F);
  const float e = quick_exp2(-2.88539008F * std::bit_cast<float>(std::min(size, most)));
  return std::copysign((1.0F - e) / (1.0F + e), x);
}
[[nodiscard]] inline double hyperbolic_tangent(double x) { return std::tanh(x); }

/// 1 / (1 + e^-x) = (1 + tanh(x/2)) / 2, with half of its error.
template <class Real>
[[nodiscard]] inline Real logistic(Real x) {
  constexpr Real half = 0.5;
  return half + half * hyperbolic_tangent(half * x);
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast::detail
