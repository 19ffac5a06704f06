#pragma once
/// @file
/// The JSON of a Kubernetes API server, as nlohmann-json reads it: the only header that names it.
///
/// Two things can go wrong with an answer: it is no JSON, or a member has not the type that the API promises.
/// Both are told by name, and neither is guessed around: a wrong type where a number was promised would else
/// read as "absent", which means something in this API. Length and nesting are bounded before anything is
/// built.

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/json_nesting.hpp>
#include <foreshift/core/result.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

using json = nlohmann::json;

inline constexpr std::size_t json_bytes_max = std::size_t{1} << 26;
inline constexpr std::size_t json_nesting_max = 100;

/// An object; a reason says what the text is instead. Linear in its length.
[[nodiscard]] result<json, std::string> parse_object(std::string_view text);

/// As it goes over the wire. Text that is not UTF-8 is replaced, never thrown about.
[[nodiscard]] inline std::string to_text(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Reads members of one object by dotted paths. Absent and null are the same. The first member of a wrong
/// type is remembered in `fault()`, and what is asked for reads as absent.
/// Lifetime: the object outlives the reader.
class fields {
 public:
  explicit fields(const json& object) : object_(&object) {}

  [[nodiscard]] std::string text(std::string_view path) {
    const auto* at = find(path);
    if (at == nullptr) return {};
    if (const auto* s = at->get_ptr<const std::string*>()) return *s;
    return complain(path, "a string"), std::string{};
  }
  /// The same; an empty or absent one is a fault.
  [[nodiscard]] std::string some_text(std::string_view path) {
    auto found = text(path);
    if (found.empty()) complain(path, "a string that is not empty");
    return found;
  }
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view path) {
    const auto* at = find(path);
    if (at == nullptr) return std::nullopt;
    const bool beyond = at->is_number_unsigned() && at->get<std::uint64_t>() > std::uint64_t{INT64_MAX};
    if (at->is_number_integer() && !beyond) return at->get<std::int64_t>();
    return complain(path, "a whole number of 64 bits"), std::nullopt;
  }
  /// Of replicas and the like: 0 to 2^31 - 1.
  [[nodiscard]] std::uint32_t count(std::string_view path, std::uint32_t absent = 0) {
    const auto found = integer(path);
    if (!found) return absent;
    if (*found >= 0 && *found <= INT32_MAX) return static_cast<std::uint32_t>(*found);
    return complain(path, "a count"), absent;
  }
  [[nodiscard]] bool flag(std::string_view path) {
    const auto* at = find(path);
    if (at != nullptr && !at->is_boolean()) complain(path, "true or false");
    return at != nullptr && at->is_boolean() && at->get<bool>();
  }
  /// Never null: an empty one where it is absent.
  [[nodiscard]] const json& object(std::string_view path) {
    static const json none = json::object();
    const auto* at = find(path);
    if (at != nullptr && !at->is_object()) complain(path, "an object");
    return at != nullptr && at->is_object() ? *at : none;
  }
  [[nodiscard]] const json& list(std::string_view path) {
    static const json none = json::array();
    const auto* at = find(path);
    if (at != nullptr && !at->is_array()) complain(path, "a list");
    return at != nullptr && at->is_array() ? *at : none;
  }
  [[nodiscard]] bool has(std::string_view path) { return find(path) != nullptr; }

  /// `spec.replicas: a count is wanted`; empty while all was well.
  [[nodiscard]] const std::string& fault() const { return fault_; }
  void complain(std::string_view path, std::string_view wanted) {
    if (fault_.empty()) fault_ = std::string{path} + ": " + std::string{wanted} + " is wanted";
  }
  /// Takes over what a reader of a part has found wrong. @param path of the part
  void adopt(std::string_view path, const std::string& fault) {
    if (fault_.empty() && !fault.empty()) fault_ = std::string{path} + "." + fault;
  }

 private:
  const json* find(std::string_view path) {
    const json* at = object_;
    for (std::size_t begin = 0; begin <= path.size();) {
      const auto end = std::min(path.find('.', begin), path.size());
      if (!at->is_object()) return complain(path.substr(0, begin > 0 ? begin - 1 : 0), "an object"), nullptr;
      const auto next = at->find(path.substr(begin, end - begin));
      if (next == at->end() || next->is_null()) return nullptr;
      at = &*next;
      begin = end + 1;
    }
    return at;
  }

  const json* object_;
  std::string fault_;
};

inline result<json, std::string> parse_object(std::string_view text) {
  if (text.size() > json_bytes_max)
    return failure{"it is longer than " + std::to_string(json_bytes_max) + " bytes"};
  if (json_nests_deeper(text, json_nesting_max))
    return failure{"it nests deeper than " + std::to_string(json_nesting_max) + " levels"};
  auto read = json::parse(text, nullptr, false);
  if (read.is_discarded())
    return failure{"it is not JSON, or is cut: it begins with " + excerpt(text.substr(0, 60))};
  if (!read.is_object()) return failure{"it is JSON and not an object: " + excerpt(text.substr(0, 60))};
  return read;
}

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
