#pragma once
/// @file
/// Comma-separated values, read record by record from a text that may be hostile.
///
/// Follows RFC 4180: fields may be quoted, a quote inside doubles, a quoted field may span lines. Lines end
/// in LF or CR LF. A byte order mark at the start and empty lines are skipped. Anything else is refused with
/// its line.

#include <foreshift/core/config.hpp>
#include <foreshift/core/diagnostic.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::telemetry {

struct csv_options {
  char separator = ',';
  std::size_t record_bytes_max = std::size_t{1} << 24;  ///< a longer record is refused
};

/// A field as it is written: quoted where it has to be.
[[nodiscard]] inline std::string csv_field(std::string_view text, char separator = ',') {
  const char special[] = {separator, '"', '\r', '\n'};
  if (text.find_first_of(std::string_view{special, sizeof special}) == std::string_view::npos)
    return std::string{text};
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string_view{"\"\""} : std::string_view{&c, 1};
  return quoted + '"';
}

/// Nothing but blanks and tabs.
[[nodiscard]] inline bool is_blank(std::string_view field) {
  return field.find_first_not_of(" \t") == std::string_view::npos;
}

/// A finite decimal number and nothing else, blanks around it allowed.
[[nodiscard]] inline std::optional<double> parse_csv_number(std::string_view field) {
  if (is_blank(field)) return std::nullopt;
  field.remove_prefix(field.find_first_not_of(" \t"));
  field = field.substr(0, field.find_last_not_of(" \t") + 1);
  double value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error != std::errc{} || end != field.data() + field.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

/// Walks through a text: `while (reader.next()) use(reader.fields());` and then asks `error()` once.
/// The text must outlive the reader. O(length), allocates only for the longest record.
class csv_reader {
 public:
  /// @param source names the text in diagnostics
  csv_reader(std::string_view text, std::string source, csv_options options = {})
      : left_(text), source_(std::move(source)), options_(options) {
    if (left_.starts_with("\xEF\xBB\xBF")) left_.remove_prefix(3);
  }

  /// Reads the next record; false at the end and after an error.
  bool next() {
    while (!error_ && !left_.empty()) {
      line_ = next_line_;
      fields_.clear();
      unquoted_.clear();
      if (read_record() && !(fields_.size() == 1 && fields_[0].empty() && !quoted_)) return true;
    }
    fields_.clear();
    return false;
  }

  /// The record's fields without their quotes; valid until the next call of `next`.
  [[nodiscard]] std::span<const std::string_view> fields() const { return fields_; }
  /// The line on which the record starts, from 1.
  [[nodiscard]] std::size_t line() const { return line_; }
  /// What ended the reading early, if anything did.
  [[nodiscard]] const std::optional<diagnostic>& error() const { return error_; }
  /// A diagnostic about a field of the current record, for the caller's own complaints.
  [[nodiscard]] diagnostic complain(std::string field, std::string reason) const {
    return {source_, line_, std::move(field), std::move(reason)};
  }

 private:
  /// @param field the number of the bad field, from 1; 0 for the record as a whole
  bool fail(std::string reason, std::size_t field) {
    error_ = diagnostic{source_, next_line_, field == 0 ? "" : "field " + std::to_string(field),
                        std::move(reason)};
    return false;
  }
  /// Takes n characters off; they count towards the record.
  std::string_view take(std::size_t n) {
    const auto taken = left_.substr(0, n);
    left_.remove_prefix(n);
    record_bytes_ += n;
    return taken;
  }

  bool read_record() {
    record_bytes_ = 0;
    quoted_ = false;
    for (;;) {
      if (!left_.empty() && left_.front() == '"' ? !read_quoted() : !read_plain()) return false;
      if (record_bytes_ > options_.record_bytes_max)
        return fail("a record of more than " + std::to_string(options_.record_bytes_max) + " bytes", 0);
      if (left_.empty()) return true;
      const bool more = left_.front() == options_.separator;
      take(!more && left_.front() == '\r' ? 2 : 1);
      if (!more) return ++next_line_, true;
    }
  }

  /// True at a separator, an end of line or the end of the text.
  [[nodiscard]] bool at_end_of_field() const {
    return left_.empty() || left_.front() == options_.separator || left_.front() == '\n' ||
           left_.starts_with("\r\n");
  }

  bool read_plain() {
    const auto room = left_.substr(0, options_.record_bytes_max + 1);
    const auto stop = std::find_if(room.begin(), room.end(), [&](char c) {
      return c == options_.separator || c == '\n' || c == '\r' || c == '"' || c == '\0';
    });
    fields_.push_back(take(static_cast<std::size_t>(stop - room.begin())));
    return record_bytes_ > options_.record_bytes_max || at_end_of_field() ||
           fail(explain(left_.front()), fields_.size());
  }

  bool read_quoted() {
    quoted_ = true;
    take(1);
    const std::size_t opening_line = next_line_;
    bool doubled = false;
    std::size_t n = 0;
    for (;; ++n) {
      n = left_.find_first_of(std::string_view{"\"\n\0", 3}, n);
      if (n == std::string_view::npos) {
        next_line_ = opening_line;
        return fail("a quoted field is never closed", fields_.size() + 1);
      }
      if (left_[n] == '\0') return fail(explain('\0'), fields_.size() + 1);
      if (left_[n] == '\n') {
        ++next_line_;
      } else if (left_.substr(n + 1).starts_with('"')) {
        doubled = true;
        ++n;  // past the second quote
      } else {
        break;
      }
    }
    const auto field = take(n);
    take(1);
    if (!at_end_of_field()) return fail("text after the closing quote of a field", fields_.size() + 1);
    fields_.push_back(doubled ? undouble(field) : field);
    return true;
  }

  std::string_view undouble(std::string_view field) {
    std::string& text = unquoted_.emplace_back();
    for (std::size_t i = 0; i < field.size(); ++i) {
      text += field[i];
      if (field[i] == '"') ++i;  // a quote inside comes in pairs
    }
    return text;
  }

  static std::string explain(char c) {
    if (c == '"') return "a quote inside a field that does not begin with one";
    return c == '\r' ? "a carriage return that ends no line" : "a zero byte";
  }

  std::string_view left_;
  std::string source_;
  csv_options options_;
  std::vector<std::string_view> fields_;
  std::deque<std::string> unquoted_;  // fields that held doubled quotes; a deque keeps views of them valid
  std::optional<diagnostic> error_;
  std::size_t line_ = 0;
  std::size_t next_line_ = 1;
  std::size_t record_bytes_ = 0;
  bool quoted_ = false;
};

}  // namespace foreshift::inline FORESHIFT_ABI::telemetry
