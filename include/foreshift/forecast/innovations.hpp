#pragma once
/// @file
/// What a model with an equation of its own adds to its mean: quantiles from its standard errors, and joint
/// paths that repeat the surprises of the past.
///
/// Where `backtested` measures errors lead by lead, a model such as ARIMA or ETS knows its one-step surprises
/// (innovations) and how they add up. A path is the model run forward with consecutive innovations of the
/// past in place of unknown ones. Every series takes them from the same moment, so that paths of several
/// series belong together.
///
/// Source: R. J. Hyndman, G. Athanasopoulos, "Forecasting: principles and practice", 3rd ed., section 5.5
/// (normal intervals, bootstrapped residuals).

#include <foreshift/core/archive.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/core/ring_buffer.hpp>
#include <foreshift/forecast/observation.hpp>
#include <foreshift/forecast/prediction.hpp>

#include <algorithm>
#include <cstddef>
#include <span>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// The last innovations, oldest first. A regular value; allocates only in its constructor.
class innovation_memory {
 public:
  /// @pre kept >= 1
  explicit innovation_memory(std::size_t kept) : ring_(kept) {}

  /// A gap has no surprise: pushed as 0, so that moments keep their age.
  void push(double innovation) { ring_.push(is_observed(innovation) ? innovation : 0.0); }
  [[nodiscard]] std::size_t size() const { return ring_.size(); }
  /// Innovation i of those remembered, the oldest is 0. @pre i < size()
  [[nodiscard]] double operator[](std::size_t i) const { return ring_[i]; }

  /// Writes the out.size() consecutive innovations of which the last is `age` steps old; age 0 ends with the
  /// youngest. Where the memory does not reach that far, age is taken modulo what it holds, and a memory
  /// shorter than out is repeated. All zero when nothing is remembered.
  void copy_block(std::size_t age, std::span<double> out) const {
    const std::size_t n = size();
    if (n == 0) {
      std::ranges::fill(out, 0.0);
      return;
    }
    const std::size_t blocks = n >= out.size() ? n - out.size() + 1 : n;
    const std::size_t end = n - age % blocks;  // one behind the last
    for (std::size_t h = 0; h < out.size(); ++h) out[h] = ring_[(end + n * out.size() + h - out.size()) % n];
  }

 private:
  friend struct foreshift::archive_access;
  innovation_memory() = default;
  static void members(auto& self, auto& archive) { archive(self.ring_); }
  [[nodiscard]] bool consistent() const {
    for (std::size_t i = 0; i < ring_.size(); ++i)
      if (!is_observed(ring_[i])) return false;
    return ring_.capacity() >= 1;
  }

  ring_buffer<double> ring_;
};

/// Quantiles of normal errors around out.mean at out.levels. A standard error of 0 puts them on the mean.
/// @pre one standard error >= 0 for each step of out; levels ascending, each in (0, 1)
inline void write_normal_quantiles(prediction& out, std::span<const double> standard_errors) {
  const std::size_t horizon = out.horizon();
  FORESHIFT_EXPECT(standard_errors.size() == horizon);
  out.quantiles.resize(out.levels.size() * horizon);
  for (std::size_t i = 0; i < out.levels.size(); ++i) {
    FORESHIFT_EXPECT(out.levels[i] > 0 && out.levels[i] < 1);
    const double z = foreshift::detail::portable_normal_quantile(out.levels[i]);
    for (std::size_t h = 0; h < horizon; ++h)
      out.quantiles[i * horizon + h] = out.mean[h] + z * standard_errors[h];
  }
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
