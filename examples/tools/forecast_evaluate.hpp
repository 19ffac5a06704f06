#pragma once
// Forecasts held against what came.

#include "forecast_run.hpp"

#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tool {

/// What came, for each series of the table: the values of the steps after its end, at most the horizon. Empty
/// where there is nothing to score.
struct test_values {
  std::vector<std::vector<double>> of;
  std::vector<std::string> notes;  ///< what does not match, in sentences
};
/// Rows are matched by name and begin where the series ends; samples are matched by time too.
test_values match_test(const forecast_input& input);

/// The scores of one series, or their means.
struct score_row {
  std::size_t steps = 0;  ///< scored ones; of all series together in the mean
  double smape = 0, mase = 0, msis = 0;
  std::vector<double> coverage;                             ///< for each level, in the order asked for
  double brier = std::numeric_limits<double>::quiet_NaN();  ///< of the probability to exceed the limit
};

struct cpu_summary {
  double min = 0, median = 0, mean = 0, max = 0;  ///< seconds for a series
};

struct evaluation {
  std::vector<std::optional<score_row>> series;  ///< by place in the table; nothing where none was scored
  std::size_t scored = 0;
  score_row mean;                 ///< of the series that have the score
  std::size_t without_scale = 0;  ///< constant histories: no MASE and MSIS, unless the forecast was exact
  std::optional<double> owa;      ///< with M4's published Naive2; in the layout m4
  cpu_summary cpu;                ///< of all that were forecast
};
evaluation evaluate(const forecast_input& input, const std::vector<series_outcome>& outcomes,
                    const test_values& test);

/// The level of the interval score: 95 when it was asked for, else the widest.
const interval_level& scored_level(const std::vector<interval_level>& levels);

/// The scores for people.
std::string evaluation_table(const forecast_input& input, const evaluation& scores);

/// Everything for programs; the keys are documented in forecast_json.cpp.
/// @param scores null when there was nothing to evaluate against
std::string forecast_json(const forecast_input& input, const std::vector<series_outcome>& outcomes,
                          const evaluation* scores);

}  // namespace tool
