#pragma once
/// @file
/// A measure: what stands out of a window once all that repeats has been taken out of its spectrum.
///
/// The logarithm of a window's amplitudes is flattened by its own moving mean, the phases are kept, and what
/// comes back is large where something is that the rest does not explain. So that the newest value is not at
/// the edge, where everything stands out, a few values are guessed behind it. The scale of the values falls
/// out.
///
/// H. Ren et al., "Time-series anomaly detection service at Microsoft" (KDD 2019), with its q = 3, z = 21 and
/// five guessed values; the idea is X. Hou, L. Zhang, "Saliency detection: a spectral residual approach"
/// (CVPR 2007).

#include <foreshift/anomaly/nonconformity.hpp>
#include <foreshift/core/archive.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/ring_buffer.hpp>
#include <foreshift/numeric/fourier.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <cstddef>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

struct spectral_residual_options {
  std::size_t window = 64;  ///< values transformed, guessed ones included: a power of two, 32 to 4096
};

/// The amount is by how much the newest value's saliency exceeds the mean of the 21 before it, in units of
/// that mean: observed and expected. O(window log window) a sample, no allocation after construction.
class spectral_residual {
 public:
  static constexpr std::string_view name = "spectral residual";
  static constexpr bool two_sided = false;

  explicit spectral_residual(const spectral_residual_options& o = {}) : past_(o.window - guessed) {
    FORESHIFT_EXPECT(consistent());
    make_room();
  }

  nonconformity measure(const telemetry::sample& s) {
    past_.push(std::clamp(s.value, -largest, largest));
    if (!past_.full()) return {};
    const std::size_t known = past_.size(), n = known + guessed;
    double low = past_[0], high = past_[0];
    for (std::size_t i = 0; i < known; ++i) low = std::min(low, past_[i]), high = std::max(high, past_[i]);
    if (distance_between(low, high) == 0) return {0, 1, 1};  // flat: nothing stands out
    for (std::size_t i = 0; i < known; ++i) wave_[i] = (past_[i] - low) / (high - low);
    std::fill(wave_.begin() + static_cast<std::ptrdiff_t>(known), wave_.end(), guess());
    leave_the_residual();
    const std::size_t newest = known - 1;
    double mean = 0;
    for (std::size_t i = newest - compared; i < newest; ++i) mean += std::abs(wave_[i]) / compared;
    const double saliency = std::abs(wave_[newest]);
    if (!(mean > 1e-12 * static_cast<double>(n))) return {0, saliency, mean};
    return {std::max(0.0, (saliency - mean) / mean), saliency, mean};
  }

 private:
  friend struct foreshift::archive_access;
  static constexpr std::size_t guessed = 5, compared = 21, smoothed = 3;
  static constexpr double largest = 1e150;

  static void members(auto& self, auto& archive) {
    archive(self.past_);
    if constexpr (requires { self.make_room(); }) self.make_room();
  }
  [[nodiscard]] bool consistent() const {
    const std::size_t n = past_.capacity() + guessed;
    return n >= 32 && n <= 4096 && std::has_single_bit(n);
  }
  /// What follows from the window's size.
  void make_room() {
    if (!consistent()) return;
    transform_ = numeric::fourier_transform{past_.capacity() + guessed};
    wave_.assign(transform_.size(), 0.0);
    logs_.assign(transform_.size(), 0.0);
  }

  /// The mean of the five values before the newest. The paper goes on along the slope to the newest, which
  /// takes a spike for a trend and then hides it behind what it leads to.
  [[nodiscard]] double guess() const {
    const std::size_t newest = past_.size() - 1;
    double sum = 0;
    for (std::size_t i = 1; i <= guessed; ++i) sum += wave_[newest - i].real();
    return sum / guessed;
  }
  void leave_the_residual() {
    const std::size_t n = wave_.size();
    transform_.forward(wave_);
    for (std::size_t k = 0; k < n; ++k) logs_[k] = std::log(std::max(std::abs(wave_[k]), 1e-8));
    for (std::size_t k = 0; k < n; ++k) {
      double mean = 0;  // of the frequencies before, here and after, around the circle
      for (std::size_t d = 0; d < smoothed; ++d) mean += logs_[(k + n + d - smoothed / 2) % n] / smoothed;
      const double amplitude = std::abs(wave_[k]);
      wave_[k] = amplitude > 0 ? wave_[k] / amplitude * std::exp(logs_[k] - mean) : 0.0;
    }
    transform_.inverse(wave_);
  }

  ring_buffer<double> past_;
  numeric::fourier_transform transform_{2};
  std::vector<std::complex<double>> wave_;
  std::vector<double> logs_;
};
static_assert(NonconformityMeasure<spectral_residual>);

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
