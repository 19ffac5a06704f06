#pragma once
/// @file
/// Silences of Prometheus' Alertmanager as maintenance windows: whoever silences a host's alerts is about to
/// work on it.
///
/// Alertmanager's HTTP API, `GET /api/v2/silences`. A silence becomes a window for each host that one of its
/// matchers names exactly; one that matches by pattern or by exclusion names none and is left out, and so is
/// one that has been ended before its time. The window's label is the host, as the loop expects it.

#include <foreshift/adapters/calendar/json_document.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/telemetry/calendar.hpp>
#include <foreshift/telemetry/sample_csv.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::calendar {

struct silence_options {
  std::string host_label = "instance";  ///< the label whose value names the host
  bool cut_port = true;                 ///< `web-1:9100` is host `web-1`
};

inline constexpr std::string_view silences_target = "/api/v2/silences";

/// Of the answer's body. @param source names the answer in diagnostics
[[nodiscard]] inline result<telemetry::calendar, diagnostic> parse_silences(
    std::string_view body, const std::string& source, const silence_options& options = {}) {
  const auto list = detail::json_list(body, source);
  if (!list) return failure{list.error()};
  telemetry::calendar out;
  for (const auto& one : *list) {
    if (!one.is_object()) continue;
    const auto status = one.find("status");
    if (status != one.end() && detail::text_at(*status, "state") == "expired") continue;
    const auto from = telemetry::parse_timestamp(detail::text_at(one, "startsAt")),
               to = telemetry::parse_timestamp(detail::text_at(one, "endsAt"));
    if (!from || !to)
      return failure{
          diagnostic{source, 0, "startsAt, endsAt",
                     "silence " + excerpt(detail::text_at(one, "id")) + " has no times that can be read"}};
    if (*to <= *from) continue;
    const auto matchers = one.find("matchers");
    if (matchers == one.end() || !matchers->is_array()) continue;
    for (const auto& m : *matchers) {
      const auto is = [&](const char* name, bool by_default) {
        const auto at = m.is_object() ? m.find(name) : m.end();
        return m.is_object() && at != m.end() && at->is_boolean() ? at->get<bool>() : by_default;
      };
      if (detail::text_at(m, "name") != options.host_label || is("isRegex", false) || !is("isEqual", true))
        continue;
      auto host = detail::text_at(m, "value");
      if (options.cut_port) host = host.substr(0, host.rfind(':'));
      if (!host.empty())
        out.events.push_back({*from, *to, telemetry::event_kind::maintenance_window, std::move(host)});
    }
  }
  std::ranges::stable_sort(out.events, {}, &telemetry::calendar_event::start);
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::calendar
