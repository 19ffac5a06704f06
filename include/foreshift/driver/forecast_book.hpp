#pragma once
/// @file
/// A site's forecasts: one model for each series it follows, its own workloads and the other sites' hosts.
///
/// All series share one clock of steps and one scenario plan, so their paths can be added. A model is fitted
/// when its series is long enough, updated at each step, and asked for paths only when somebody wants them.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/prediction.hpp>
#include <foreshift/telemetry/calendar.hpp>
#include <foreshift/telemetry/event_regressors.hpp>
#include <foreshift/telemetry/metric.hpp>
#include <foreshift/telemetry/series.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::driver {

struct book_options {
  duration step = std::chrono::minutes{5};
  std::size_t horizon = 6;  ///< steps
  std::size_t history_max =
      2040;  ///< steps of each series that are kept for fitting; a week and a little by default
  forecast::scenario_plan plan;      ///< not empty
  std::size_t event_lead_steps = 0;  ///< so many steps before an event have effects of their own
  std::size_t event_lag_steps = 0;   ///< and so many after it
};

/// @tparam F its models are predictors: they give joint paths
template <forecast::Forecaster F>
requires forecast::Predictor<typename F::model>
class forecast_book {
 public:
  /// @param events known to come; regressors of every model that takes any
  forecast_book(F spec, book_options options, telemetry::calendar events = {})
      : spec_(std::move(spec)),
        options_(std::move(options)),
        events_(std::move(events)),
        columns_(telemetry::event_columns(events_, {telemetry::event_grouping::by_label,
                                                    options_.event_lead_steps, options_.event_lag_steps})) {
    FORESHIFT_EXPECT(options_.step > duration::zero() && options_.horizon > 0 && options_.plan.size() > 0);
  }

  /// Takes a history in place of whatever was known of the series.
  void learn(telemetry::entity of, telemetry::series_view history) {
    auto& line = lines_[of];
    line = {};
    const std::size_t n = std::min(history.size(), options_.history_max);
    const auto kept = history.last(n);
    line.end = history.end();
    line.values.assign(kept.values.begin(), kept.values.end());
    refit(line);
  }

  /// Takes one step's value, NaN for none. Skipped steps are gaps; a step that has been taken before is left
  /// alone, except that a reading replaces a gap at the very end of the history.
  void observe(telemetry::entity of, time_point step_start, double y) {
    auto& line = lines_[of];
    if (line.values.empty()) line.end = step_start;
    if (step_start < line.end) {
      if (step_start + options_.step == line.end && std::isnan(line.values.back()) && !std::isnan(y)) {
        line.values.back() = y;
        refit(line);
      }
      return;
    }
    const auto gap = static_cast<std::size_t>((step_start - line.end) / options_.step);
    if (gap > options_.history_max) line.values.clear(), line.model.reset(), line.end = step_start;
    while (line.end < step_start) append(line, std::numeric_limits<double>::quiet_NaN());
    append(line, y);
  }

  void forget(telemetry::entity of) { lines_.erase(of); }

  /// The joint paths of the steps after the last one observed; null for a series without any reading. A
  /// series too short for the model is taken to stay as it is. Valid until the series changes.
  [[nodiscard]] const forecast::sample_paths* paths(telemetry::entity of) {
    auto* line = lines_.find(of);
    if (line == nullptr || std::isnan(last_of(*line))) return nullptr;
    if (!line->fresh) predict_line(*line);
    return &line->ahead->paths;
  }
  /// The prediction behind `paths`, with these quantiles. Computed anew. Nothing as above.
  [[nodiscard]] std::optional<forecast::prediction> prediction_of(telemetry::entity of,
                                                                  std::span<const double> levels) {
    auto* line = lines_.find(of);
    if (line == nullptr || !line->model) return std::nullopt;
    const auto future = rows(line->end, options_.horizon);
    return predict(*line->model, request(levels, future));
  }

  /// The last reading; NaN when there is none within the last few steps.
  [[nodiscard]] double last(telemetry::entity of) const {
    const auto* line = lines_.find(of);
    return line == nullptr ? std::numeric_limits<double>::quiet_NaN() : last_of(*line);
  }
  /// Where the series ends; the beginning of time for an unknown one.
  [[nodiscard]] time_point end(telemetry::entity of) const {
    const auto* line = lines_.find(of);
    return line == nullptr ? time_point{} : line->end;
  }
  /// The last n steps, or as many as there are. Valid until the series changes.
  [[nodiscard]] telemetry::series_view recent(telemetry::entity of, std::size_t n) const {
    const auto* line = lines_.find(of);
    if (line == nullptr) return {{}, options_.step, {}};
    const telemetry::series_view all{
        line->end - static_cast<duration::rep>(line->values.size()) * options_.step, options_.step,
        line->values};
    return all.last(std::min(n, std::min(all.size(), options_.history_max)));
  }
  [[nodiscard]] bool knows(telemetry::entity of) const { return lines_.contains(of); }
  [[nodiscard]] const book_options& options() const { return options_; }

  /// The paths of a series that is not followed, e.g. one that came with a proposal; nothing when it is too
  /// short.
  [[nodiscard]] std::optional<forecast::sample_paths> paths_of(telemetry::series_view history) const {
    followed one;
    one.end = history.end();
    one.values.assign(history.values.begin(), history.values.end());
    refit(one);
    if (std::isnan(last_of(one))) return std::nullopt;
    predict_line(one);
    return std::move(one.ahead->paths);
  }

 private:
  struct followed {
    time_point end{};
    std::vector<double> values;  ///< oldest first; a little more than history_max, so that it moves seldom
    std::optional<typename F::model> model;
    std::unique_ptr<forecast::prediction> ahead;
    bool fresh = false;
  };

  void append(followed& to, double y) const {
    if (to.values.size() >= 2 * options_.history_max)
      to.values.erase(to.values.begin(), to.values.end() - static_cast<std::ptrdiff_t>(options_.history_max));
    to.values.push_back(y);
    to.fresh = false;
    if (to.model) {
      if (columns_.empty()) {
        update(*to.model, y, {});
      } else {
        const auto& rows = rows_at(to.end);
        const forecast::regressor_view known{rows, columns_.size()};
        if constexpr (requires { update(*to.model, y, known.row(0), known); })
          update(*to.model, y, known.row(0), known.slice(1, options_.horizon));
        else
          update(*to.model, y, known.row(0));
      }
      to.end += options_.step;
    } else {
      to.end += options_.step;
      refit(to);
    }
  }

  void refit(followed& of) const {
    of.fresh = false;
    of.model.reset();
    const std::size_t n = std::min(of.values.size(), options_.history_max);
    const time_point start = of.end - static_cast<duration::rep>(n) * options_.step;
    const auto history = rows(start, n);
    auto fitted = fit(spec_, telemetry::series_view{start, options_.step, std::span{of.values}.last(n)},
                      forecast::regressor_view{history, columns_.size()});
    if (fitted) of.model = std::move(*fitted);
  }

  void predict_line(followed& of) const {
    if (!of.ahead) of.ahead = std::make_unique<forecast::prediction>();
    if (!of.model) {
      of.ahead->paths = forecast::sample_paths{options_.plan.size(), options_.horizon};
      std::ranges::fill(of.ahead->paths.flat(), last_of(of));
    } else {
      const auto future = rows(of.end, options_.horizon);
      if constexpr (requires { predict_into(*of.model, forecast::predict_request{}, *of.ahead); })
        predict_into(*of.model, request({}, future), *of.ahead);
      else
        *of.ahead = predict(*of.model, request({}, future));
    }
    of.fresh = true;
  }

  [[nodiscard]] forecast::predict_request request(std::span<const double> levels,
                                                  std::span<const double> future) const {
    return {options_.horizon, levels, &options_.plan, {future, columns_.size()}};
  }

  [[nodiscard]] std::vector<double> rows(time_point start, std::size_t n) const {
    if (columns_.empty()) return {};
    return telemetry::event_regressors(events_, columns_, {start, options_.step, n});
  }
  /// The rows of the step that starts here and of the horizon after it: the same for every series of a step.
  [[nodiscard]] const std::vector<double>& rows_at(time_point start) const {
    if (cached_at_ != start || cached_.empty())
      cached_ = rows(start, options_.horizon + 1), cached_at_ = start;
    return cached_;
  }

  [[nodiscard]] static double last_of(const followed& of) {
    for (std::size_t back = 0; back < std::min<std::size_t>(of.values.size(), 6); ++back)
      if (const double y = of.values[of.values.size() - 1 - back]; !std::isnan(y)) return y;
    return std::numeric_limits<double>::quiet_NaN();
  }

  F spec_;
  book_options options_;
  telemetry::calendar events_;
  std::vector<telemetry::event_column> columns_;
  flat_map<telemetry::entity, followed> lines_;
  mutable std::vector<double> cached_;
  mutable time_point cached_at_{};
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
