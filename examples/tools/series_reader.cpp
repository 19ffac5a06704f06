#include "series_reader.hpp"

#include "files.hpp"
#include "text.hpp"

#include <foreshift/telemetry/sample_csv.hpp>
#include <foreshift/telemetry/series_csv.hpp>
#include <foreshift/telemetry/time_grid.hpp>

#include <algorithm>
#include <utility>

namespace tool {

using foreshift::diagnostic;
using foreshift::duration;
using foreshift::excerpt;
using foreshift::failure;
using foreshift::result;
namespace telemetry = foreshift::telemetry;

namespace {

constexpr double steps_max = 1e7;
constexpr double span_max_seconds = 9e9;  // 285 years: a duration says little more
constexpr duration step_max = std::chrono::hours{24 * 366};

constexpr std::pair<std::string_view, series_layout> layouts[] = {
    {"m4", series_layout::m4}, {"wide", series_layout::wide}, {"long", series_layout::samples}};

result<series_table, diagnostic> regular(std::vector<telemetry::series_row> rows, const time_base& base) {
  series_table out{{}, base.step.value_or(std::chrono::hours{1})};
  for (auto& row : rows)
    out.series.push_back({std::move(row.name), {base.start, out.step, std::move(row.values)}, {}});
  return out;
}

/// A wrong timestamp must not ask for the memory of a century of seconds.
std::optional<diagnostic> too_long(const telemetry::sampled_series& one, duration step,
                                   const std::string& source) {
  const auto [first, last] =
      std::ranges::minmax_element(one.samples, {}, [](const telemetry::sample& s) { return s.at; });
  const double span = foreshift::to_seconds(last->at.time_since_epoch()) -
                      foreshift::to_seconds(first->at.time_since_epoch());
  if (span < span_max_seconds && span / foreshift::to_seconds(step) < steps_max) return std::nullopt;
  return diagnostic{source, one.line, "",
                    "series " + excerpt(one.name) + " goes from " + foreshift::format_time(first->at) +
                        " to " + foreshift::format_time(last->at) + ", too far for steps of " +
                        format_duration(step) + ": check its timestamps, or give --step"};
}

result<series_table, diagnostic> regular(const std::vector<telemetry::sampled_series>& samples,
                                         const time_base& base, const std::string& source) {
  auto step = base.step;
  if (!step) step = telemetry::most_common_step(samples);
  if (!step)
    return failure{diagnostic{source, 0, "", "no series has two samples that tell the step: give --step"}};
  if (*step > step_max)
    return failure{diagnostic{source, 0, "",
                              "its most common step is " + format_duration(*step) +
                                  ", more than a year: check its timestamps, or give --step"}};
  series_table out{{}, *step};
  for (const auto& one : samples) {
    if (const auto wrong = too_long(one, *step, source)) return failure{*wrong};
    auto made = telemetry::resample(one.samples, *step);
    out.series.push_back({one.name, std::move(made.values), made.quality});
  }
  return out;
}

}  // namespace

std::optional<series_layout> parse_layout(std::string_view name) {
  for (const auto& [word, layout] : layouts)
    if (name == word) return layout;
  return std::nullopt;
}

std::string_view name_of(series_layout layout) {
  return std::ranges::find(layouts, layout, [](const auto& l) { return l.second; })->first;
}

result<series_table, diagnostic> read_table(const std::string& path, series_layout layout,
                                            const time_base& base) {
  const auto text = read_text(path);
  if (!text) return failure{text.error()};
  const std::string source = source_name(path);
  auto table = [&]() -> result<series_table, diagnostic> {
    if (layout == series_layout::samples) {
      const auto samples = telemetry::parse_samples(*text, source);
      if (!samples) return failure{samples.error()};
      if (samples->empty()) return series_table{};
      return regular(*samples, base, source);
    }
    auto rows = telemetry::parse_series_rows(*text, source, {.header = layout == series_layout::m4});
    if (!rows) return failure{rows.error()};
    return regular(*std::move(rows), base);
  }();
  if (table && table->series.empty()) return failure{diagnostic{source, 0, "", "no series in it"}};
  return table;
}

std::optional<std::string> describe_quality(const series_table& table) {
  telemetry::sample_quality all;
  std::size_t touched = 0;
  for (const auto& one : table.series) {
    all.late += one.quality.late;
    all.duplicate += one.quality.duplicate;
    all.missing += one.quality.missing;
    touched += one.quality.late + one.quality.duplicate + one.quality.missing > 0 ? 1 : 0;
  }
  if (touched == 0) return std::nullopt;
  return std::to_string(touched) + " of " + std::to_string(table.series.size()) +
         " series are not as regular as they seem, step " + format_duration(table.step) + ": " +
         std::to_string(all.late) + " samples out of order, " + std::to_string(all.duplicate) +
         " replaced by a later one of the same instant, " + std::to_string(all.missing) +
         " steps without a reading";
}

}  // namespace tool
