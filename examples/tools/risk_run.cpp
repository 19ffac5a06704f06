#include "risk_run.hpp"

#include "progress.hpp"

#include <foreshift/forecast/auto_forecaster.hpp>
#include <foreshift/forecast/backtested.hpp>
#include <foreshift/forecast/observation.hpp>
#include <foreshift/risk/exceedance.hpp>
#include <foreshift/risk/forecast_opinion.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace tool {

using foreshift::failure;
using foreshift::forecast::errc;
namespace forecast = foreshift::forecast;
namespace risk = foreshift::risk;
namespace telemetry = foreshift::telemetry;

namespace {

using spec_type = forecast::backtested<forecast::auto_forecaster>;
using model_type = spec_type::model;

spec_type spec_of(const model_choice& c) {
  auto spec = calibrated(forecast::auto_forecaster{
      .season_length = c.season_length, .seasons_in_cycle = c.seasons_in_cycle, .horizon = c.horizon});
  spec.errors_kept = std::max<std::size_t>(spec.errors_kept, 100);  // as many paths, where the past has them
  spec.lower = c.lower, spec.upper = c.upper;
  return spec;
}

/// A path for each past forecast that is remembered.
void draw_paths(const model_type& model, std::size_t horizon, forecast::prediction& out) {
  forecast::scenario_plan plan;
  for (std::size_t i = 0; i < model.errors().complete(); ++i)
    plan.error_age.push_back(static_cast<std::uint32_t>(i * model.errors().every()));
  predict_into(model, {.horizon = horizon, .plan = &plan}, out);
}

/// One series on its way through time.
class walker {
 public:
  walker(const forecast_input& input, const telemetry::series& all, foreshift::time_point begin)
      : choice_(&input.choice),
        past_(all.view().last(all.values.size() - forecast::first_observed(all.values))),
        risk_({.limit = *input.limit,
               .horizon = input.choice.horizon,
               .season_length = input.choice.season_length}) {
    if (past_.size() > 0) first_ = static_cast<std::size_t>((past_.start - begin) / past_.step);
  }
  [[nodiscard]] std::size_t end() const { return first_ + past_.size(); }

  /// The value at this step of the common time, if there is one, and the claim after it; the last claim is
  /// left to `finish`.
  void go(std::size_t step, risk::overload_stack& fleet) {
    if (step < first_ || step >= end()) return;
    const std::size_t t = step - first_;
    risk_.observe(past_.values[t], fleet);
    if (model_)
      update(*model_, past_.values[t], {});
    else if (t + 1 == warm_up())
      if (auto fitted = fit(spec_of(*choice_), past_.first(t + 1), {})) model_ = *std::move(fitted);
    if (!model_ || t + 1 == past_.size()) return;
    draw_paths(*model_, choice_->horizon, next_);
    risk_.claim(risk::opinion_of(next_.paths, risk_.limit(), choice_->horizon), fleet);
  }
  /// From all of the past: a model fitted to the whole of it.
  risk_outcome finish(const risk::overload_stack& fleet) {
    if (past_.size() == 0) return failure{errc::all_missing};
    model_.reset();
    const auto model = fit(spec_of(*choice_), past_, {});
    if (!model) return failure{model.error()};
    draw_paths(*model, choice_->horizon, next_);
    series_risk out;
    out.estimate = risk_.claim(risk::opinion_of(next_.paths, risk_.limit(), choice_->horizon), fleet);
    const auto danger =
        risk::exceedance(next_.paths, {.limit = risk_.limit(), .from = past_.end(), .step = past_.step});
    out.expected_minutes = foreshift::to_seconds(danger.expected_overload) / 60;
    out.crossing = risk::first_crossing(next_.paths, risk_.limit(), past_.step);
    return out;
  }

 private:
  /// Values before the first forecast that the risk learns from.
  [[nodiscard]] std::size_t warm_up() const {
    return std::max(
        {choice_->horizon + 8, past_.size() / 4, std::min(2 * choice_->season_length, past_.size() / 2)});
  }

  const model_choice* choice_;
  telemetry::series_view past_;
  std::size_t first_ = 0;  ///< step of the common time at which the past begins
  std::optional<model_type> model_;
  risk::stacked_risk risk_;
  forecast::prediction next_;
};

}  // namespace

std::vector<risk_outcome> assess_all(const forecast_input& input) {
  const auto& series = input.table.series;
  auto begin = series.front().values.start;
  for (const auto& one : series) begin = std::min(begin, one.values.start);
  std::vector<walker> walkers;
  std::size_t steps = 0;
  for (const auto& one : series) {
    walkers.emplace_back(input, one.values, begin);
    steps = std::max(steps, walkers.back().end());
  }
  risk::overload_stack fleet;
  progress bar{"risk"};
  for (std::size_t step = 0; step < steps; ++step) {
    for (auto& w : walkers) w.go(step, fleet);
    bar.at(step + 1, steps);
  }
  std::vector<risk_outcome> out;
  for (auto& w : walkers) out.push_back(w.finish(fleet));
  return out;
}

}  // namespace tool
