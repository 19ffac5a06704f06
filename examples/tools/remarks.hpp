#pragma once
// What the user should know though the run goes on: lines on standard error.

#include "series_reader.hpp"

#include <foreshift/forecast/forecaster.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tool {

/// @param subcommand  who says it
void remark(std::string_view subcommand, const std::string& what);

/// A series that there is no answer for.
struct failed_series {
  std::size_t index = 0;  ///< in the table
  foreshift::forecast::errc why{};
};
/// A line for each of them, up to a number that still reads.
/// @param answer  what they do not have: "forecast"
void report_failures(std::string_view subcommand, const series_table& table,
                     const std::vector<failed_series>& failed, std::string_view answer);

}  // namespace tool
