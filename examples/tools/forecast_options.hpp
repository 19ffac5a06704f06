#pragma once
// What can be said to `foreshift forecast`, and how that becomes the input of a run.

#include "forecast_run.hpp"

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace tool {

/// Everything that can be said on the command line, as it is said.
struct forecast_options {
  std::string input, layout, step, start, calendar;
  std::string season = "24", model = "auto", level = "80,95", lower, upper, limit;
  std::size_t horizon = 48, threads = 1, event_lead = 0, event_lag = 0;
  std::uint64_t seed = 1;
  std::string output, evaluate, json;
};

inline constexpr std::size_t horizon_max = 100'000, season_max = 100'000, threads_max = 1024,
                             event_shift_max = 48;

/// Checks everything that was said, then reads the files.
foreshift::result<forecast_input, foreshift::diagnostic> read_input(const forecast_options& options);

}  // namespace tool
