#pragma once
/// @file
/// Metric families: what kind of measurement a name stands for, and which samples belong to it.
///
/// A histogram `rpc_seconds` is exposed as samples `rpc_seconds_bucket`, `rpc_seconds_sum` and
/// `rpc_seconds_count`. Who wants to know whether a sample is a counter has to find its family by such
/// endings. Source: the Prometheus text format 0.0.4 and OpenMetrics 1.0.

#include <foreshift/core/config.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

/// `unknown` is the text format's `untyped`.
enum class metric_type : std::uint8_t {
  unknown,
  gauge,
  counter,
  histogram,
  gauge_histogram,
  summary,
  info,
  state_set,
};

namespace detail {
struct metric_type_row {
  std::string_view word;                    ///< as OpenMetrics writes it
  std::array<std::string_view, 5> endings;  ///< of its samples; unused places repeat the first
};
inline constexpr metric_type_row metric_types[] = {
    {"unknown", {"", "", "", "", ""}},
    {"gauge", {"", "", "", "", ""}},
    {"counter", {"_total", "_created", "", "_total", "_total"}},  // the text format knows no ending
    {"histogram", {"_bucket", "_sum", "_count", "_created", "_bucket"}},
    {"gaugehistogram", {"_bucket", "_gsum", "_gcount", "_bucket", "_bucket"}},
    {"summary", {"", "_sum", "_count", "_created", ""}},
    {"info", {"_info", "_info", "_info", "_info", "_info"}},
    {"stateset", {"", "", "", "", ""}},
};
}  // namespace detail

/// The word after the name in a TYPE line.
[[nodiscard]] constexpr std::string_view name_of(metric_type t) {
  return detail::metric_types[static_cast<std::size_t>(t)].word;
}

/// Takes the words of both formats.
[[nodiscard]] constexpr std::optional<metric_type> parse_metric_type(std::string_view word) {
  if (word == "untyped") return metric_type::unknown;
  for (std::size_t i = 0; i < std::size(detail::metric_types); ++i)
    if (word == detail::metric_types[i].word) return static_cast<metric_type>(i);
  return std::nullopt;
}

/// One family, as its TYPE line declares it.
struct metric_family {
  std::string_view name;
  metric_type type = metric_type::unknown;

  /// Whether a sample of this name is one of the family's.
  [[nodiscard]] constexpr bool has(std::string_view sample_name) const {
    if (!sample_name.starts_with(name)) return false;
    const auto ending = sample_name.substr(name.size());
    for (const auto one : detail::metric_types[static_cast<std::size_t>(type)].endings)
      if (ending == one) return true;
    return false;
  }
};

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
