#pragma once
/// @file
/// A name made of labels: `{namespace}/{pod}`, or `{instance|host}`, which leaves a port out.

#include <foreshift/adapters/prometheus/query_answer.hpp>
#include <foreshift/adapters/prometheus/text_scan.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

/// `10.0.0.1` of `10.0.0.1:9100` and of `10.0.0.1`; `::1` of `[::1]:9100`.
[[nodiscard]] inline std::string_view without_port(std::string_view address) {
  if (address.starts_with('[')) {
    const auto end = address.find(']');
    return end == std::string_view::npos ? address : address.substr(1, end - 1);
  }
  const auto colon = address.rfind(':');
  if (colon == std::string_view::npos || address.find(':') != colon) return address;  // IPv6 without a port
  const auto port = address.substr(colon + 1);
  const bool digits = !port.empty() && port.find_first_not_of("0123456789") == std::string_view::npos;
  return digits ? address.substr(0, colon) : address;
}

/// Texts and labels in turn. A regular value.
class label_template {
 public:
  label_template() = default;

  /// Reads a template; a brace that is meant as one cannot be written.
  [[nodiscard]] static result<label_template, std::string> parse(std::string_view text) {
    label_template out;
    while (!text.empty()) {
      const auto open = std::min(text.find_first_of("{}"), text.size());
      if (open > 0) out.parts_.push_back({std::string{text.substr(0, open)}, false, false});
      text.remove_prefix(open);
      if (text.empty()) break;
      const auto close = text.find('}');
      if (text[0] == '}' || close == std::string_view::npos)
        return failure{std::string{"a brace without its other one"}};
      auto name = text.substr(1, close - 1);
      text.remove_prefix(close + 1);
      const bool host = name.ends_with("|host");
      if (host) name.remove_suffix(5);
      if (name.empty() || label_name_size(name) != name.size())
        return failure{"not a label: " + excerpt(name) + ": write {label} or {label|host}"};
      out.parts_.push_back({std::string{name}, true, host});
    }
    return out;
  }

  [[nodiscard]] bool empty() const { return parts_.empty(); }
  /// The name; nothing where a label is missing, which is the same as an empty one.
  [[nodiscard]] std::optional<std::string> expand(const series_labels& labels) const {
    std::string out;
    for (const auto& part : parts_) {
      const auto value = part.label ? value_of(labels, part.text) : std::string_view{part.text};
      if (value.empty()) return std::nullopt;
      out += part.host ? without_port(value) : value;
    }
    return out;
  }
  friend bool operator==(const label_template&, const label_template&) = default;

 private:
  struct piece {
    std::string text;  ///< what stands there, or the name of a label
    bool label = false, host = false;
    friend bool operator==(const piece&, const piece&) = default;
  };
  std::vector<piece> parts_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
