#pragma once
/// @file
/// The discrete Fourier transform of a power of two.
///
/// J. W. Cooley, J. W. Tukey, "An algorithm for the machine calculation of complex Fourier series"
/// (Mathematics of Computation 19, 1965): in place, the order of the input reversed bit by bit first.

#include <foreshift/core/config.hpp>
#include <foreshift/core/contract.hpp>

#include <bit>
#include <cmath>
#include <complex>
#include <cstddef>
#include <numbers>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::numeric {

/// Of one size, with its roots of unity. O(n log n) a transform, no allocation after construction.
class fourier_transform {
 public:
  /// @param n a power of two, at least 2
  explicit fourier_transform(std::size_t n) : roots_(n / 2) {
    FORESHIFT_EXPECT(n >= 2 && std::has_single_bit(n));
    for (std::size_t k = 0; k < roots_.size(); ++k)
      roots_[k] = std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n));
  }
  [[nodiscard]] std::size_t size() const { return 2 * roots_.size(); }

  /// sum over t of x_t exp(-2 pi i k t / n), in place. @pre size() values
  void forward(std::span<std::complex<double>> x) const {
    const std::size_t n = size();
    FORESHIFT_EXPECT(x.size() == n);
    for (std::size_t i = 1, j = 0; i < n; ++i) {
      std::size_t bit = n / 2;
      for (; (j & bit) != 0; bit /= 2) j ^= bit;
      j ^= bit;
      if (i < j) std::swap(x[i], x[j]);
    }
    for (std::size_t half = 1; half < n; half *= 2)
      for (std::size_t begin = 0; begin < n; begin += 2 * half)
        for (std::size_t k = 0; k < half; ++k) {
          const auto odd = product(roots_[k * (n / 2 / half)], x[begin + half + k]);
          const auto even = x[begin + k];
          x[begin + k] = even + odd;
          x[begin + half + k] = even - odd;
        }
  }
  /// What `forward` undoes, its 1 / n included.
  void inverse(std::span<std::complex<double>> x) const {
    for (auto& v : x) v = std::conj(v);
    forward(x);
    for (auto& v : x) v = std::conj(v) / static_cast<double>(size());
  }

 private:
  /// Without the care that `*` takes of infinities.
  [[nodiscard]] static std::complex<double> product(std::complex<double> a, std::complex<double> b) {
    return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
  }
  std::vector<std::complex<double>> roots_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::numeric
