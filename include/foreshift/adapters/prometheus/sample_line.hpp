#pragma once
/// @file
/// One sample as a line of JSON, for programs that are no Prometheus.
///
///     {"time":"2026-03-02T00:05:00Z","host":"db-1","workload":"web","metric":"cpu","value":1.5}
///
/// Other keys are let pass. Without a time it is of now, without a workload the host's own; `site` is there
/// as well. A value of null says that there was no reading.

#include <foreshift/adapters/prometheus/json_cursor.hpp>
#include <foreshift/adapters/prometheus/query_point.hpp>
#include <foreshift/adapters/prometheus/relabel.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/telemetry/metric.hpp>
#include <foreshift/telemetry/sample_csv.hpp>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

struct sample_line {
  subject whose;
  telemetry::metric what = telemetry::metric::cpu;
  std::optional<time_point> at{};  ///< between the years 1700 and 2200
  double value = 0;                ///< finite or NaN, in the metric's unit
};

namespace detail {

inline constexpr std::size_t sample_name_bytes_max = 512;

/// A text as of `telemetry::parse_timestamp`, or a number: seconds since 1970, of 13 digits milliseconds.
inline bool read_sample_time(json_cursor& in, std::optional<time_point>& out) {
  std::string_view text;
  const bool quoted = in.peek() == '"';
  if (!(quoted ? in.string(text) : in.number(text))) return false;
  out = telemetry::parse_timestamp(text);
  if (!out && !quoted) out = parse_query_time(text);
  return out || in.refuse("time: not a time: " + excerpt(text) +
                          ": write \"YYYY-MM-DDTHH:MM:SSZ\" or seconds since 1970");
}
inline bool read_sample_value(json_cursor& in, double& out) {
  if (in.peek() == 'n' && in.rest().starts_with("null")) {
    out = std::numeric_limits<double>::quiet_NaN();
    return in.advance(4), true;
  }
  std::string_view text;
  if (!in.number(text)) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return (error == std::errc{} && end == text.data() + text.size() && std::isfinite(out)) ||
         in.refuse("value: beyond all numbers: " + excerpt(text));
}
inline bool read_sample_metric(json_cursor& in, telemetry::metric& out) {
  std::string_view text;
  if (!in.string(text)) return false;
  const auto known = telemetry::parse_metric(text);
  if (known) out = *known;
  return known ||
         in.refuse("metric: not a metric: " + excerpt(text) +
                   ": write cpu, memory, network, io, latency, errors, memory_faults or disk_faults");
}
inline bool read_sample_name(json_cursor& in, std::string& out) {
  return in.string(out) && ((!out.empty() && out.size() <= sample_name_bytes_max) ||
                            in.refuse("a name is empty or longer than 512 bytes"));
}

}  // namespace detail

/// Reads one line without its end; the reason of a failure says what is wrong and where. O(length).
[[nodiscard]] inline result<sample_line, std::string> parse_sample_line(std::string_view line) {
  constexpr std::string_view keys[] = {"time", "metric", "value", "host", "workload", "site"};
  sample_line out;
  json_cursor in{line};
  unsigned seen = 0;
  in.object([&](std::string_view key) {
    std::size_t k = 0;
    while (k < std::size(keys) && keys[k] != key) ++k;
    if (k == std::size(keys)) return in.skip();
    if ((seen & (1U << k)) != 0) return in.refuse(std::string{key} + ": twice");
    seen |= 1U << k;
    if (k == 0) return detail::read_sample_time(in, out.at);
    if (k == 1) return detail::read_sample_metric(in, out.what);
    if (k == 2) return detail::read_sample_value(in, out.value);
    return detail::read_sample_name(in, k == 3   ? out.whose.host
                                        : k == 4 ? out.whose.workload
                                                 : out.whose.site);
  });
  if (!in.failed()) in.finish();
  if (in.failed()) return failure{in.fault()};
  if ((seen & 2) == 0) return failure{std::string{"no metric: of what is it?"}};
  if ((seen & 4) == 0) return failure{std::string{"no value; where there was no reading, write null"}};
  if ((seen & 24) == 0) return failure{std::string{"neither host nor workload: whose is it?"}};
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
