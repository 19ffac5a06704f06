#pragma once
/// @file
/// How deep a JSON text nests, before anybody makes a tree of it.
///
/// What reads, copies and prints a tree takes one call for each level, so a text of a million brackets ends a
/// process by its stack. Whether a text does that is seen without reading it: brackets count where they stand
/// outside of strings, and strings end where a reader ends them. (RFC 8259, section 9, leaves the limit to
/// the reader.)

#include <foreshift/core/config.hpp>

#include <cstddef>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI {

/// Whether brackets nest deeper than `levels`. The text may be anything. O(n) up to the first that does.
[[nodiscard]] constexpr bool json_nests_deeper(std::string_view text, std::size_t levels) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      quoted = c != '"';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      if (++depth > levels) return true;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return false;
}

}  // namespace foreshift::inline FORESHIFT_ABI
