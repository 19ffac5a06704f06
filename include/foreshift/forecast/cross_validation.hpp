#pragma once
/// @file
/// How a method would have done: forecasts from several moments of the past, each held against what came
/// after it.
///
/// A method sees only what had been observed at each origin. Between origins it is fitted anew, or only
/// updated, which is how it would run in a live system.
///
/// Source: L. J. Tashman, "Out-of-sample tests of forecasting accuracy", Int. J. Forecasting 16, 2000.

#include <foreshift/forecast/accuracy.hpp>
#include <foreshift/forecast/forecaster.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

struct rolling_origin {
  std::size_t horizon = 12;       ///< steps of each forecast, at least 1
  std::size_t first_origin = 24;  ///< observations before the first forecast
  std::size_t stride = 12;        ///< steps from one origin to the next, at least 1
  bool refit = true;              ///< fit anew at every origin; false: fit at the first one and update
};

/// The last `origins` origins, `stride` apart, the last of which has exactly its horizon behind it.
/// @pre the series is long enough for them
struct last_origins {
  std::size_t origins = 3;
  std::size_t horizon = 12;
  std::size_t stride = 12;
};
[[nodiscard]] inline rolling_origin rolling_origin_at_end(std::size_t observations,
                                                          const last_origins& wanted) {
  FORESHIFT_EXPECT(wanted.origins >= 1 &&
                   observations >= wanted.horizon + (wanted.origins - 1) * wanted.stride);
  return {wanted.horizon, observations - wanted.horizon - (wanted.origins - 1) * wanted.stride, wanted.stride,
          true};
}

/// Forecasts from several origins beside what came. Flat, origin by origin.
struct evaluation {
  std::size_t horizon = 0;
  std::vector<std::size_t> origins;  ///< observations before each forecast
  std::vector<double> forecast;      ///< origins x horizon
  std::vector<double> observed;      ///< the same shape; NaN where nothing was observed

  /// All steps of all origins.
  [[nodiscard]] outcome all() const { return {observed, forecast}; }
  /// One origin. @pre i < origins.size()
  [[nodiscard]] outcome at(std::size_t i) const {
    return {std::span{observed}.subspan(i * horizon, horizon),
            std::span{forecast}.subspan(i * horizon, horizon)};
  }
  /// Mean absolute error by step ahead: `horizon` values.
  [[nodiscard]] std::vector<double> error_by_lead() const {
    std::vector<double> by_lead, y(origins.size()), f(origins.size());
    for (std::size_t h = 0; h < horizon; ++h) {
      for (std::size_t i = 0; i < origins.size(); ++i) {
        y[i] = observed[i * horizon + h];
        f[i] = forecast[i * horizon + h];
      }
      by_lead.push_back(mean_absolute_error({y, f}));
    }
    return by_lead;
  }
};

/// Forecasts from every origin that has its whole horizon in the series; none gives an empty evaluation.
/// Fails with the reason of the first fit that fails. @pre horizon >= 1, stride >= 1, x empty or a row for
/// each y
template <Forecaster F>
[[nodiscard]] result<evaluation, errc> evaluate(const F& spec, telemetry::series_view y, regressor_view x,
                                                const rolling_origin& plan) {
  FORESHIFT_EXPECT(plan.horizon >= 1 && plan.stride >= 1 && (x.columns == 0 || x.rows() == y.size()));
  const auto rows = [&](std::size_t at, std::size_t n) {
    return x.columns == 0 ? regressor_view{} : x.slice(at, n);
  };
  evaluation out;
  out.horizon = plan.horizon;
  std::vector<typename F::model> model;  // none or one: a model need not have a default
  std::vector<double> curve(plan.horizon);
  for (std::size_t at = plan.first_origin; at + plan.horizon <= y.size(); at += plan.stride) {
    if (plan.refit || model.empty()) {
      auto fitted = fit(spec, y.first(at), rows(0, at));
      if (!fitted) return failure{fitted.error()};
      model.assign(1, std::move(*fitted));
    } else {
      for (std::size_t t = at - plan.stride; t < at; ++t)
        update(model.front(), y.values[t], x.columns == 0 ? std::span<const double>{} : x.row(t));
    }
    predict_mean(model.front(), rows(at, plan.horizon), curve);
    out.origins.push_back(at);
    out.forecast.insert(out.forecast.end(), curve.begin(), curve.end());
    const auto came = y.values.subspan(at, plan.horizon);
    out.observed.insert(out.observed.end(), came.begin(), came.end());
  }
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
