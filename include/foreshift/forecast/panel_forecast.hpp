#pragma once
/// @file
/// A whole fleet at once: one specification, every series of a panel, each with its own fit.
///
/// The series do not touch each other, so they may be forecast at the same time; where they run is the
/// executor's. What joins them is the scenario plan: path p of every series repeats the errors of the same
/// moment of the past, so the paths of a host are the sums, path by path, of those of its workloads.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/executor.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/observation.hpp>
#include <foreshift/forecast/prediction.hpp>
#include <foreshift/telemetry/panel.hpp>
#include <foreshift/telemetry/series.hpp>

#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// What is wanted of every series of a panel.
struct panel_request {
  std::size_t horizon = 1;
  std::span<const double> levels = {};  ///< probabilities in (0, 1), ascending; may be empty
  const scenario_plan* plan = nullptr;  ///< shared by all series; joint paths are drawn only when it is given
  std::size_t feature = 0;              ///< of the panel, the one that is forecast
  regressor_view regressors = {};       ///< `times + horizon` rows known to act on all series, or empty
};

namespace detail {

/// One series of the panel. A host that joined later has no past before its first reading.
template <class Spec>
[[nodiscard]] result<prediction, errc> forecast_one(const Spec& spec, const telemetry::panel& of,
                                                    std::size_t s, const panel_request& wanted) {
  const auto& shape = of.shape();
  std::vector<double> values(shape.times);
  for (std::size_t t = 0; t < shape.times; ++t) values[t] = of(s, t, wanted.feature);
  const std::size_t first = first_observed(values);
  if (first == values.size()) return failure{errc::all_missing};
  const std::span past = std::span<const double>{values}.subspan(first);
  const regressor_view x = wanted.regressors;
  const auto rows = [&](std::size_t at, std::size_t n) { return x.slice(at, x.columns == 0 ? 0 : n); };

  const auto model =
      fit(spec, telemetry::series_view{of.time_at(first), shape.step, past}, rows(first, past.size()));
  if (!model) return failure{model.error()};
  return predict(*model, predict_request{.horizon = wanted.horizon,
                                         .levels = wanted.levels,
                                         .plan = wanted.plan,
                                         .regressors = rows(shape.times, wanted.horizon)});
}

}  // namespace detail

/// A prediction for each series of the panel, in its order, or the reason why there is none: one series that
/// fails does not keep the others. All begin at the panel's end. The outcome does not depend on the executor.
/// A copy, a fit and a prediction for each series; memory for the series at work and for the predictions.
/// @pre wanted.feature < features; regressors empty or times + horizon rows; what the specification asks of
/// the horizon
template <Forecaster Spec, class E = sequential_executor>
requires Predictor<typename Spec::model> && Executor<std::remove_cvref_t<E>>
[[nodiscard]] std::vector<result<prediction, errc>> forecast_panel(const Spec& spec,
                                                                   const telemetry::panel& of,
                                                                   const panel_request& wanted,
                                                                   E&& executor = {}) {
  FORESHIFT_EXPECT(wanted.horizon >= 1 && wanted.feature < of.shape().features);
  FORESHIFT_EXPECT(wanted.regressors.columns == 0 ||
                   wanted.regressors.rows() == of.shape().times + wanted.horizon);
  std::vector<result<prediction, errc>> out(of.size(), failure{errc::all_missing});
  executor.bulk(of.size(), [&](std::size_t s) { out[s] = detail::forecast_one(spec, of, s, wanted); });
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
