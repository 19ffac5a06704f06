#pragma once
// Instants on the command line.

#include <foreshift/core/time.hpp>

#include <optional>
#include <string_view>

namespace tool {

/// `2026-03-02`, `2026-03-02T00:05:00Z`, the same with an offset as `+02:00` (RFC 3339), seconds since 1970,
/// or `now`, `now-7d`.
std::optional<foreshift::time_point> parse_when(std::string_view text, foreshift::time_point now);

}  // namespace tool
