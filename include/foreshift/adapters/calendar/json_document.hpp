#pragma once
/// @file
/// The JSON of HTTP answers, as nlohmann-json reads it: the only header that names it.

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/json_nesting.hpp>
#include <foreshift/core/result.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::calendar {

inline constexpr std::size_t json_bytes_max = std::size_t{1} << 26;
inline constexpr std::size_t json_levels_max = 64;  ///< what is read here has five

namespace detail {

/// A list of objects, as both Grafana and Alertmanager answer.
[[nodiscard]] inline result<nlohmann::json, diagnostic> json_list(std::string_view text,
                                                                  const std::string& source) {
  if (text.size() > json_bytes_max)
    return failure{diagnostic{source, 0, "", "more than " + std::to_string(json_bytes_max) + " bytes"}};
  if (json_nests_deeper(text, json_levels_max))
    return failure{
        diagnostic{source, 0, "", "nests deeper than " + std::to_string(json_levels_max) + " levels"}};
  auto read = nlohmann::json::parse(text, nullptr, false);
  if (read.is_discarded())
    return failure{diagnostic{source, 0, "", "not JSON: it begins with " + excerpt(text.substr(0, 60))}};
  if (read.is_object() && read.contains("message") && read["message"].is_string())
    return failure{
        diagnostic{source, 0, "", "the server says " + excerpt(read["message"].get<std::string>())}};
  if (!read.is_array()) return failure{diagnostic{source, 0, "", "not a list, which was asked for"}};
  return read;
}

/// Empty where the member is absent or no text.
[[nodiscard]] inline std::string text_at(const nlohmann::json& object, const char* name) {
  const auto at = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && at != object.end() && at->is_string() ? at->get<std::string>() : std::string{};
}
[[nodiscard]] inline std::optional<std::int64_t> integer_at(const nlohmann::json& object, const char* name) {
  if (!object.is_object()) return std::nullopt;
  const auto at = object.find(name);
  if (at == object.end() || !at->is_number_integer()) return std::nullopt;
  if (at->is_number_unsigned() && at->get<std::uint64_t>() > std::uint64_t{INT64_MAX}) return std::nullopt;
  return at->get<std::int64_t>();
}

}  // namespace detail

}  // namespace foreshift::inline FORESHIFT_ABI::calendar
