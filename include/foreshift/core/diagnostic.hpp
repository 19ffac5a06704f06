#pragma once
/// @file
/// What is wrong with a text that people wrote, and where.

#include <foreshift/core/config.hpp>

#include <cstddef>
#include <string>

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

}  // namespace foreshift::inline FORESHIFT_ABI
