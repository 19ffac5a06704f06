#pragma once
/// @file
/// Seeded randomness with the same bits on every platform.
///
/// The generator is xoshiro256** (Blackman and Vigna, 2021), started from one seed by splitmix64. The
/// standard's distributions differ between libraries, and so do the last bits of `std::log`; the ones here
/// use integer arithmetic and correctly rounded operations only (+, *, /, sqrt and fused multiply-add, each
/// written out), so a simulation replays anywhere. Normal values are quantiles of uniform ones by Wichura's
/// AS 241 (1988).

#include <foreshift/core/contract.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI {

/// One step of splitmix64: also a good mixer of two integers into a seed.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31);
}

namespace detail {

/// c[0] + c[1] x + ... by Horner's rule, each step rounded once.
template <std::size_t N>
[[nodiscard]] inline double polynomial(const double (&c)[N], double x) {
  double sum = c[N - 1];
  for (std::size_t i = N - 1; i-- > 0;) sum = std::fma(sum, x, c[i]);
  return sum;
}

/// Natural logarithm of a positive normal number, to about 1e-15: ln m = 2 artanh((m - 1) / (m + 1)).
[[nodiscard]] inline double portable_log(double x) {
  int exponent = 0;
  double m = std::frexp(x, &exponent);
  if (m < 0.70710678118654752440) m *= 2.0, --exponent;
  const double s = (m - 1.0) / (m + 1.0);
  constexpr double odd[] = {2.0,        2.0 / 3.0,  2.0 / 5.0,  2.0 / 7.0,  2.0 / 9.0,  2.0 / 11.0,
                            2.0 / 13.0, 2.0 / 15.0, 2.0 / 17.0, 2.0 / 19.0, 2.0 / 21.0, 2.0 / 23.0};
  return std::fma(static_cast<double>(exponent), 0.69314718055994530942, s * polynomial(odd, s * s));
}

/// Standard normal quantile of p in (0, 1), relative error about 1e-16 before rounding. AS 241, routine
/// PPND16.
[[nodiscard]] inline double portable_normal_quantile(double p) {
  constexpr double a[] = {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
                          1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
                          3.3430575583588128105e4, 2.5090809287301226727e3};
  constexpr double b[] = {1.0,
                          4.2313330701600911252e1,
                          6.8718700749205790830e2,
                          5.3941960214247511077e3,
                          2.1213794301586595867e4,
                          3.9307895800092710610e4,
                          2.8729085735721942674e4,
                          5.2264952788528545610e3};
  constexpr double c[] = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                          3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                          2.27238449892691845833e-2, 7.74545014278341407640e-4};
  constexpr double d[] = {1.0,
                          2.05319162663775882187e0,
                          1.67638483018380384940e0,
                          6.89767334985100004550e-1,
                          1.48103976427480074590e-1,
                          1.51986665636164571966e-2,
                          5.47593808499534494600e-4,
                          1.05075007164441684324e-9};
  constexpr double e[] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                          2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                          2.71155556874348757815e-5, 2.01033439929228813265e-7};
  constexpr double f[] = {1.0,
                          5.99832206555887937690e-1,
                          1.36929880922735805310e-1,
                          1.48753612908506148525e-2,
                          7.86869131145613259100e-4,
                          1.84631831751005468180e-5,
                          1.42151175831644588870e-7,
                          2.04426310338993978564e-15};
  const double q = p - 0.5;
  if (std::abs(q) <= 0.425) {
    const double r = std::fma(-q, q, 0.180625);
    return q * polynomial(a, r) / polynomial(b, r);
  }
  const double r = std::sqrt(-portable_log(q < 0 ? p : 1.0 - p));
  const double x = r <= 5.0 ? polynomial(c, r - 1.6) / polynomial(d, r - 1.6)
                            : polynomial(e, r - 5.0) / polynomial(f, r - 5.0);
  return q < 0 ? -x : x;
}

}  // namespace detail

/// A stream of random values. A regular value: a copy replays the same stream. 32 bytes, no allocation.
/// Satisfies `std::uniform_random_bit_generator`.
class random_stream {
 public:
  using result_type = std::uint64_t;

  /// @param seed   names the experiment
  /// @param stream names one use of randomness in it; streams of one seed are independent of each other
  explicit constexpr random_stream(std::uint64_t seed, std::uint64_t stream = 0) {
    std::uint64_t x = mix(seed) ^ mix(~stream);
    for (auto& word : state_) word = mix(x += 0x9E3779B97F4A7C15U);
  }

  static constexpr std::uint64_t min() { return 0; }
  static constexpr std::uint64_t max() { return std::numeric_limits<std::uint64_t>::max(); }

  constexpr std::uint64_t operator()() {
    const std::uint64_t out = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return out;
  }

  /// Uniform in [0, n), without bias. @pre n > 0
  [[nodiscard]] constexpr std::uint64_t below(std::uint64_t n) {
    FORESHIFT_EXPECT(n > 0);
    const std::uint64_t reject = (0 - n) % n;  // 2^64 mod n values too many
    for (;;)
      if (const std::uint64_t x = (*this)(); x >= reject) return x % n;
  }
  /// Uniform in [0, 1), a multiple of 2^-53.
  [[nodiscard]] constexpr double uniform() { return static_cast<double>((*this)() >> 11) * 0x1p-53; }
  /// True with probability p.
  [[nodiscard]] constexpr bool chance(double p) { return uniform() < p; }
  /// Standard normal.
  [[nodiscard]] double normal() {
    return detail::portable_normal_quantile((static_cast<double>((*this)() >> 12) + 0.5) * 0x1p-52);
  }
  /// Exponential with mean 1.
  [[nodiscard]] double exponential() {
    return -detail::portable_log((static_cast<double>((*this)() >> 12) + 0.5) * 0x1p-52);
  }

  friend constexpr bool operator==(const random_stream&, const random_stream&) = default;

 private:
  std::array<std::uint64_t, 4> state_{};
};

/// Puts the items into a random order, every order equally likely. O(n).
template <class T>
constexpr void shuffle(std::span<T> items, random_stream& random) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.below(i)]);
}

}  // namespace foreshift::inline FORESHIFT_ABI
