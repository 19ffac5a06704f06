#pragma once
/// @file
/// A site's forecasts: one model for each series it follows, its own workloads and the other sites' hosts.
///
/// All series share one clock of steps and one scenario plan, so their paths can be added. A model is fitted
/// when its series is long enough, and again whenever that has doubled until all is there that is kept;
/// updated at each step, and asked for paths only when somebody wants them.
/// Announced events are divided out of what the models see and multiplied into what they say; their effects
/// are learnt on each series and shared between all (event_ledger.hpp).

#include <foreshift/core/contract.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/driver/event_ledger.hpp>
#include <foreshift/forecast/event_adjustment.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/prediction.hpp>
#include <foreshift/telemetry/calendar.hpp>
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
  /// @param events past and to come
  forecast_book(F spec, book_options options, telemetry::calendar events = {})
      : spec_(std::move(spec)),
        options_(std::move(options)),
        events_(std::move(events), options_.step, options_.event_lead_steps, options_.event_lag_steps),
        deviates_(forecast::effect_deviates(options_.plan.size())) {
    FORESHIFT_EXPECT(options_.step > duration::zero() && options_.horizon > 0 && options_.plan.size() > 0);
  }

  /// Takes a history in place of whatever was known of the series.
  void learn(telemetry::entity of, telemetry::series_view history) {
    auto& line = lines_[of];
    series_effects effects = std::move(line.effects);
    line = {};
    line.effects = std::move(effects);
    const std::size_t n = std::min(history.size(), options_.history_max);
    const auto kept = history.last(n);
    line.end = history.end();
    line.values.assign(kept.values.begin(), kept.values.end());
    events_.learn(line.effects, known(line));
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

  void forget(telemetry::entity of) {
    if (auto* line = lines_.find(of); line != nullptr) events_.release(line->effects);
    lines_.erase(of);
  }

  /// What each kind and label of event is expected to do to the series, in the order of `events().columns()`:
  /// empty without a calendar or for an unknown series.
  [[nodiscard]] std::span<const forecast::event_effect> effects(telemetry::entity of) const {
    const auto* line = lines_.find(of);
    return line == nullptr ? std::span<const forecast::event_effect>{} : line->effects.used;
  }
  [[nodiscard]] const event_ledger& events() const { return events_; }

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
    auto ahead = predict(*line->model, request(levels));
    put_in(ahead, events_.shares(line->end, options_.horizon), line->effects.used, deviates_);
    return ahead;
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
    one.effects.used = events_.effects_of(known(one));
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
    std::size_t fitted_on = 0;  ///< steps
    std::unique_ptr<forecast::prediction> ahead;
    bool fresh = false;
    series_effects effects;
  };

  void append(followed& to, double y) {
    if (to.values.size() >= 2 * options_.history_max)
      to.values.erase(to.values.begin(), to.values.end() - static_cast<std::ptrdiff_t>(options_.history_max));
    to.values.push_back(y);
    to.fresh = false;
    const time_point began = to.end;
    to.end += options_.step;
    const bool outgrown = to.values.size() <= options_.history_max && to.values.size() >= 2 * to.fitted_on;
    if (learn_effects(to) || !to.model || outgrown) return refit(to);
    if (!events_.empty()) forecast::take_out({&y, 1}, events_.shares(began, 1), to.effects.used);
    update(*to.model, y, {});
  }

  [[nodiscard]] telemetry::series_view known(const followed& of) const {
    const std::size_t n = std::min(of.values.size(), options_.history_max);
    return {of.end - static_cast<duration::rep>(n) * options_.step, options_.step,
            std::span{of.values}.last(n)};
  }
  /// True when the model's history looks different by what has been learnt.
  bool learn_effects(followed& of) {
    return events_.due(of.effects, of.end) && events_.learn(of.effects, known(of));
  }

  void refit(followed& of) const {
    of.fresh = false;
    of.model.reset();
    telemetry::series_view history = known(of);
    if (!events_.empty()) {
      cleared_.assign(history.values.begin(), history.values.end());
      forecast::take_out(cleared_, events_.shares(history.start, history.size()), of.effects.used);
      history.values = cleared_;
    }
    auto fitted = fit(spec_, history, forecast::regressor_view{});
    if (fitted) of.model = std::move(*fitted), of.fitted_on = history.size();
  }

  void predict_line(followed& of) const {
    if (!of.ahead) of.ahead = std::make_unique<forecast::prediction>();
    if (!of.model) {
      of.ahead->paths = forecast::sample_paths{options_.plan.size(), options_.horizon};
      std::ranges::fill(of.ahead->paths.flat(), last_of(of));
    } else {
      if constexpr (requires { predict_into(*of.model, forecast::predict_request{}, *of.ahead); })
        predict_into(*of.model, request({}), *of.ahead);
      else
        *of.ahead = predict(*of.model, request({}));
      put_in(*of.ahead, events_.shares(of.end, options_.horizon), of.effects.used, deviates_);
    }
    of.fresh = true;
  }

  [[nodiscard]] forecast::predict_request request(std::span<const double> levels) const {
    return {options_.horizon, levels, &options_.plan, {}};
  }

  [[nodiscard]] static double last_of(const followed& of) {
    for (std::size_t back = 0; back < std::min<std::size_t>(of.values.size(), 6); ++back)
      if (const double y = of.values[of.values.size() - 1 - back]; !std::isnan(y)) return y;
    return std::numeric_limits<double>::quiet_NaN();
  }

  F spec_;
  book_options options_;
  event_ledger events_;
  std::vector<double> deviates_;  ///< what is not known of events, drawn for each path
  flat_map<telemetry::entity, followed> lines_;
  mutable std::vector<double> cleared_;  ///< a history without its events
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
