#include <foreshift/core/json_nesting.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

using foreshift::json_nests_deeper;

namespace {

/// Strings are taken out first, then brackets are counted.
std::size_t depth_of(std::string text) {
  for (auto begin = text.find('"'); begin != std::string::npos; begin = text.find('"')) {
    auto end = begin + 1;
    while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
    text.erase(begin, end - begin + 1);
  }
  std::size_t depth = 0, deepest = 0;
  for (const char c : text) {
    if (c == '[' || c == '{') deepest = std::max(deepest, ++depth);
    if ((c == ']' || c == '}') && depth > 0) --depth;
  }
  return deepest;
}

}  // namespace

TEST_CASE("brackets count outside of strings, in every text of up to seven letters") {
  constexpr std::string_view letters = "[{]\"\\a";
  for (std::size_t length = 0; length <= 7; ++length) {
    std::string text(length, letters[0]);
    for (bool more = true; more;) {
      const auto deepest = depth_of(text);
      if (json_nests_deeper(text, deepest) || (deepest > 0 && !json_nests_deeper(text, deepest - 1)))
        FAIL(text);
      more = false;
      for (char& c : text) {  // the next one, as a number is counted up
        const auto at = letters.find(c);
        c = letters[(at + 1) % letters.size()];
        if (at + 1 < letters.size()) {
          more = true;
          break;
        }
      }
    }
  }
}

TEST_CASE("a text of many brackets is seen at its first that is too many, and none at compile time") {
  CHECK(json_nests_deeper(std::string(2'000'000, '['), 64));
  CHECK_FALSE(json_nests_deeper(std::string(64, '[') + std::string(64, ']'), 64));
  CHECK(json_nests_deeper(std::string(65, '{'), 64));
  static_assert(!json_nests_deeper(R"({"a": "[[[["})", 1));
  static_assert(json_nests_deeper("[]", 0));
}
