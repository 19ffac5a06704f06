#pragma once
/// @file
/// A place in one line of text, moving right.

#include <foreshift/core/config.hpp>

#include <cstddef>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

/// What is left of a line, without the line's end. A value of two pointers: copying it keeps the place.
struct line_cursor {
  const char* here = nullptr;
  const char* end = nullptr;

  line_cursor() = default;
  explicit line_cursor(std::string_view line) : here(line.data()), end(line.data() + line.size()) {}

  [[nodiscard]] bool done() const { return here == end; }
  [[nodiscard]] std::string_view rest() const { return {here, static_cast<std::size_t>(end - here)}; }
  [[nodiscard]] bool at(char c) const { return here != end && *here == c; }
  [[nodiscard]] bool at_blank() const { return at(' ') || at('\t'); }

  bool take(char c) { return at(c) ? ++here, true : false; }
  /// @pre n <= rest().size()
  std::string_view take_bytes(std::size_t n) {
    const std::string_view taken{here, n};
    here += n;
    return taken;
  }
  /// Up to the next blank; may be empty.
  std::string_view take_word() {
    const char* const begin = here;
    while (here != end && *here != ' ' && *here != '\t') ++here;
    return {begin, static_cast<std::size_t>(here - begin)};
  }
  void skip_blanks() {
    while (at_blank()) ++here;
  }
};

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
