#pragma once
/// @file
/// Reads what node_exporter, cAdvisor and every other exporter say, line by line.
///
/// A pull parser: each call of `next` reads one line and shows it as views into the text, so that a scrape of
/// a hundred thousand samples costs no allocation but for the first few lines. Source: Prometheus,
/// "Exposition formats" (text format 0.0.4); OpenMetrics 1.0.
///
/// Where exporters and the formats differ, what Prometheus does holds: an escape that means nothing stands
/// for itself. Two things are taken that are not in the text format, CR LF and the type names of OpenMetrics.
/// One is refused that Prometheus takes, a last line without an end: the text has been cut, and its last
/// number may have lost digits.

#include <foreshift/adapters/prometheus/exposition.hpp>
#include <foreshift/adapters/prometheus/label_reader.hpp>
#include <foreshift/adapters/prometheus/line_cursor.hpp>
#include <foreshift/adapters/prometheus/metric_family.hpp>
#include <foreshift/adapters/prometheus/text_scan.hpp>
#include <foreshift/adapters/prometheus/value_text.hpp>
#include <foreshift/core/diagnostic.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

/// What a line was. `end` comes after the last line and after an error.
enum class exposition_item : std::uint8_t { end, sample, type, help, unit };

/// Walks through a text: `while (reader.next_sample()) use(reader.sample());` and then asks `error()` once.
/// The text must outlive the reader. O(length).
///
/// Units, the order of lines and the rules for histograms are not checked: each sample stands for itself.
class exposition_reader {
 public:
  /// @param source names the text in diagnostics
  exposition_reader(std::string_view text, std::string source, exposition_options options = {})
      : left_(text), source_(std::move(source)), options_(options), strings_(options) {}

  exposition_reader(const exposition_reader&) = delete;  // its views are into itself
  exposition_reader& operator=(const exposition_reader&) = delete;

  exposition_item next() {
    while (!ended_) {
      line_cursor line;
      if (!take_line(line)) break;
      const auto item = read_line(line);
      if (item != exposition_item::end) return item;
    }
    sample_ = {};
    return exposition_item::end;
  }
  /// Goes on to the next sample, past what is said of families; false at the end.
  bool next_sample() {
    for (;;) {
      const auto item = next();
      if (item == exposition_item::end) return false;
      if (item == exposition_item::sample) return true;
    }
  }

  /// After `sample`. Valid until the reader goes on.
  [[nodiscard]] const sample_view& sample() const { return sample_; }
  /// After `sample`: what it measures, if the last TYPE line was for its family; else unknown. O(name).
  [[nodiscard]] metric_type sample_type() const {
    return family_.has(sample_.name) ? family_.type : metric_type::unknown;
  }
  /// The last TYPE line's.
  [[nodiscard]] const metric_family& family() const { return family_; }
  /// After `help` and `unit`: which family's, and the text without escapes. Valid until the reader goes on.
  [[nodiscard]] std::string_view about() const { return about_; }
  [[nodiscard]] std::string_view text() const { return text_; }

  /// The number of the line that was read last, from 1; 0 before the first.
  [[nodiscard]] std::size_t line() const { return line_; }
  /// What ended the reading early, if anything did; the field is the column, from 1, in bytes.
  [[nodiscard]] const std::optional<diagnostic>& error() const { return error_; }

 private:
  /// OpenMetrics leaves no choice of blanks, and ends with a mark.
  [[nodiscard]] bool strict() const { return options_.format == exposition_format::openmetrics; }

  bool fail(const char* where, std::string reason) {
    ended_ = true;
    error_ =
        diagnostic{source_, line_, "column " + std::to_string(where - line_begin_ + 1), std::move(reason)};
    return false;
  }
  bool fail_over(const char* where, const char* what, std::size_t most) {
    return fail(where, std::string{what} + " of more than " + std::to_string(most) + " bytes");
  }

  /// The next line without its end; false at the end of the text.
  bool take_line(line_cursor& line) {
    line_begin_ = left_.data();
    if (left_.empty()) {
      ended_ = true;
      return strict() && (++line_, fail(line_begin_, "the text ends without \"# EOF\": it has been cut"));
    }
    ++line_;
    const auto room = std::min(left_.size(), options_.line_bytes_max + 1);
    const void* found = std::memchr(left_.data(), '\n', room);
    if (found == nullptr && room < left_.size())
      return fail_over(line_begin_, "a line", options_.line_bytes_max);
    if (found == nullptr && !(strict() && left_ == "# EOF"))
      return fail(left_.data() + left_.size(), "the last line has no end: the text has been cut");
    line.here = line_begin_;
    line.end = found == nullptr ? left_.data() + left_.size() : static_cast<const char*>(found);
    left_.remove_prefix(static_cast<std::size_t>(line.end - line.here) + (found == nullptr ? 0 : 1));
    if (line.end != line.here && line.end[-1] == '\r') --line.end;
    strings_.begin_line(line.rest().size());
    return true;
  }

  /// `end` for a line that says nothing, and after an error.
  exposition_item read_line(line_cursor line) {
    using enum exposition_item;
    if (!strict()) line.skip_blanks();
    if (line.done()) {
      if (strict()) fail(line.here, "an empty line");
      return end;
    }
    if (line.take('#')) return read_comment(line);
    return read_sample(line) ? sample : end;
  }

  void skip_blanks(line_cursor& in) const {
    if (!strict()) in.skip_blanks();
  }
  /// The blank before a part of the line, in the text format several; false at anything else.
  bool take_blank(line_cursor& in) const {
    if (strict()) return in.take(' ');
    const bool found = in.at_blank();
    in.skip_blanks();
    return found;
  }
  bool take_metric_name(line_cursor& in, std::string_view& name) {
    const auto n = metric_name_size(in.rest());
    if (n == 0)
      return fail(in.here, "a metric's name begins with a letter, _ or :, not with " + excerpt(in.rest()));
    if (n > options_.name_bytes_max) return fail_over(in.here, "a name", options_.name_bytes_max);
    name = in.take_bytes(n);
    return true;
  }

  exposition_item read_comment(line_cursor in) {
    using enum exposition_item;
    if (strict() && in.rest() == " EOF") {
      ended_ = true;
      if (!left_.empty()) fail(in.end, "text after \"# EOF\"");
      return end;
    }
    const char* const begin = in.here;
    const auto word = take_blank(in) ? in.take_word() : std::string_view{};
    if (word != "TYPE" && word != "HELP" && (word != "UNIT" || !strict())) {
      if (strict()) fail(begin, "a comment that is none of TYPE, HELP, UNIT and EOF");
      return end;
    }
    if (!take_blank(in)) return fail(in.here, "a metric's name is missing"), end;
    if (!take_metric_name(in, about_)) return end;
    if (!take_blank(in) && !in.done())
      return fail(in.here, "a name has letters, digits, _ and :, not " + excerpt(in.rest())), end;
    if (word == "TYPE") return read_type(in);
    if (!is_utf8(in.rest())) return fail(in.here, "not UTF-8"), end;
    text_ = word == "HELP" ? strings_.without_escapes(in.rest(), strict()) : in.rest();
    return word == "HELP" ? help : unit;
  }

  exposition_item read_type(line_cursor in) {
    const char* const begin = in.here;
    const auto found = parse_metric_type(in.take_word());
    skip_blanks(in);
    if (!found || !in.done()) {
      fail(begin, "not a type: " + excerpt({begin, static_cast<std::size_t>(in.end - begin)}) +
                      "; gauge, counter, histogram, summary and others would be");
      return exposition_item::end;
    }
    family_ = {about_, *found};
    return exposition_item::type;
  }

  bool read_sample(line_cursor in) {
    const char* const begin = in.here;
    if (!take_metric_name(in, sample_.name)) return false;
    const char* series_end = in.here;
    bool apart = take_blank(in);
    const bool labelled = in.at('{') && !(strict() && apart);
    labels_.clear();
    if (labelled) {
      if (!read_labels(in, labels_)) return false;
      series_end = in.here;
      apart = take_blank(in) || !strict();
    }
    sample_.labels = labels_;
    sample_.series = {begin, static_cast<std::size_t>(series_end - begin)};
    sample_.exemplar.reset();
    if (!apart && !in.done())
      return fail(in.here, (labelled ? "not a blank: " : "a name has letters, digits, _ and :, not ") +
                               excerpt(in.rest()));
    return read_value(in, sample_.value, sample_.at) && (!strict() || !in.take('#') || read_exemplar(in)) &&
           (in.done() || fail(in.here, "text after the sample: " + excerpt(in.rest())));
  }

  /// A value, and perhaps a time. Leaves the cursor at what follows.
  bool read_value(line_cursor& in, double& value, std::optional<time_point>& at) {
    const char* const begin = in.here;
    const auto word = in.take_word();
    const auto number = parse_value(word);
    if (!number) return fail(begin, word.empty() ? "a value is missing" : "not a number: " + excerpt(word));
    value = *number;
    at.reset();
    if (!take_blank(in) || in.at('#')) return true;
    if (in.done()) return !strict() || fail(in.here, "a blank at the end of the line");
    return read_time(in, at);
  }

  /// Milliseconds in the text format; in OpenMetrics seconds, kept to the microsecond, which is about what a
  /// double holds of today's time.
  bool read_time(line_cursor& in, std::optional<time_point>& at) {
    using namespace std::chrono;
    constexpr auto seconds_max = static_cast<double>(floor<seconds>(duration::max()).count());
    constexpr auto ms_max = floor<milliseconds>(duration::max()).count();
    const char* const begin = in.here;
    const auto word = in.take_word();
    bool known = false;
    if (strict()) {
      const auto s = parse_value(word);
      known = s && std::abs(*s) < seconds_max;
      if (known) at = time_point{microseconds{std::llround(*s * 1e6)}};
    } else {
      std::int64_t ms = 0;
      const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), ms);
      known = error == std::errc{} && end == word.data() + word.size() && ms >= -ms_max && ms <= ms_max;
      if (known) at = time_point{milliseconds{ms}};
    }
    if (!known)
      return fail(begin,
                  (strict() ? "not a time in seconds: " : "not a time in milliseconds: ") + excerpt(word));
    if (take_blank(in) && in.done() && strict()) return fail(in.here, "a blank at the end of the line");
    return true;
  }

  bool read_labels(line_cursor& in, std::vector<label_view>& labels) {
    return strings_.read(in, labels) || fail(strings_.fault().where, strings_.fault().reason);
  }

  bool read_exemplar(line_cursor& in) {
    if (!in.take(' ')) return fail(in.here, "a blank is missing after #");
    if (!in.at('{')) return fail(in.here, "an exemplar begins with {, not with " + excerpt(in.rest()));
    exemplar_labels_.clear();
    auto& exemplar = sample_.exemplar.emplace();
    if (!read_labels(in, exemplar_labels_)) return false;
    exemplar.labels = exemplar_labels_;
    if (!in.take(' ')) return fail(in.here, "a blank is missing after }");
    return read_value(in, exemplar.value, exemplar.at);
  }

  std::string_view left_;
  std::string source_;
  exposition_options options_;
  const char* line_begin_ = nullptr;
  std::size_t line_ = 0;
  bool ended_ = false;
  sample_view sample_;
  metric_family family_;
  std::string_view about_;
  std::string_view text_;
  std::vector<label_view> labels_;
  std::vector<label_view> exemplar_labels_;
  label_reader strings_;
  std::optional<diagnostic> error_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
