#pragma once
/// @file
/// What is wrong with a text that people wrote, and where.

#include <foreshift/core/config.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI {

/// The first thing wrong with an input. `line` counts from 1; 0 means the input as a whole.
struct diagnostic {
  std::string source;  ///< file name, or "stdin"
  std::size_t line = 0;
  std::string field;   ///< column, key or option; may be empty
  std::string reason;  ///< what is wrong and what would be right
  friend bool operator==(const diagnostic&, const diagnostic&) = default;
};

/// `trace.csv:17: v3: not a number: "abc"`: one line, without an end of line.
[[nodiscard]] inline std::string to_string(const diagnostic& d) {
  std::string text = d.source;
  if (d.line > 0) text += ":" + std::to_string(d.line);
  if (!d.field.empty()) text += (text.empty() ? "" : ": ") + d.field;
  return (text.empty() ? "" : text + ": ") + d.reason;
}

/// `text` between quotes as it may stand in a reason: cut to a readable length, without control characters.
[[nodiscard]] inline std::string excerpt(std::string_view text, std::size_t longest = 40) {
  std::string out = "\"";
  out += text.substr(0, longest);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; }, '?');
  out += text.size() > longest ? "...\"" : "\"";
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI
