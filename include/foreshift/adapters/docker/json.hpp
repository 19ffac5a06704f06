#pragma once
/// @file
/// The JSON of the Engine API: the only header that names nlohmann-json.
///
/// Specifications are kept as they were read and written back, unknown members and all, with every integer
/// exact. An answer is bounded in bytes and in depth before it is read. Members of the wrong type read as
/// absent: what needs one says so.

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/json_nesting.hpp>
#include <foreshift/core/result.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::docker {

using json = nlohmann::json;

inline constexpr std::size_t json_bytes_max = std::size_t{1} << 26;
inline constexpr std::size_t json_depth_max = 64;  ///< a service of the Engine API has about ten

/// The reason of a failure says how the text begins.
[[nodiscard]] inline result<json, std::string> parse_json(std::string_view text) {
  if (text.size() > json_bytes_max)
    return failure{"longer than " + std::to_string(json_bytes_max) + " bytes"};
  if (json_nests_deeper(text, json_depth_max))
    return failure{"nested deeper than " + std::to_string(json_depth_max)};
  auto read = json::parse(text, nullptr, false);
  if (read.is_discarded())
    return failure{text.empty() ? std::string{"empty"} : "not JSON, it begins with " + excerpt(text)};
  return read;
}

/// One line, bytes that are no UTF-8 replaced.
[[nodiscard]] inline std::string to_text(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// The member at the end of a path of names, or nothing.
template <class... Names>
[[nodiscard]] const json* member(const json& object, std::string_view name, Names... rest) {
  if (!object.is_object()) return nullptr;
  const auto at = object.find(std::string{name});
  if (at == object.end()) return nullptr;
  if constexpr (sizeof...(rest) == 0)
    return &*at;
  else
    return member(*at, std::string_view{rest}...);
}
/// Empty where it is absent or no text.
template <class... Names>
[[nodiscard]] std::string text_at(const json& object, Names... path) {
  const json* found = member(object, std::string_view{path}...);
  return found != nullptr && found->is_string() ? found->template get<std::string>() : std::string{};
}
/// Nothing where it is absent, no integer or negative.
template <class... Names>
[[nodiscard]] std::optional<std::uint64_t> count_at(const json& object, Names... path) {
  const json* found = member(object, std::string_view{path}...);
  if (found == nullptr || !found->is_number_integer()) return std::nullopt;
  if (!found->is_number_unsigned() && found->template get<std::int64_t>() < 0) return std::nullopt;
  return found->template get<std::uint64_t>();
}
/// 0 where it is absent or no number.
template <class... Names>
[[nodiscard]] double number_at(const json& object, Names... path) {
  const json* found = member(object, std::string_view{path}...);
  return found != nullptr && found->is_number() ? found->template get<double>() : 0.0;
}
/// The list at the end of a path; an empty one where there is none.
template <class... Names>
[[nodiscard]] const json& list_at(const json& object, Names... path) {
  static const json none = json::array();
  const json* found = member(object, std::string_view{path}...);
  return found != nullptr && found->is_array() ? *found : none;
}

}  // namespace foreshift::inline FORESHIFT_ABI::docker
