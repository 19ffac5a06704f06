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

/// Why there is no model, or none that could be saved or restored.
enum class errc : std::uint8_t {
  too_short,       ///< fewer finite observations than the model has to have
  all_missing,     ///< no observation at all: nothing finite, or nothing of a size that demand has
  singular,        ///< the regressors determine no unique fit, and no ridge was asked for
  bad_regressors,  ///< rows do not match the observations, or a value is not finite
  malformed,       ///< bytes that no such model was saved as
  other_version,   ///< saved in a form that this version does not read
  other_model,     ///< saved by a model of another specification
  not_positive,    ///< a multiplicative model, and an observation or every forecast that is not positive
  not_savable,     ///< a member of the host's own making does not say how it is saved
};

[[nodiscard]] constexpr std::string_view explain(errc e) {
  switch (e) {
    case errc::too_short:
      return "the series has fewer observations than the model needs: give it more history";
    case errc::all_missing:
      return "the series holds no finite observation of at most 1e100 in size";
    case errc::singular:
      return "the regressors are collinear: drop one or ask for a ridge";
    case errc::bad_regressors:
      return "the regressors do not match the observations in number, or are not all finite and at most "
             "1e100 in size";
    case errc::malformed:
      return "the bytes are damaged or are not a saved model: fit again";
    case errc::other_version:
      return "the model was saved by a version that writes another form: fit again";
    case errc::other_model:
      return "the bytes were saved from a model of another specification: restore with the one that was "
             "fitted";
    case errc::not_positive:
      return "the model multiplies, and that needs positive observations and forecasts: choose an additive "
             "one";
    case errc::not_savable:
      return "a model in the pool has no members() for the archive: give it one";
  }
  return "unknown error";
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
/// Semantics     Regular: a copy forecasts alike. `update` is not a refit: its cost does not depend on
///               how much has been observed. An observation of NaN is a gap: time passes and nothing is
///               learned.
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
  { fit(spec, y, x) } -> std::same_as<result<typename F::model, errc>>;
};

/// Whether a specification says that its fit is nothing but updates, by `static constexpr bool
/// fits_by_update = true`: fitted on the first part of a history and updated with the rest, its model is the
/// same, bit by bit, as fitted on all of it.
template <class F>
inline constexpr bool fits_by_update = false;
template <class F>
requires(F::fits_by_update) inline constexpr bool fits_by_update<F> = true;

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
