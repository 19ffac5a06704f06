#pragma once
/// @file
/// Exponential smoothing in state-space form (ETS): one form, fitted by maximum likelihood.
///
/// Fifteen forms and three unstable ones: error additive or multiplicative, trend none, additive or damped,
/// season none, additive or multiplicative. Seasons may have any length. `auto_ets` chooses the form.
///
/// Source: R. J. Hyndman, A. B. Koehler, J. K. Ord and R. D. Snyder, "Forecasting with Exponential Smoothing:
/// The State Space Approach", Springer 2008.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/forecast/ets_form.hpp>
#include <foreshift/forecast/ets_model.hpp>
#include <foreshift/forecast/ets_region.hpp>
#include <foreshift/forecast/ets_search.hpp>
#include <foreshift/forecast/ets_state.hpp>
#include <foreshift/forecast/forecaster.hpp>

#include <cmath>
#include <cstddef>
#include <string_view>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// Regressors are ignored. The default is the additive form with a damped trend.
struct ets {
  using model = ets_model;
  static constexpr std::string_view name = "ets";
  ets_error error = ets_error::additive;
  ets_trend trend = ets_trend::damped;
  ets_season season = ets_season::additive;
  std::size_t season_length = 24;  ///< steps; at least 2 where there is a season

  [[nodiscard]] ets_form form() const { return {error, trend, season}; }
  static void members(auto& self, auto& archive) {
    archive(self.error, self.trend, self.season, self.season_length);
  }
};

namespace detail {

/// A found point as a model in the data's unit, its states run to the end of the history.
[[nodiscard]] inline ets_model finished(const ets_form& form, const ets_series& y, std::size_t season_length,
                                        const ets_candidate& found) {
  const auto p = ets_region(form, season_length).at(found.at);
  ets_state state = found.start;
  const auto evidence = run(form, p, state, y.values);
  const std::size_t k = free_parameters(form, season_length);
  const double n = static_cast<double>(evidence.observed);
  ets_fit_summary summary{.observed = evidence.observed};
  summary.sigma = std::sqrt(evidence.squared_errors / (n - static_cast<double>(k - 1)));
  if (form.error == ets_error::additive) summary.sigma *= y.unit;
  // In the data's unit every error, or every forecast, is larger by it.
  summary.minus_two_log_likelihood = evidence.minus_two_log_likelihood() + 2 * n * std::log(y.unit);
  summary.aicc = corrected_aic(summary.minus_two_log_likelihood, {evidence.observed, k});
  state.level *= y.unit;
  state.slope *= y.unit;
  if (form.season == ets_season::additive)
    for (double& s : state.season) s *= y.unit;
  return {form, p, std::move(state), summary};
}

}  // namespace detail

/// Fits by maximum likelihood over the region of `ets_region`, as R's `ets` does. O(n (m + 6)^2) a round,
/// some ten rounds. From less than three seasons the initial season is a mean, not fitted. Errors:
/// `all_missing`; `too_short` with no more observations than parameters, initial states and one;
/// `not_positive` where something multiplies and the series, or every forecast of it, is not positive.
/// @pre season_length >= 2 where there is a season
[[nodiscard]] inline result<ets_model, errc> fit(const ets& spec, telemetry::series_view y, regressor_view) {
  FORESHIFT_EXPECT(spec.season == ets_season::none || spec.season_length >= 2);
  const std::size_t observed = count_observed(y.values);
  if (observed == 0) return failure{errc::all_missing};
  const ets_form form = spec.form();
  if (observed <= free_parameters(form, spec.season_length) + 1) return failure{errc::too_short};
  const ets_series series(y.values);
  if (wants_positive(form) && !series.positive) return failure{errc::not_positive};
  const auto found = search(form, series, spec.season_length);
  if (!std::isfinite(found.cost)) return failure{errc::not_positive};
  return detail::finished(form, series, spec.season_length, found);
}

static_assert(Forecaster<ets>);

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
