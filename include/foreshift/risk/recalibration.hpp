#pragma once
/// @file
/// Probabilities corrected by what came of them, as far as there is evidence.
///
/// While few events have come, two numbers are all that can be learned: Platt's line through the log-odds,
/// held at first where the prior puts it, which is the identity or what a fleet has learned. Once fifty have
/// come, an isotonic map on top of the line takes what shape there is, held back towards the line by
/// pseudo-outcomes.
///
/// Sources: J. Platt, Probabilistic outputs for support vector machines (Advances in Large Margin
/// Classifiers, 1999); A. Niculescu-Mizil, R. Caruana, Predicting good probabilities with supervised learning
/// (ICML 2005) for which of the two wins at how much data.

#include <foreshift/core/archive.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/risk/calibration.hpp>
#include <foreshift/risk/online_logistic.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace foreshift::inline FORESHIFT_ABI::risk {

struct recalibration_options {
  std::array<double, 2> prior{0, 1};  ///< Platt's intercept and slope, e.g. those of the fleet
  double prior_variance = 0.05;       ///< of both, > 0
  std::uint64_t isotonic_from = 50;   ///< events
  double pseudo_outcomes = 50;        ///< in each bin of the isotonic map, > 0
};

/// A value of fixed size; no allocation.
class recalibration {
 public:
  explicit recalibration(const recalibration_options& o = {})
      : line_({.prior = o.prior, .prior_variance = o.prior_variance, .memory = 0}),
        isotonic_from_(o.isotonic_from),
        pseudo_outcomes_(o.pseudo_outcomes) {
    FORESHIFT_EXPECT(o.pseudo_outcomes > 0);
  }

  /// @pre 0 <= claimed <= 1. O(log bins).
  [[nodiscard]] double operator()(double claimed) const {
    const double p = line_({1, log_odds(claimed)});
    return events_ < isotonic_from_ ? p : along(p);
  }
  /// What came of a claim. @param share of a whole outcome that it counts, in (0, 1]. O(bins).
  void learn(double claimed, bool happened, double share = 1) {
    const double before = log_odds(claimed);
    seen_.record(line_({1, before}), happened);
    line_.learn({1, before}, happened, share);
    events_ += happened ? 1U : 0U;
    if (events_ >= isotonic_from_ && ++since_map_ >= reliability_bins) draw();
  }
  [[nodiscard]] bool is_isotonic() const { return events_ >= isotonic_from_; }
  /// Platt's intercept and slope.
  [[nodiscard]] const std::array<double, 2>& line() const { return line_.weights(); }

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) {
    archive(self.line_, self.isotonic_from_, self.pseudo_outcomes_, self.events_, self.since_map_, self.seen_,
            self.map_);
  }
  [[nodiscard]] bool consistent() const { return pseudo_outcomes_ > 0 && pseudo_outcomes_ <= 1e18; }

  void draw() { map_ = calibration_map{seen_, pseudo_outcomes_}, since_map_ = 0; }
  /// Within the outermost knots the map; outside, in proportion to it: a bin has one rate, and the smallest
  /// probabilities differ by more than that.
  [[nodiscard]] double along(double p) const {
    const auto &low = map_.knots().front(), &high = map_.knots().back();
    if (p < low.claimed) return low.claimed > 0 ? p * low.rate / low.claimed : p;
    if (p > high.claimed) return high.claimed < 1 ? 1 - (1 - p) * (1 - high.rate) / (1 - high.claimed) : p;
    return map_(p);
  }

  online_logistic<2> line_;
  std::uint64_t isotonic_from_;
  double pseudo_outcomes_;
  std::uint64_t events_ = 0;
  std::size_t since_map_ = 0;
  reliability_table seen_;
  calibration_map map_{};
};

}  // namespace foreshift::inline FORESHIFT_ABI::risk
