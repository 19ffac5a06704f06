#pragma once
/// @file
/// The probability that a series exceeds its limit within a horizon, learned while it streams.
///
/// At each step the evidence is gathered, the fleet's stack makes one probability of it, a second stack bends
/// that to this series as far as its outcomes warrant, and a recalibration corrects what is left. Which of
/// them is believed is decided by their log loss on this series, with the bare base rate and the bare
/// forecast among them: see `expert_mixture` for what that guarantees. An outcome is learned when its horizon
/// has passed, never before.
///
/// What acts on a claim may make it false: of a host that was relieved nobody will see whether it would have
/// been overloaded. Such claims are to be dropped, or the risk learns that high probabilities mean nothing;
/// see `rebase`.

#include <foreshift/core/archive.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/risk/event_rates.hpp>
#include <foreshift/risk/expert_mixture.hpp>
#include <foreshift/risk/forecast_opinion.hpp>
#include <foreshift/risk/limit_margins.hpp>
#include <foreshift/risk/overload_stack.hpp>
#include <foreshift/risk/past_windows.hpp>
#include <foreshift/risk/recalibration.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::risk {

struct stacked_risk_options {
  double limit = 0;
  std::size_t horizon = 12;       ///< steps, at least 1
  std::size_t season_length = 0;  ///< steps in a day; 0: none
  std::size_t windows_kept = 288;
  /// Of the weights of this series' own stack, about the fleet's; > 0. The smaller, the longer it stays one
  /// of the fleet.
  double own_variance = 0.02;
};

/// A probability with its reasons.
struct risk_estimate {
  double probability = 0;
  overload_evidence evidence{};
  double past_rate = 0;  ///< the bare base rate, which the probability is held against
};

/// Flat memory: windows_kept windows, `horizon` claims, a count for each place of the season. O(windows_kept)
/// a step, no allocation after construction.
class stacked_risk {
 public:
  explicit stacked_risk(const stacked_risk_options& o)
      : limit_(o.limit),
        rates_({.season_length = o.season_length, .overlap = static_cast<double>(o.horizon)}),
        windows_({.horizon = o.horizon, .kept = o.windows_kept}),
        margins_({.recent = std::max<std::size_t>(1, o.horizon / 2),
                  .past = std::max<std::size_t>(144, o.horizon)}),
        own_({.prior = as_the_fleet(), .prior_variance = o.own_variance, .memory = 0}),
        mixture_({0.1, 0.67, 0.1, 0.1, 0.03}, o.horizon),
        claims_(o.horizon) {
    FORESHIFT_EXPECT(std::isfinite(o.limit));
  }

  /// The next value; what is not a number is a gap, which exceeds nothing. Learns what came of the claim made
  /// a horizon ago, and lets the fleet learn it.
  void observe(double y, overload_stack& fleet) {
    const auto happened = advance(y);
    auto& due = claims_[step_ % claims_.size()];
    if (due && happened) settle(*due, *happened, fleet);
    due.reset();
  }

  /// The series is another one from now on, as that of a host to which a workload has come, and this is its
  /// past as it would have been. Open claims are dropped: they were made about what will not be seen. What
  /// was learned of how far to believe whom stays. O(history x horizon).
  void rebase(std::span<const double> history) {
    rates_ = event_rates{rates_.options()};
    windows_ = past_windows{windows_.options()};
    margins_ = limit_margins{margins_.options()};
    std::ranges::fill(claims_, std::nullopt);
    step_ = last_over_ = last_seen_ = 0, over_now_ = false;
    for (const double y : history) advance(y);
  }

  /// The probability now, from what has been observed and what the forecast says of the next `horizon` steps.
  /// What is claimed is learned from; a second claim at one step takes the place of the first.
  /// @pre something has been observed; 0 <= forecast.probability <= 1
  risk_estimate claim(const forecast_opinion& forecast, const overload_stack& fleet) {
    pending made;
    const risk_estimate out = estimate(forecast, fleet, made);
    claims_[step_ % claims_.size()] = made;
    return out;
  }
  /// The same without a claim: nothing is learned from it.
  [[nodiscard]] risk_estimate look(const forecast_opinion& forecast, const overload_stack& fleet) const {
    pending unclaimed;
    return estimate(forecast, fleet, unclaimed);
  }
  /// Whether a value has been observed, so that there is something to estimate from.
  [[nodiscard]] bool ready() const { return !margins_.empty(); }

  [[nodiscard]] std::size_t steps() const { return step_; }
  [[nodiscard]] const event_rates& rates() const { return rates_; }
  [[nodiscard]] double limit() const { return limit_; }
  [[nodiscard]] std::size_t horizon() const { return claims_.size(); }

 private:
  friend struct foreshift::archive_access;
  using row = overload_evidence::row;
  static constexpr std::size_t regressors = std::tuple_size_v<row>;
  using own_row = std::array<double, regressors + 1>;  ///< and the fleet's log-odds
  enum expert { past, of_fleet, of_series, recalibrated, forecast_alone, experts };
  struct pending {
    row x{};
    std::array<double, experts> said{};
    static void members(auto& self, auto& archive) { archive(self.x, self.said); }
    [[nodiscard]] bool consistent() const {
      return std::ranges::all_of(x, [](double v) { return std::abs(v) <= 100; }) &&
             std::ranges::all_of(said, [](double p) { return p >= 0 && p <= 1; });
    }
  };

  stacked_risk() : stacked_risk(stacked_risk_options{}) {}
  static void members(auto& self, auto& archive) {
    archive(self.limit_, self.rates_, self.windows_, self.margins_, self.own_, self.recalibration_,
            self.mixture_, self.claims_, self.step_, self.last_over_, self.last_seen_, self.over_now_);
  }
  [[nodiscard]] bool consistent() const {
    return std::isfinite(limit_) && !claims_.empty() && mixture_.turns() == claims_.size() &&
           windows_.options().horizon == claims_.size() && last_over_ <= step_ && last_seen_ <= step_;
  }

  [[nodiscard]] static own_row as_the_fleet() {
    own_row w{};
    w[regressors] = 1;
    return w;
  }
  [[nodiscard]] static own_row with_fleet(const row& x, double fleet) {
    own_row out{};
    std::ranges::copy(x, out.begin());
    out[regressors] = log_odds(fleet);
    return out;
  }

  /// One more step of the past. Whether the window that it completes held an event; nothing where there is no
  /// such window, or nothing was seen in it.
  std::optional<bool> advance(double y) {
    const std::size_t horizon = claims_.size();
    ++step_;
    if (std::isfinite(y)) {
      last_seen_ = step_;
      if (y > limit_) last_over_ = step_;
      over_now_ = y > limit_;
    }
    windows_.observe(y);
    margins_.observe(y);
    if (step_ <= horizon || last_seen_ + horizon <= step_) return std::nullopt;
    const bool happened = last_over_ > 0 && last_over_ + horizon > step_;
    rates_.learn(step_ - horizon, happened);
    return happened;
  }

  risk_estimate estimate(const forecast_opinion& forecast, const overload_stack& fleet, pending& made) const {
    FORESHIFT_EXPECT(!margins_.empty() && forecast.probability >= 0 && forecast.probability <= 1);
    risk_estimate out;
    auto& e = out.evidence;
    out.past_rate = rates_.all().rate();
    e.base_rate = rates_.base(fleet.rate()), e.own_rate = out.past_rate;
    // A count on some hundred paths knows nothing below one in as many.
    constexpr double paths = 288;
    e.forecast = (forecast.probability * paths + 0.5 * e.base_rate) / (paths + 0.5);
    const auto before = windows_.above(limit_, e.base_rate);
    e.increments = before.increments, e.analogues = before.analogues;
    e.recent_rate = rates_.recent(e.base_rate);
    e.seasonal_rate = rates_.seasonal(step_, e.base_rate);
    e.forecast_margin = std::isnan(forecast.margin) ? 0 : std::clamp(forecast.margin, -6.0, 6.0);
    e.over_now = over_now_;
    e.past = margins_.from(limit_);

    made.x = e.regressors();
    auto& said = made.said;
    said[past] = out.past_rate;
    said[of_fleet] = fleet(made.x);
    said[of_series] = own_(with_fleet(made.x, said[of_fleet]));
    said[recalibrated] = recalibration_(said[of_series]);
    said[forecast_alone] = e.forecast;
    out.probability = mixture_(step_, said);
    return out;
  }
  void settle(const pending& claim, bool happened, overload_stack& fleet) {
    const double share = 1 / static_cast<double>(claims_.size());
    mixture_.learn(step_, claim.said, happened);  // the look a horizon ago had the same turn
    recalibration_.learn(claim.said[of_series], happened, share);
    own_.learn(with_fleet(claim.x, claim.said[of_fleet]), happened, share);
    fleet.learn(claim.x, happened, share);
  }

  double limit_ = 0;
  event_rates rates_;
  past_windows windows_;
  limit_margins margins_;
  online_logistic<regressors + 1> own_;
  recalibration recalibration_;
  expert_mixture<experts> mixture_;
  std::vector<std::optional<pending>> claims_;  ///< by step, modulo the horizon
  std::size_t step_ = 0;                        ///< values so far
  std::size_t last_over_ = 0, last_seen_ = 0;
  bool over_now_ = false;
};

}  // namespace foreshift::inline FORESHIFT_ABI::risk
