#pragma once
// Small texts: durations and numbers as people write and read them.

#include <foreshift/core/time.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tool {

/// `5m`, `90s`, `2h`, `1d`: a positive whole number and its unit.
std::optional<foreshift::duration> parse_duration(std::string_view text);
/// The same in the largest unit that divides it.
std::string format_duration(foreshift::duration d);
/// With as many decimals as asked for and no trailing zeros: `12.5`, `12`.
std::string format_number(double value, int decimals);
/// Columns as wide as their widest cell; a line for each row. @pre rows are of one length, at least one
std::string text_table(const std::vector<std::vector<std::string>>& rows);
/// A word of the code as a person writes it: `cutting over` for `cutting_over`.
std::string spaced(std::string_view name);

}  // namespace tool
