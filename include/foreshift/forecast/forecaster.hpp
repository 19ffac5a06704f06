#pragma once
/// @file
/// What a forecasting method is: a specification that can be fitted, and a fitted model that can predict and
/// learn.

#include <foreshift/core/result.hpp>
#include <foreshift/forecast/prediction.hpp>
#include <foreshift/telemetry/series.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// Why a specification could not be fitted.
enum class fit_error : std::uint8_t {
  too_short,       ///< fewer finite observations than the model has to have
  all_missing,     ///< no finite observation at all
  singular,        ///< the regressors determine no unique fit, and no ridge was asked for
  bad_regressors,  ///< rows do not match the observations, or a value is not finite
};

[[nodiscard]] constexpr std::string_view explain(fit_error e) {
  switch (e) {
    case fit_error::too_short:
      return "the series has fewer observations than the model needs: give it more history";
    case fit_error::all_missing:
      return "the series holds no finite observation";
    case fit_error::singular:
      return "the regressors are collinear: drop one or ask for a ridge";
    case fit_error::bad_regressors:
      return "the regressors are not finite or do not match the observations in number";
  }
  return "unknown fit error";
}

/// Known influences on a series: `columns` values for each step, step by step. Empty means none.
/// The values belong to somebody else and must outlive the view.
struct regressor_view {
  std::span<const double> values;
  std::size_t columns = 0;

  [[nodiscard]] std::size_t rows() const { return columns == 0 ? 0 : values.size() / columns; }
  [[nodiscard]] std::span<const double> row(std::size_t i) const {
    return values.subspan(i * columns, columns);
  }
  /// Rows [at, at + n). An empty view stays empty.
  [[nodiscard]] regressor_view slice(std::size_t at, std::size_t n) const {
    return columns == 0 ? regressor_view{}
                        : regressor_view{values.subspan(at * columns, n * columns), columns};
  }
};

/// A fitted model of one series.
///
/// Syntax        `update(model, y, x)` takes the next observation and its regressor row;
///               `predict_mean(model, x, out)` writes the mean of the next out.size() steps.
/// Semantics     Regular: a copy forecasts alike. `update` is not a refit: its cost does not depend on how
/// much has
///               been observed. An observation of NaN is a gap: time passes and nothing is learned.
/// Shapes        x in `update`: the columns of the fit, or empty when the fit had none;
///               x in `predict_mean`: as many rows as out has steps.
/// Failure       None: after any finite past every mean is finite.
/// Model         `forecast::naive_model`.
template <class M>
concept FittedModel = std::copyable<M> &&
    requires(M& model, const M& fitted, double y, std::span<const double> row, regressor_view x,
             std::span<double> out) {
  { update(model, y, row) } -> std::same_as<void>;
  { predict_mean(fitted, x, out) } -> std::same_as<void>;
};

/// A specification: plain options, an aggregate. `fit(spec, y, x)` gives the fitted model or the reason why
/// not. Deterministic: the same input gives the same model.
template <class F>
concept Forecaster = std::copyable<F> && requires(const F& spec, telemetry::series_view y, regressor_view x) {
  typename F::model;
  requires FittedModel<typename F::model>;
  { fit(spec, y, x) } -> std::same_as<result<typename F::model, fit_error>>;
};

/// What is wanted of a full prediction.
struct predict_request {
  std::size_t horizon = 1;
  std::span<const double> levels = {};  ///< probabilities in (0, 1), ascending; may be empty
  const scenario_plan* plan = nullptr;  ///< joint paths are drawn only when it is given
  regressor_view regressors = {};       ///< `horizon` rows, or empty
};

/// A fitted model that also knows how wrong it has been, and so gives quantiles and joint paths.
///
/// Semantics     Quantiles and paths come from past out-of-sample errors of the same model, lead by lead.
/// Model         `forecast::backtested_model`.
template <class M>
concept Predictor = FittedModel<M> && requires(const M& fitted, const predict_request& wanted) {
  { predict(fitted, wanted) } -> std::same_as<prediction>;
};

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
