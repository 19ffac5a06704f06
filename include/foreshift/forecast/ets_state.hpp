#pragma once
/// @file
/// The recursions of exponential smoothing: a level, a slope and a season that follow the data, and the
/// likelihood of a series under them.
///
/// With q = level + phi slope and s the season's entry for the step, the forecast is f = q + s, or q s for a
/// multiplicative season. What the observation says about the level is a = (y - f), or (y - f) / s; about the
/// season, c = (y - f), or (y - f) / q. Then level = q + alpha a, slope = phi slope + beta a, s += gamma c.
/// Whether the error is additive or multiplicative changes the likelihood and nothing in the recursion.
///
/// Source: R. J. Hyndman et al., "Forecasting with Exponential Smoothing", 2008, tables 2.2 and 2.3
/// (recursions), equation 5.3 (likelihood).

#include <foreshift/core/contract.hpp>
#include <foreshift/forecast/ets_form.hpp>
#include <foreshift/forecast/observation.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// Parameters that a form does not have keep their defaults.
struct ets_parameters {
  double alpha = 0.1;  ///< of the level, in (0, 1)
  double beta = 0;     ///< of the slope, in (0, alpha)
  double gamma = 0;    ///< of the season, in (0, 1 - alpha)
  double phi = 1;      ///< damping of the slope

  friend constexpr bool operator==(const ets_parameters&, const ets_parameters&) = default;
  static void members(auto& self, auto& archive) { archive(self.alpha, self.beta, self.gamma, self.phi); }
};

struct ets_state {
  double level = 0;
  double slope = 0;
  std::vector<double> season{};  ///< one entry a step of the season, or none
  std::size_t next = 0;          ///< whose turn it is: the entry of the coming step

  [[nodiscard]] double season_ahead(std::size_t steps) const {
    return season[(next + steps) % season.size()];
  }
  friend bool operator==(const ets_state&, const ets_state&) = default;
  static void members(auto& self, auto& archive) { archive(self.level, self.slope, self.season, self.next); }
};

/// One step of the recursion as it was before its observation.
struct ets_step {
  double trend_level = 0;      ///< q
  double season = 0;           ///< s; 0 or 1, as is neutral, without a season
  double forecast = 0;         ///< f
  double level_surprise = 0;   ///< a
  double season_surprise = 0;  ///< c
};

namespace detail {

/// Runs over y and calls visit(t, step) before each step's states move; in a gap the states follow their own
/// forecast. When visit returns false the run ends there.
template <ets_season Season, class Visit>
void smooth(std::span<const double> y, const ets_parameters& p, ets_state& state, Visit&& visit) {
  double level = state.level, slope = state.slope;
  std::size_t at = state.next;
  for (std::size_t t = 0; t < y.size(); ++t) {
    ets_step step;
    const double damped = p.phi * slope;
    step.trend_level = step.forecast = level + damped;
    if constexpr (Season == ets_season::additive) step.forecast += step.season = state.season[at];
    if constexpr (Season == ets_season::multiplicative) step.forecast *= step.season = state.season[at];
    const bool observed = is_observed(y[t]);
    const double error = observed ? y[t] - step.forecast : 0.0;
    step.level_surprise = step.season_surprise = error;
    if constexpr (Season == ets_season::multiplicative) {
      step.level_surprise = error / step.season;
      step.season_surprise = error / step.trend_level;
    }
    if (!visit(t, std::as_const(step), observed)) return;
    level = step.trend_level + p.alpha * step.level_surprise;
    slope = damped + p.beta * step.level_surprise;
    if constexpr (Season != ets_season::none) {
      state.season[at] += p.gamma * step.season_surprise;
      if (++at == state.season.size()) at = 0;
    }
  }
  state.level = level;
  state.slope = slope;
  state.next = at;
}

template <class Visit>
void smooth(ets_season season, std::span<const double> y, const ets_parameters& p, ets_state& state,
            Visit&& visit) {
  switch (season) {
    case ets_season::none:
      return smooth<ets_season::none>(y, p, state, visit);
    case ets_season::additive:
      return smooth<ets_season::additive>(y, p, state, visit);
    case ets_season::multiplicative:
      return smooth<ets_season::multiplicative>(y, p, state, visit);
  }
}

/// The sum of logarithms by products: a logarithm costs more than a step of the recursion.
class log_sum {
 public:
  void add(double x) {
    product_ *= std::abs(x);
    if (!(product_ > 1e-100 && product_ < 1e100)) flush();
  }
  [[nodiscard]] double value() {
    flush();
    return sum_;
  }

 private:
  void flush() {
    sum_ += std::log(product_);
    product_ = 1;
  }
  double product_ = 1;
  double sum_ = 0;
};

}  // namespace detail

/// How well a form explains a series: the parts of its Gaussian likelihood.
struct ets_evidence {
  std::size_t observed = 0;   ///< steps that had an observation
  double squared_errors = 0;  ///< sum of squared innovations: y - f, or y / f - 1
  double log_forecasts = 0;   ///< sum of log |f|; 0 for an additive error
  double squared_scale = 0;   ///< what the squared errors would be had nothing been foreseen
  bool possible = true;       ///< no state or forecast that has to be positive was not

  /// -2 x the logarithm of the concentrated likelihood, as R's `ets` has it: without the constant
  /// n (1 + log(2 pi / n)). Errors below rounding count as rounding, so a perfect fit stays finite.
  [[nodiscard]] double minus_two_log_likelihood() const {
    const double n = static_cast<double>(observed);
    const double rounding = std::max(1e-26 * squared_scale, std::numeric_limits<double>::min());
    return n * std::log(std::max(squared_errors, rounding)) + 2.0 * log_forecasts;
  }
};

/// Runs the recursion over y, moves `state` to its end and says how well the form explains y. O(n).
/// @pre a season has its entries, and state.next is one of them
inline ets_evidence run(const ets_form& form, const ets_parameters& p, ets_state& state,
                        std::span<const double> y) {
  FORESHIFT_EXPECT(form.season == ets_season::none || state.next < state.season.size());
  ets_evidence out;
  detail::log_sum logs;
  const bool relative = form.error == ets_error::multiplicative;
  const bool positive = form.season == ets_season::multiplicative;
  detail::smooth(form.season, y, p, state, [&](std::size_t t, const ets_step& step, bool observed) {
    if (positive && !(step.trend_level > 0 && step.season > 0)) out.possible = false;
    if (!observed) return true;
    ++out.observed;
    double error = y[t] - step.forecast;
    if (relative) {
      if (!(step.forecast > 0)) out.possible = false;
      logs.add(step.forecast);
      error /= step.forecast;
    }
    out.squared_errors += error * error;
    out.squared_scale += relative ? 1.0 : y[t] * y[t];
    return true;
  });
  out.log_forecasts = logs.value();
  return out;
}

/// Akaike's criterion with the correction for small samples. Infinite with n <= k + 1.
struct likelihood_size {
  std::size_t observed = 0;    ///< n
  std::size_t parameters = 0;  ///< k
};
[[nodiscard]] inline double corrected_aic(double minus_two_log_likelihood, likelihood_size size) {
  const double n = static_cast<double>(size.observed), k = static_cast<double>(size.parameters);
  if (n <= k + 1) return std::numeric_limits<double>::infinity();
  return minus_two_log_likelihood + 2 * k + 2 * k * (k + 1) / (n - k - 1);
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
