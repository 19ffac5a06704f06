#pragma once
/// @file
/// The probability from which acting pays, learned from what happened.
///
/// A move costs C, an overload that a move would have prevented costs L. Acting pays when the probability of
/// the overload is above C / L (the cost-loss ratio), provided that probabilities mean what they say. Where
/// they do not, the right threshold is the claim at which overloads in fact come with frequency C / L.
/// Robbins and Monro's rule finds it: after each outcome of a claim near the threshold, move the threshold by
/// a step times (C / L - outcome). A false move raises it a little; an overload that came, prevented or
/// missed, lowers it by more.
///
/// Sources: A. H. Murphy, The value of climatological, categorical and probabilistic forecasts in the
/// cost-loss ratio situation, Monthly Weather Review 105 (1977); H. Robbins, S. Monro, A stochastic
/// approximation method, Annals of Mathematical Statistics 22 (1951). Integers: the threshold is replicated.

#include <foreshift/core/contract.hpp>
#include <foreshift/feedback/claim.hpp>

#include <algorithm>
#include <cstdint>

namespace foreshift::inline FORESHIFT_ABI::feedback {

struct threshold_options {
  std::uint32_t move_cost = 1;      ///< C, in any unit; at least 1
  std::uint32_t overload_cost = 4;  ///< L, in the same unit; above C, at most 10^6
  probability_bp least{500};        ///< the threshold never leaves [least, greatest]
  probability_bp greatest{9'500};
  probability_bp band{1'000};      ///< claims this far from the threshold still teach; at least 1
  probability_bp first_step{400};  ///< shrinks as 1 / (1 + n / 16), n being the outcomes learned from ...
  probability_bp last_step{40};    ///< ... and never below this, so that it follows changes; at least 1
};

/// A threshold for one class of criticality. A regular value.
class learned_threshold {
 public:
  /// Begins at the cost-loss ratio, brought within bounds.
  explicit constexpr learned_threshold(const threshold_options& options = {}) : options_(options) {
    FORESHIFT_EXPECT(options.move_cost >= 1 && options.move_cost < options.overload_cost);
    FORESHIFT_EXPECT(options.overload_cost <= 1'000'000);
    FORESHIFT_EXPECT(options.least.value >= 1 && options.least <= options.greatest &&
                     options.greatest <= certain);
    FORESHIFT_EXPECT(options.band.value >= 1 && options.last_step.value >= 1);
    FORESHIFT_EXPECT(options.last_step <= options.first_step && options.first_step <= certain);
    fine_ = bounded(cost_loss());
  }

  /// Learns from a claim whose outcome is known: `happened` says that the overload came, or would have come
  /// without the move. Claims outside the band say nothing about the threshold. @pre claimed <= certain.
  /// O(1).
  constexpr void learn(probability_bp claimed, bool happened) {
    FORESHIFT_EXPECT(claimed <= certain);
    const auto at = value().value;
    const auto apart = claimed.value > at ? claimed.value - at : at - claimed.value;
    if (apart > options_.band.value) return;
    const std::int64_t step = std::max<std::int64_t>(
        std::int64_t{options_.first_step.value} * 16 / static_cast<std::int64_t>(16 + learned_),
        options_.last_step.value);
    if (learned_ < 1'000'000) ++learned_;
    const std::int64_t error = cost_loss() - (happened ? one : 0);
    fine_ = bounded(fine_ + step * error / 10'000);
  }

  /// The threshold in force.
  [[nodiscard]] constexpr probability_bp value() const {
    return {static_cast<std::uint32_t>((fine_ + fine_per_bp / 2) / fine_per_bp)};
  }
  /// How many outcomes it has learned from, up to a million.
  [[nodiscard]] constexpr std::uint64_t learned_from() const { return learned_; }

 private:
  // The threshold and the cost-loss ratio are kept in parts per 10^8, so that small steps are not lost.
  static constexpr std::int64_t one = 100'000'000;
  static constexpr std::int64_t fine_per_bp = one / 10'000;

  [[nodiscard]] constexpr std::int64_t cost_loss() const {
    return one * options_.move_cost / options_.overload_cost;
  }
  [[nodiscard]] constexpr std::int64_t bounded(std::int64_t fine) const {
    return std::clamp(fine, fine_per_bp * options_.least.value, fine_per_bp * options_.greatest.value);
  }

  threshold_options options_;
  std::int64_t fine_ = 0;
  std::uint64_t learned_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI::feedback
