#pragma once
// The models that `foreshift forecast` knows by name.

#include <foreshift/core/result.hpp>
#include <foreshift/forecast/event_effects.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/prediction.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tool {

/// What was said about all series.
struct model_choice {
  std::size_t season_length = 24;
  std::size_t seasons_in_cycle = 7;  ///< 1: no longer season
  std::size_t horizon = 48;
  double lower = -std::numeric_limits<double>::infinity();
  double upper = std::numeric_limits<double>::infinity();
  std::uint64_t seed = 1;  ///< for models that draw at random
};

/// One series, and what is wanted of it.
struct series_task {
  foreshift::telemetry::series_view past;
  foreshift::forecast::predict_request wanted;
  std::vector<double> limits;  ///< one for each step, or none
};

struct series_forecast {
  foreshift::forecast::prediction curve;
  std::vector<double> exceeds;  ///< probability for each step; empty without a limit
  std::vector<foreshift::forecast::event_effect> effects;  ///< of the calendar's columns
};

/// May be called by several threads at once.
using forecast_function =
    std::function<foreshift::result<series_forecast, foreshift::forecast::errc>(const series_task&)>;

/// To add a model, add a line to the table in forecast_models.cpp.
struct model_entry {
  std::string_view name;
  std::string_view help;
  forecast_function (*make)(const model_choice&);
};
/// The first one is the default.
std::span<const model_entry> known_models();
/// Null when there is none of the name.
const model_entry* find_model(std::string_view name);
/// `auto, naive, ...`
std::string model_names();
/// A line for each model: its name and what it does.
std::string model_help();

}  // namespace tool
