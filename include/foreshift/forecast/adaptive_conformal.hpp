#pragma once
/// @file
/// Quantiles that learn from their own misses: the level asked of the error distribution is moved until what
/// comes falls below it as often as it should.
///
/// Conformal quantiles of past errors cover as promised while the errors are exchangeable. When a series
/// becomes restless they cover too little until the memory of the quiet days has gone. Here each of a few
/// levels follows, for each step of the horizon, one number: where in the distribution one has to look so
/// that the nominal share of observations lies below. A miss moves it outwards, a hit a little inwards.
///
/// Source: I. Gibbs, E. Candes, "Adaptive conformal inference under distribution shift", NeurIPS 2021,
/// equation 2 and proposition 4.1. There the level of a two-sided interval adapts; here every one-sided
/// quantile does, so that a shift to one side is followed too. An observation that ties with past errors
/// counts with the mean of all the ranks it could have: on a constant series nothing drifts.

#include <foreshift/core/archive.hpp>
#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// Where an observation stood in its forecast distribution. Among n errors of which b are smaller and e equal
/// that is [b / (n + 1), (b + e + 1) / (n + 1)].
/// @invariant 0 <= below < upto <= 1
struct rank_span {
  double below = 0, upto = 1;
};

/// A regular value; allocates only in its constructor. Before the first observation it corrects nothing.
class adaptive_conformal {
 public:
  /// The levels that are followed. Between them the correction is interpolated, beyond them it shrinks to
  /// none at 0 and 1.
  static constexpr std::array<double, 11> levels{0.005, 0.025, 0.05, 0.1,   0.25, 0.5,
                                                 0.75,  0.9,   0.95, 0.975, 0.995};
  struct shape {
    std::size_t horizon = 1;  ///< steps, each of which has levels of its own
    double rate = 0;          ///< gamma: how far a miss moves a level, in [0, 1]; 0: nothing adapts
  };

  /// @pre 0 <= rate <= 1
  explicit adaptive_conformal(const shape& s) : rate_(s.rate), asked_(s.rate > 0 ? s.horizon : 0, levels) {
    FORESHIFT_EXPECT(s.rate >= 0 && s.rate <= 1);
  }

  [[nodiscard]] bool adapts() const { return !asked_.empty(); }
  /// Steps that adapt: as constructed, or 0.
  [[nodiscard]] std::size_t horizon() const { return asked_.size(); }

  /// Takes what came of a forecast at a step; not to be called for a gap. O(levels).
  ///
  /// After T of them the share of observations below what was asked for is the nominal level up to
  /// (1 + rate) / (rate T), whatever they were (proposition 4.1). In that count a level of 1 is infinity; a
  /// finite number stands for it wherever quantiles are given. @pre step < horizon()
  void observe(std::size_t step, const rank_span& seen) {
    FORESHIFT_EXPECT(step < asked_.size() && seen.below < seen.upto);
    for (std::size_t i = 0; i < levels.size(); ++i) {
      double& a = asked_[step][i];
      const double share_below = std::clamp((a - seen.below) / (seen.upto - seen.below), 0.0, 1.0);
      a += rate_ * (levels[i] - share_below);
    }
  }

  /// What is followed for `levels[i]`, before it is made a level: in [-rate, 1 + rate], and its neighbours
  /// may cross it. @pre step < horizon(), i < levels.size()
  [[nodiscard]] double asked(std::size_t step, std::size_t i) const { return asked_[step][i]; }
  /// The level to ask of the error distribution, for the nominal one. Not falling in p; p itself where
  /// nothing adapts. @pre 0 <= p <= 1; step < horizon() unless nothing adapts
  [[nodiscard]] double corrected(std::size_t step, double p) const { return along<false>(step, p); }
  /// The inverse: the nominal level of which `asked` is the correction; where there are several, the largest.
  [[nodiscard]] double nominal(std::size_t step, double asked) const { return along<true>(step, asked); }

 private:
  friend struct foreshift::archive_access;
  adaptive_conformal() = default;
  static void members(auto& self, auto& archive) { archive(self.rate_, self.asked_); }
  [[nodiscard]] bool consistent() const {
    return rate_ >= 0 && rate_ <= 1 && (rate_ > 0 || asked_.empty()) &&
           std::ranges::all_of(asked_, [this](const auto& of_step) {
             return std::ranges::all_of(of_step, [this](double a) { return a >= -rate_ && a <= 1 + rate_; });
           });
  }

  /// Along the line through (0, 0), the levels and what is asked for them, and (1, 1), or back.
  template <bool Back>
  [[nodiscard]] double along(std::size_t step, double x) const {
    if (!adapts()) return x;
    FORESHIFT_EXPECT(step < asked_.size() && x >= 0 && x <= 1);
    double level = 0, asked = 0;
    for (std::size_t i = 0; i <= levels.size(); ++i) {
      const bool last = i == levels.size();
      const double next_level = last ? 1.0 : levels[i];
      // Levels are followed one by one and may cross for a while: the larger one is believed.
      const double next_asked = last ? 1.0 : std::clamp(asked_[step][i], asked, 1.0);
      const double from = Back ? asked : level, to = Back ? next_asked : next_level;
      if (last || (Back ? x < to : x <= to)) {
        const double share = to > from ? (x - from) / (to - from) : 1.0;
        return Back ? std::lerp(level, next_level, share) : std::lerp(asked, next_asked, share);
      }
      level = next_level;
      asked = next_asked;
    }
    return x;
  }

  double rate_ = 0;
  std::vector<std::array<double, levels.size()>> asked_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
