#pragma once
/// @file
/// Which series a selector names: `node_cpu_seconds_total{mode!~"idle|iowait",instance="a:9100"}`.
///
/// Where samples come by themselves there is nobody to evaluate an expression, so a rule may name series and
/// no more. Regular expressions are those that such selectors are made of: alternatives of plain text, each
/// with `.*` or `.+` at its end if need be; they need no engine, and no text from outside makes them slow.

#include <foreshift/adapters/prometheus/text_scan.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

/// A regular value.
class series_selector {
 public:
  /// Reads a selector. It names a metric, so that it does not match everything.
  [[nodiscard]] static result<series_selector, std::string> parse(std::string_view text) {
    series_selector out;
    skip_blanks(text);
    const auto name = metric_name_size(text);
    if (name > 0)
      out.conditions_.push_back({"__name__", {{std::string{text.substr(0, name)}, ending::none}}});
    text.remove_prefix(name);
    skip_blanks(text);
    if (text.starts_with('{')) {
      text.remove_prefix(1);
      if (const auto read = out.read_conditions(text); !read) return failure{read.error()};
      skip_blanks(text);
    }
    if (!text.empty()) return failure{"not a selector, which is name{label=\"value\"}: " + excerpt(text)};
    const bool named = std::ranges::any_of(
        out.conditions_, [](const condition& c) { return c.label == "__name__" && !c.unequal; });
    if (!named) return failure{std::string{"names no metric: write name{...}"}};
    return out;
  }

  /// @param labels a range of what has `name` and `value`. O(labels x conditions).
  template <class Labels>
  [[nodiscard]] bool matches(const Labels& labels) const {
    return std::ranges::all_of(conditions_, [&](const condition& c) {
      std::string_view value;  // a label that is missing is empty
      for (const auto& l : labels)
        if (l.name == c.label) value = l.value;
      return c.meets(value);
    });
  }
  friend bool operator==(const series_selector&, const series_selector&) = default;

 private:
  enum class ending : std::uint8_t { none, any, some };
  struct alternative {
    std::string text;
    ending then = ending::none;
    friend bool operator==(const alternative&, const alternative&) = default;
  };
  struct condition {
    std::string label;
    std::vector<alternative> any_of{};
    bool unequal = false;
    [[nodiscard]] bool meets(std::string_view value) const {
      return unequal != std::ranges::any_of(any_of, [&](const alternative& a) {
               if (a.then == ending::none) return value == a.text;
               return value.starts_with(a.text) && (a.then == ending::any || value.size() > a.text.size());
             });
    }
    friend bool operator==(const condition&, const condition&) = default;
  };

  static void skip_blanks(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  }

  /// Behind the opening brace; takes the closing one as well.
  result<void, std::string> read_conditions(std::string_view& text) {
    constexpr std::size_t conditions_max = 100;
    for (;;) {
      skip_blanks(text);
      if (text.starts_with('}')) return text.remove_prefix(1), result<void, std::string>{};
      if (conditions_.size() > conditions_max) return failure{std::string{"more than 100 conditions"}};
      condition made;
      const auto name = label_name_size(text);
      if (name == 0) return failure{"a label is expected: " + excerpt(text)};
      made.label = text.substr(0, name);
      text.remove_prefix(name);
      skip_blanks(text);
      const auto sign = text.substr(0, 2);
      const bool pattern = sign == "=~" || sign == "!~";
      if (!pattern && sign != "!=" && !sign.starts_with('='))
        return failure{"=, !=, =~ or !~ is expected behind " + made.label};
      made.unequal = sign[0] == '!';
      text.remove_prefix(pattern || made.unequal ? 2 : 1);
      skip_blanks(text);
      std::string value;
      if (!read_quoted(text, value))
        return failure{"a value between quotes is expected behind " + made.label};
      if (!pattern) {
        made.any_of.push_back({std::move(value), ending::none});
      } else if (auto read = read_pattern(value, made.any_of); !read) {
        return read;
      }
      conditions_.push_back(std::move(made));
      skip_blanks(text);
      if (text.starts_with(','))
        text.remove_prefix(1);
      else if (!text.starts_with('}'))
        return failure{std::string{"a comma or the closing brace is missing"}};
    }
  }

  static bool read_quoted(std::string_view& text, std::string& out) {
    if (!text.starts_with('"') && !text.starts_with('\'')) return false;
    const char quote = text[0];
    for (std::size_t i = 1; i < text.size(); ++i) {
      if (text[i] == quote) return text.remove_prefix(i + 1), true;
      if (text[i] == '\\' &&
          (++i == text.size() || std::string_view{"\\\"'"}.find(text[i]) == std::string_view::npos))
        return false;
      out += text[i];
    }
    return false;
  }

  static result<void, std::string> read_pattern(std::string_view pattern, std::vector<alternative>& out) {
    constexpr std::string_view special = ".*+?()[]{}^$";
    alternative one;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      const auto two = pattern.substr(i, 2);
      const bool last = i + 2 >= pattern.size() || pattern[i + 2] == '|';
      if (pattern[i] == '|') {
        out.push_back(std::exchange(one, {}));
      } else if ((two == ".*" || two == ".+") && last) {
        one.then = two == ".*" ? ending::any : ending::some;
        ++i;
      } else if (pattern[i] == '\\' && i + 1 < pattern.size() &&
                 (special.find(pattern[i + 1]) != std::string_view::npos || pattern[i + 1] == '|')) {
        one.text += pattern[++i];
      } else if (pattern[i] == '\\' || special.find(pattern[i]) != std::string_view::npos) {
        return failure{"only alternatives of plain text are understood here, with .* or .+ at their end: " +
                       excerpt(pattern)};
      } else {
        one.text += pattern[i];
      }
    }
    out.push_back(std::move(one));
    return {};
  }

  std::vector<condition> conditions_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
