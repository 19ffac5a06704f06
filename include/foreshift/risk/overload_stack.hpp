#pragma once
/// @file
/// Everything that speaks for an overload, weighed together as the outcomes teach.
///
/// Stacking: the probability is logistic in the log-odds of the single opinions and in the distances from the
/// limit. One stack learns for a whole fleet, so that a series without a past of its own starts from what
/// held for the others. The weights believed beforehand are those that the first halves of Azure's machines
/// and of PlanetLab's left behind.
///
/// Sources: D. H. Wolpert, Stacked generalization, Neural Networks 5 (1992); R. Ranjan, T. Gneiting,
/// Combining probability forecasts, J. Royal Statistical Society B 72 (2010), for why a weighted mean of
/// probabilities has to be recalibrated.

#include <foreshift/core/archive.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/risk/event_rates.hpp>
#include <foreshift/risk/limit_margins.hpp>
#include <foreshift/risk/online_logistic.hpp>

#include <array>
#include <cstddef>

namespace foreshift::inline FORESHIFT_ABI::risk {

/// What is known of a series at one look. Probabilities that the limit is exceeded within the horizon, and
/// distances above the limit in standard deviations.
struct overload_evidence {
  double base_rate = 0;        ///< how often it was in the past, shrunk to the fleet
  double own_rate = 0;         ///< the same, not shrunk: what it adds says how far to shrink
  double forecast = 0;         ///< share of the forecast's joint paths that exceed it
  double increments = 0;       ///< share of past rises that would
  double analogues = 0;        ///< the same among windows like the present one
  double recent_rate = 0;      ///< how often of late
  double seasonal_rate = 0;    ///< how often at this time of day
  double forecast_margin = 0;  ///< of the mean of the paths' largest values, in their deviations
  bool over_now = false;
  margins past{};

  using row = std::array<double, 14>;
  [[nodiscard]] row regressors() const {
    return {1,
            log_odds(base_rate),
            log_odds(forecast),
            log_odds(increments),
            log_odds(analogues),
            log_odds(recent_rate),
            log_odds(seasonal_rate),
            forecast_margin,
            over_now ? 1.0 : 0.0,
            past.recent_peak,
            past.past_peak,
            past.recent_mean,
            past.past_mean,
            log_odds(own_rate) - log_odds(base_rate)};
  }
};

struct overload_stack_options {
  overload_evidence::row prior{0.1, 0.2, 0.05, -0.15, 0.12, 0, 0.09, 0.49, 0.73, 0, 0, 0.3, 0, 0};
  double prior_variance = 0.03;  ///< of each weight, > 0
};

/// A value of fixed size; no allocation.
class overload_stack {
 public:
  using row = overload_evidence::row;
  explicit overload_stack(const overload_stack_options& o = {})
      : weights_({.prior = o.prior, .prior_variance = o.prior_variance, .memory = 0}) {}

  [[nodiscard]] double operator()(const row& x) const { return weights_(x); }
  /// @param share of an outcome that it counts; overlapping windows say much the same
  void learn(const row& x, bool happened, double share) {
    weights_.learn(x, happened, share);
    outcomes_.add(happened);
  }
  /// The fleet's rate of the event.
  [[nodiscard]] double rate() const { return outcomes_.rate(); }
  [[nodiscard]] const row& weights() const { return weights_.weights(); }

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) { archive(self.weights_, self.outcomes_); }
  online_logistic<std::tuple_size_v<row>> weights_;
  event_count outcomes_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::risk
