#pragma once
/// @file
/// JSON read from front to back without a tree, by code that knows what it wants.
///
/// An answer of Prometheus is tens of megabytes of small arrays; a tree of it takes seconds and gigabytes.
/// Here the reader asks for an object, an array, a string or a number where it expects one, and what it does
/// not know it skips. Nothing recurses deeper than the asking code, and skipping is bounded. RFC 8259.

#include <foreshift/adapters/prometheus/text_scan.hpp>
#include <foreshift/core/config.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/utf8.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

/// Every function returns whether it could; after the first failure all do nothing, and `fault` says why.
/// The text must outlive the cursor.
class json_cursor {
 public:
  explicit json_cursor(std::string_view text)
      : begin_(text.data()), here_(begin_), end_(begin_ + text.size()) {}

  /// The first byte of what comes next, blanks left out; 0 at the end and after a failure.
  [[nodiscard]] char peek() {
    while (here_ != end_ && (*here_ == ' ' || *here_ == '\n' || *here_ == '\t' || *here_ == '\r')) ++here_;
    return here_ == end_ || failed() ? '\0' : *here_;
  }

  /// Calls `member(key)` for each member, which takes the value from this cursor and returns whether it
  /// could. The key lives until the next string is read.
  template <class F>
  bool object(F&& member) {
    if (!take('{', "an object")) return false;
    if (peek() == '}') return ++here_, true;
    do {
      std::string_view key;
      if (!string(key) || !take(':', "a colon")) return false;
      const std::string kept{key};
      if (!member(std::string_view{kept})) return fail("another value");
    } while (another('}'));
    return !failed();
  }
  /// Calls `element()` for each element, likewise.
  template <class F>
  bool array(F&& element) {
    if (!take('[', "an array")) return false;
    if (peek() == ']') return ++here_, true;
    do {
      if (!element()) return fail("another value");
    } while (another(']'));
    return !failed();
  }

  /// A string without its quotes and escapes; valid until the next one is read.
  bool string(std::string_view& out);
  bool string(std::string& out) {
    std::string_view text;
    return string(text) && (out = text, true);
  }
  /// A number as it is written.
  bool number(std::string_view& out);
  /// One value of any kind. It may hold others in others 64 times.
  bool skip() { return skip(64); }
  /// Takes `c`, or fails because it is not `wanted`.
  bool take(char c, std::string_view wanted) {
    if (peek() != c) return fail(wanted);
    return ++here_, true;
  }
  /// Nothing but blanks is left.
  bool finish() { return peek() == '\0' && here_ == end_ && !failed() ? true : fail("the end"); }

  /// What has not been read. A caller that knows the commonest form by heart takes it from here with
  /// `advance`.
  [[nodiscard]] std::string_view rest() const { return {here_, static_cast<std::size_t>(end_ - here_)}; }
  void advance(std::size_t bytes) { here_ += bytes; }

  [[nodiscard]] bool failed() const { return !fault_.empty(); }
  /// `byte 17: a string is wanted, not "x"`
  [[nodiscard]] const std::string& fault() const { return fault_; }
  /// Notes a failure here; the first one stays. Returns false.
  bool fail(std::string_view wanted) {
    return refuse(std::string{wanted} + " is wanted, " +
                  (here_ == end_ ? "and there the text ends" : "not " + excerpt(rest().substr(0, 20))));
  }
  /// The same for what is well written and not taken.
  bool refuse(const std::string& reason) {
    if (!failed()) fault_ = "byte " + std::to_string(here_ - begin_) + ": " + reason;
    return false;
  }

 private:
  bool another(char close) {
    if (failed()) return false;
    if (peek() == ',') return ++here_, true;
    return take(close, close == '}' ? "a comma or }" : "a comma or ]"), false;
  }
  bool skip(int depth);
  bool unescape(std::string_view first);
  bool code_point();
  bool hex4(std::uint32_t& out);
  void append_utf8(std::uint32_t c);

  const char* begin_;
  const char* here_;
  const char* end_;
  std::string unescaped_;
  std::string fault_;
};

inline bool json_cursor::string(std::string_view& out) {
  if (!take('"', "a string")) return false;
  const auto extent = scan_string(rest());
  out = rest().substr(0, extent.size);
  for (const char c : out)
    if (static_cast<unsigned char>(c) < ' ') return fail("a string without control characters");
  here_ += extent.size;
  if (here_ == end_) return fail("a quote");
  if (*here_ == '"') {
    ++here_;
  } else {
    if (!unescape(out)) return false;
    out = unescaped_;
  }
  return extent.ascii || is_utf8(out) || fail("UTF-8");
}

/// From the first backslash to the closing quote.
inline bool json_cursor::unescape(std::string_view first) {
  constexpr std::string_view from = "\"\\/bfnrt", to = "\"\\/\b\f\n\r\t";
  unescaped_ = first;
  while (here_ != end_ && *here_ != '"') {
    if (static_cast<unsigned char>(*here_) < ' ') return fail("a string without control characters");
    if (*here_ != '\\') {
      unescaped_ += *here_++;
      continue;
    }
    if (++here_ == end_) break;
    const auto known = from.find(*here_);
    if (known != std::string_view::npos)
      unescaped_ += to[known], ++here_;
    else if (*here_ != 'u' || !code_point())
      return fail("an escape");
  }
  if (here_ == end_) return fail("a quote");
  if (!is_utf8(unescaped_)) return fail("UTF-8");
  return ++here_, true;
}

/// After the backslash. Half of a surrogate pair becomes U+FFFD.
inline bool json_cursor::code_point() {
  std::uint32_t c = 0;
  if (!hex4(c)) return false;
  if (c >= 0xD800 && c < 0xDC00 && rest().starts_with("\\u")) {
    const char* const second = here_++;
    std::uint32_t low = 0;
    if (!hex4(low)) return false;
    if (low >= 0xDC00 && low < 0xE000)
      c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    else
      here_ = second;
  }
  append_utf8(c >= 0xD800 && c < 0xE000 ? 0xFFFD : c);
  return true;
}

/// `u` and four digits.
inline bool json_cursor::hex4(std::uint32_t& out) {
  if (end_ - here_ < 5) return false;
  out = 0;
  for (int i = 1; i <= 4; ++i) {
    const char c = here_[i];
    const int small = c | 0x20;
    if (c >= '0' && c <= '9')
      out = out << 4 | static_cast<std::uint32_t>(c - '0');
    else if (small >= 'a' && small <= 'f')
      out = out << 4 | static_cast<std::uint32_t>(small - 'a' + 10);
    else
      return false;
  }
  here_ += 5;
  return true;
}

inline void json_cursor::append_utf8(std::uint32_t c) {
  const auto tail = [&](unsigned shift) { unescaped_ += static_cast<char>(0x80 | (c >> shift & 0x3F)); };
  if (c < 0x80)
    unescaped_ += static_cast<char>(c);
  else if (c < 0x800)
    unescaped_ += static_cast<char>(0xC0 | c >> 6), tail(0);
  else if (c < 0x10000)
    unescaped_ += static_cast<char>(0xE0 | c >> 12), tail(6), tail(0);
  else
    unescaped_ += static_cast<char>(0xF0 | c >> 18), tail(12), tail(6), tail(0);
}

inline bool json_cursor::number(std::string_view& out) {
  if (peek() == '\0') return fail("a number");
  const char* p = here_;
  const auto digits = [&] {
    const char* const from = p;
    while (p != end_ && *p >= '0' && *p <= '9') ++p;
    return p != from;
  };
  if (*p == '-') ++p;
  const bool zero = p != end_ && *p == '0';
  const char* const whole = p;
  bool good = digits() && !(zero && p - whole > 1);
  if (p != end_ && *p == '.') good = (++p, digits()) && good;
  if (p != end_ && (*p | 0x20) == 'e') {
    ++p;
    if (p != end_ && (*p == '+' || *p == '-')) ++p;
    good = digits() && good;
  }
  if (!good) return fail("a number");
  out = {here_, static_cast<std::size_t>(p - here_)};
  here_ = p;
  return true;
}

inline bool json_cursor::skip(int depth) {
  if (depth == 0) return fail("less nesting");
  std::string_view ignored;
  switch (peek()) {
    case '{':
      return object([&](std::string_view) { return skip(depth - 1); });
    case '[':
      return array([&] { return skip(depth - 1); });
    case '"':
      return string(ignored);
    default:
      break;
  }
  for (const std::string_view word : {"true", "false", "null"})
    if (rest().starts_with(word)) return advance(word.size()), !failed();
  return number(ignored);
}

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
