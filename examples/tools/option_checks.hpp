#pragma once
// Numbers on the command line: what is outside its range is refused, not clamped.

#include <foreshift/core/diagnostic.hpp>

#include <CLI/CLI.hpp>

#include <charconv>
#include <concepts>
#include <cstdint>
#include <limits>
#include <sstream>
#include <string>
#include <system_error>

namespace tool {

/// The whole text as a number. Integers are decimal: the parser would take 010 for eight.
template <class T>
bool read_number(const std::string& text, T& value) {
  if constexpr (std::integral<T>) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() && (text.size() == 1 || text[0] != '0');
  } else {
    return CLI::detail::lexical_cast(text, value);
  }
}

/// A range that is checked and does not clutter the help; with the reason, where there is one to say.
template <class T>
CLI::Validator within(T low, T high, const char* reason = nullptr) {
  const auto check = [=](const std::string& text) {
    T value{};
    if (read_number(text, value) && value >= low && value <= high) return std::string{};  // no NaN
    std::ostringstream why;
    why << "not from " << low << " to " << high << ": " << foreshift::excerpt(text);
    if (reason != nullptr) why << ": " << reason;
    return why.str();
  };
  return CLI::Validator{check, ""};
}

/// Any seed that there is.
inline CLI::Validator any_seed() {
  return within(std::uint64_t{0}, std::numeric_limits<std::uint64_t>::max());
}

/// An option that is given says something: `--json "$UNSET"` is a slip, and not the same as no --json.
inline void refuse_empty_values(CLI::App& command) {
  const auto check = [](const std::string& text) {
    return std::string{text.empty() ? "empty: say which, or leave it out" : ""};
  };
  for (auto* option : command.get_options())
    if (option->get_items_expected_max() > 0) option->check(CLI::Validator{check, ""});
}

}  // namespace tool
