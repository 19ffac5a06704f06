#pragma once
/// @file
/// How long an annealing stays at which temperature, learned from a short one before it.
///
/// A fleet takes form within one or two powers of ten of temperature, and where these are is not known in
/// advance: a schedule wide enough for any fleet is mostly too hot or too cold for this one. So a short
/// annealing passes through all of it and notes what the cost falls by, and how many workloads take part.
/// What haste leaves undone at a temperature is taken to be in proportion to both, and to one over the time
/// spent there; the sum of that is least when time goes with the root of their product.
///
/// Source: the idea of going by what a first pass measures is that of J. D. Nulton, P. Salamon, Statistical
/// mechanics of combinatorial optimization, Physical Review A 37 (1988); they keep the distance from
/// equilibrium constant, for which costs of all temperatures weigh alike. The rule here is ours.

#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace foreshift::inline FORESHIFT_ABI::placement::detail {

/// Places on the way from the first temperature (0) to the last (1), evenly in their logarithm.
class cooling {
 public:
  /// Of the time, whatever was measured, evenly.
  static constexpr double even_share = 0.05;

  /// What is seen on the first pass. @param position in [0, 1] @param cost of the assignment now
  void note(double position, double cost, double taking_part) {
    FORESHIFT_EXPECT(position >= 0 && position <= 1);
    auto& one = bins_[std::min(bins - 1, static_cast<std::size_t>(position * bins))];
    one.cost += cost, one.taking_part += taking_part, one.looks += 1;
  }
  /// To be called after the last note. Where nothing fell, time passes evenly.
  void learn();
  /// Where to be once so much of the time is spent; never falls. Until something is learned: the same.
  /// @param spent in [0, 1]
  [[nodiscard]] double position(double spent) const;

 private:
  static constexpr std::size_t bins = 48;
  struct bin {
    double cost = 0, taking_part = 0, looks = 0;
  };
  std::array<bin, bins> bins_{};
  std::array<double, bins + 1> until_ = even();  ///< share of the time that is spent once a bin begins

  [[nodiscard]] static constexpr std::array<double, bins + 1> even() {
    std::array<double, bins + 1> out{};
    for (std::size_t i = 0; i <= bins; ++i) out[i] = static_cast<double>(i) / bins;
    return out;
  }
};

/// Temperatures from a first to a last one, evenly in their logarithm. By square roots and products alone,
/// which are rounded the same everywhere; `std::pow` is not.
class temperature_range {
 public:
  /// @pre both are above 0
  temperature_range(double first, double last) : first_(first), last_(last) {
    double root = last / first;
    for (double& r : roots_) r = root = std::sqrt(root);
  }
  /// @param way from the first (0) to the last (1), taken in steps of 2^-24
  [[nodiscard]] double at(double way) const {
    const auto steps = static_cast<std::uint32_t>(way * (1U << roots));
    if (steps >> roots != 0) return last_;
    double out = first_;
    for (unsigned i = 0; i < roots; ++i)
      if ((steps >> (roots - 1 - i) & 1U) != 0) out *= roots_[i];
    return out;
  }

 private:
  static constexpr unsigned roots = 24;
  double first_, last_;
  std::array<double, roots> roots_{};  ///< of last / first: the square root, the fourth, the eighth ...
};

inline void cooling::learn() {
  std::array<double, bins> cost{}, taking_part{}, weight{};
  // What has not been looked at is as what was before it.
  for (std::size_t i = 0; i < bins; ++i) {
    const auto& b = bins_[i];
    cost[i] = b.looks > 0 ? b.cost / b.looks : i > 0 ? cost[i - 1] : 0;
    taking_part[i] = b.looks > 0 ? b.taking_part / b.looks : i > 0 ? taking_part[i - 1] : 0;
  }
  // Whatever is dearer later on had not been reached yet: costs fall only from there.
  for (std::size_t i = bins - 1; i > 0; --i) cost[i - 1] = std::max(cost[i - 1], cost[i]);
  for (std::size_t i = 1; i < bins; ++i) weight[i] = std::sqrt((cost[i - 1] - cost[i]) * taking_part[i]);
  double sum = 0;
  for (const double w : weight) sum += w;
  if (!(sum > 0)) return;
  for (std::size_t i = 0; i < bins; ++i) {  // a fall is seen a little late, and by chance
    const double before = weight[i > 0 ? i - 1 : 0], after = weight[i + 1 < bins ? i + 1 : i];
    const double smooth = (before + 2 * weight[i] + after) / 4;
    until_[i + 1] = until_[i] + (1 - even_share) * smooth / sum + even_share / bins;
  }
  for (double& u : until_) u /= until_[bins];
}

inline double cooling::position(double spent) const {
  const auto next = std::ranges::upper_bound(until_, spent);
  if (next == until_.end()) return 1;
  const auto i = static_cast<std::size_t>(next - until_.begin()) - 1;
  return (static_cast<double>(i) + (spent - until_[i]) / (until_[i + 1] - until_[i])) / bins;
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement::detail
