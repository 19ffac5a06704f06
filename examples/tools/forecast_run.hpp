#pragma once
// A forecast for each series of a table: what goes in and what comes out.

#include "forecast_models.hpp"
#include "series_reader.hpp"

#include <foreshift/telemetry/calendar.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace tool {

/// An interval that is asked for.
struct interval_level {
  std::string name;    ///< as it was written: 80
  double percent = 0;  ///< in (0, 100)
};

/// Everything that was said, checked and read.
struct forecast_input {
  std::string source;       ///< of the series, for people
  std::string test_source;  ///< empty: nothing to evaluate against
  series_layout layout = series_layout::m4;
  series_table table;
  std::optional<series_table> test;
  foreshift::telemetry::calendar calendar;
  std::size_t event_lead = 0, event_lag = 0;  ///< steps before and after an event that it acts on
  const model_entry* model = nullptr;
  model_choice choice;
  std::vector<interval_level> levels;  ///< in the order in which they were asked for
  std::optional<double> limit;
  std::size_t threads = 1;
};

/// Lower and upper end of an interval.
struct interval_curves {
  std::span<const double> lower, upper;
};

struct series_outcome {
  bool asked = false;  ///< false: nobody wanted this series, and `forecast` holds no answer
  foreshift::result<series_forecast, foreshift::forecast::errc> forecast;
  double cpu_seconds = 0;  ///< fit and prediction
};

/// The probabilities of all ends of intervals, ascending.
std::vector<double> quantile_levels(const std::vector<interval_level>& levels);
/// The interval of one level. The curve was made for these levels.
interval_curves interval_of(const foreshift::forecast::prediction& curve, const interval_level& level);

/// An outcome for each series of the table, in its order and the same whatever the number of threads.
/// @param asked for each series whether it is wanted
std::vector<series_outcome> forecast_all(const forecast_input& input, const std::vector<bool>& asked);

/// `series,step,mean,lo80,hi80,...`, a row for each step of each series that has a forecast.
std::string forecast_csv(const forecast_input& input, const std::vector<series_outcome>& outcomes);

}  // namespace tool
