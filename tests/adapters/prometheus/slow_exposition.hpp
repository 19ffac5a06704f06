#pragma once
/// @file
/// The exposition formats as regular expressions: slow, obvious, and made from the grammar alone.

#include <foreshift/adapters/prometheus/exposition.hpp>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <regex>
#include <string>
#include <vector>

namespace slow {

struct point {
  double value = 0;
  std::optional<std::int64_t> at_us;
};
struct sample : point {
  std::string name;
  std::map<std::string, std::string> labels;
  std::optional<std::map<std::string, std::string>> exemplar;
  point exemplar_value;
};
struct outcome {
  std::vector<sample> samples;
  std::size_t described = 0;   ///< lines of TYPE, HELP and UNIT
  std::size_t wrong_line = 0;  ///< 0: nothing is wrong
};

inline std::string unescaped(const std::string& raw) {
  std::string out;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const std::string two = raw.substr(i, 2);
    if (two == "\\n")
      out += '\n', ++i;
    else if (two == "\\\\")
      out += '\\', ++i;
    else if (two == "\\\"")
      out += '"', ++i;
    else
      out += raw[i];
  }
  return out;
}

inline bool utf8(const std::string& text) {
  // One character after another: the lead byte says how many follow.
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    const std::size_t size = c < 0x80 ? 1 : c < 0xC2 ? 0 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : c < 0xF5 ? 4 : 0;
    if (size == 0 || i + size > text.size()) return false;
    unsigned code = size == 1 ? c : c & (0xFFu >> (size + 1));
    for (std::size_t k = 1; k < size; ++k) {
      const auto more = static_cast<unsigned char>(text[i + k]);
      if (more >> 6 != 2) return false;
      code = code << 6 | (more & 63);
    }
    const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < least[size] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return false;
    i += size;
  }
  return true;
}

inline std::optional<double> number(const std::string& text) {
  static const std::regex decimal{R"([+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?)", std::regex::icase};
  static const std::regex word{R"([+-]?inf(inity)?|nan)", std::regex::icase};
  if (!std::regex_match(text, decimal) && !std::regex_match(text, word)) return std::nullopt;
  const double value = std::strtod(text.c_str(), nullptr);
  if (std::regex_match(text, decimal)) {
    if (std::isinf(value)) return std::nullopt;
    const bool zero =
        text.substr(0, text.find_first_of("eE")).find_first_of("123456789") == std::string::npos;
    if (value == 0 && !zero) return std::nullopt;
  }
  return value;
}

inline std::optional<std::map<std::string, std::string>> labels(const std::string& text) {
  static const std::regex one{R"re(([a-zA-Z_]\w*)[ \t]*=[ \t]*"((?:[^"\\]|\\[^])*)")re"};
  std::map<std::string, std::string> out;
  for (std::sregex_iterator i{text.begin(), text.end(), one}, end; i != end; ++i) {
    if (!utf8((*i)[2]) || (*i)[1] == "__name__") return std::nullopt;
    if (!out.emplace((*i)[1], unescaped((*i)[2])).second) return std::nullopt;
  }
  return out;
}

inline bool read_point(const std::string& value, const std::string& time, bool open, point& out) {
  const auto v = number(value);
  if (!v) return false;
  out.value = *v;
  if (time.empty()) return true;
  if (open) {
    const auto s = number(time);
    if (!s || !(std::abs(*s) < 9223372036.0)) return false;
    out.at_us = std::llround(*s * 1e6);
    return true;
  }
  std::int64_t ms = 0;
  const auto [end, error] = std::from_chars(time.data(), time.data() + time.size(), ms);
  if (error != std::errc{} || end != time.data() + time.size() || std::abs(ms) > 9223372036854) return false;
  out.at_us = ms * 1000;
  return true;
}

/// One line without its end; false where it is wrong.
inline bool read_line(const std::string& line, bool open, outcome& out) {
  static const std::string name = "([a-zA-Z_:][a-zA-Z0-9_:]*)", words = "([^ \\t]+)";
  static const std::string label = R"re([a-zA-Z_]\w*="(?:[^"\\]|\\[^])*")re";
  static const std::string set = "(\\{(?:" + label + "(?:," + label + ")*)?\\})";
  static const std::string loose = R"re([a-zA-Z_]\w*[ \t]*=[ \t]*"(?:[^"\\]|\\[^])*"[ \t]*)re";
  static const std::string loose_set = "(\\{[ \\t]*(?:" + loose + "(?:,[ \\t]*" + loose + ")*,?)?[ \\t]*\\})";
  static const std::string types =
      "(unknown|untyped|gauge|counter|histogram|gaugehistogram|summary|info|stateset)";
  static const std::regex open_sample{name + set + "? " + words + "(?: ([^ \\t#][^ \\t]*))?(?: # " + set +
                                      " " + words + "(?: ([^ \\t#][^ \\t]*))?)?"};
  static const std::regex text_sample{"[ \\t]*" + name + "(?:[ \\t]*" + loose_set + "[ \\t]*|[ \\t]+)" +
                                      words + "(?:[ \\t]+([^ \\t]+))?[ \\t]*"};
  static const std::regex open_type{"# TYPE " + name + " " + types},
      open_more{"# (HELP|UNIT) " + name + "(?: ([^]*))?"};
  static const std::regex text_type{"[ \\t]*#[ \\t]+TYPE[ \\t]+" + name + "[ \\t]+" + types + "[ \\t]*"};
  static const std::regex text_help{"[ \\t]*#[ \\t]+HELP[ \\t]+" + name + "(?:[ \\t]+([^]*))?"};
  static const std::regex text_rest{"[ \\t]*(#[^]*)?"},
      text_known{"[ \\t]*#[ \\t]+(TYPE|HELP)(?:[ \\t][^]*)?"};
  std::smatch m;
  if (std::regex_match(line, m, open ? open_type : text_type)) return ++out.described, true;
  if (std::regex_match(line, m, open ? open_more : text_help)) return ++out.described, utf8(m[open ? 3 : 2]);
  if (!open && std::regex_match(line, text_rest)) return !std::regex_match(line, text_known);
  if (!std::regex_match(line, m, open ? open_sample : text_sample)) return false;
  sample s;
  s.name = m[1];
  const auto found = labels(m[2]);
  if (!found || !read_point(m[3], m[4], open, s)) return false;
  s.labels = *found;
  if (open && m[5].matched) {
    s.exemplar = labels(m[5]);
    if (!s.exemplar || !read_point(m[6], m[7], open, s.exemplar_value)) return false;
  }
  out.samples.push_back(std::move(s));
  return true;
}

inline outcome read(const std::string& text, bool open) {
  outcome out;
  std::size_t line = 1;
  for (std::size_t from = 0;; ++line) {
    const auto lf = text.find('\n', from);
    const bool last = lf == std::string::npos;
    std::string one = text.substr(from, last ? lf : lf - from);
    const bool mark = open && (one == "# EOF" || (!last && one == "# EOF\r"));
    if (mark) return out.wrong_line = last || lf + 1 == text.size() ? 0 : line, out;
    if (last) return out.wrong_line = one.empty() && !open ? 0 : line, out;
    if (one.ends_with('\r')) one.pop_back();
    if (!read_line(one, open, out)) return out.wrong_line = line, out;
    from = lf + 1;
  }
}

}  // namespace slow
