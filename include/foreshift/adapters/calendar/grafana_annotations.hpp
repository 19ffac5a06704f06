#pragma once
/// @file
/// Annotations of Grafana dashboards as events: what a team has marked on its graphs, past and announced.
///
/// Grafana's HTTP API, `GET /api/annotations`. A region is an event from its time to its end; a mark without
/// an end lasts as long as the caller says, or is left out. Its kind is that of the first tag that names one
/// or that the caller has declared, its label the first tag that is not its kind, else its text. A tag
/// `effect:+80%` announces its effect.

#include <foreshift/adapters/calendar/json_document.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/telemetry/calendar.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::calendar {

struct annotation_options {
  /// What a tag stands for, beside the names of the kinds themselves.
  flat_map<std::string, telemetry::event_kind> kinds{};
  std::optional<telemetry::event_kind>
      otherwise{};                 ///< of those without such a tag; nothing: they are left out
  duration mark{};                 ///< how long a mark without an end lasts; 0: left out
  std::size_t count_max = 10'000;  ///< asked for at once
};

/// The target of the request for what touches [from, to). @pre from < to
[[nodiscard]] inline std::string annotations_target(time_point from, time_point to,
                                                    const annotation_options& options = {}) {
  FORESHIFT_EXPECT(from < to);
  const auto ms = [](time_point t) {
    return std::to_string(std::chrono::floor<std::chrono::milliseconds>(t.time_since_epoch()).count());
  };
  return "/api/annotations?from=" + ms(from) + "&to=" + ms(to) +
         "&limit=" + std::to_string(options.count_max);
}

/// Of the answer's body. Annotations that stand for no event are left out without a word, since a dashboard
/// holds many for other purposes. @param source names the answer in diagnostics
[[nodiscard]] inline result<telemetry::calendar, diagnostic> parse_annotations(
    std::string_view body, const std::string& source, const annotation_options& options = {}) {
  const auto list = detail::json_list(body, source);
  if (!list) return failure{list.error()};
  constexpr std::int64_t far_ms = 7'000'000'000'000;  // 220 years: what is later cannot be told apart
  telemetry::calendar out;
  for (const auto& one : *list) {
    const auto from = detail::integer_at(one, "time"), to = detail::integer_at(one, "timeEnd");
    if (!from || std::abs(*from) > far_ms || (to && std::abs(*to) > far_ms)) continue;
    telemetry::calendar_event event;
    event.start = time_point{std::chrono::milliseconds{*from}};
    event.end = to && *to > *from ? time_point{std::chrono::milliseconds{*to}} : event.start + options.mark;
    if (event.end <= event.start) continue;
    auto kind = options.otherwise;
    bool found = false;
    const auto tags = one.find("tags");
    if (tags != one.end() && tags->is_array())
      for (const auto& t : *tags) {
        if (!t.is_string()) continue;
        const auto tag = t.get<std::string>();
        const auto* declared = options.kinds.find(tag);
        if (constexpr std::string_view word = "effect:"; tag.starts_with(word)) {
          event.effect = telemetry::parse_event_effect(std::string_view{tag}.substr(word.size()));
          continue;
        }
        const auto named = declared != nullptr ? std::optional{*declared} : telemetry::parse_event_kind(tag);
        if (named && !std::exchange(found, true))
          kind = named;
        else if (!named && event.label.empty())
          event.label = tag;
      }
    if (!kind) continue;
    event.kind = *kind;
    if (event.label.empty()) event.label = detail::text_at(one, "text");
    out.events.push_back(std::move(event));
  }
  std::ranges::stable_sort(out.events, {}, &telemetry::calendar_event::start);
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::calendar
