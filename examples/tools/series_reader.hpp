#pragma once
// Series from a file, in one of the layouts that people keep them in.

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/telemetry/resample.hpp>
#include <foreshift/telemetry/series.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tool {

enum class series_layout {
  m4,       ///< a header line, then a row for each series: id,v0,v1,...
  wide,     ///< the same without a header
  samples,  ///< `long` on the command line: a row for each sample, series,timestamp,value
};
std::optional<series_layout> parse_layout(std::string_view name);
std::string_view name_of(series_layout layout);

struct read_series {
  std::string name;
  foreshift::telemetry::series values;
  foreshift::telemetry::sample_quality quality;  ///< of samples; all 0 in the other layouts
};

struct series_table {
  std::vector<read_series> series;  ///< in the order of the file, at least one
  foreshift::duration step;
};

/// How the file's values stand in time.
struct time_base {
  std::optional<foreshift::duration> step;  ///< samples: the most common one unless given; else one hour
  foreshift::time_point start{};            ///< of every row; samples have their own
};

/// Reads `path`, `-` for standard input.
foreshift::result<series_table, foreshift::diagnostic> read_table(const std::string& path,
                                                                  series_layout layout,
                                                                  const time_base& base);

/// What the samples were like, in words; nothing when there is nothing to say.
std::optional<std::string> describe_quality(const series_table& table);

}  // namespace tool
