#pragma once
/// @file
/// Reads the labels of a sample, `{device="sda",mode="idle"}`.
///
/// Values are shown as they stand in the text; only where one has escapes is it copied, into one buffer that
/// is used again for each line.

#include <foreshift/adapters/prometheus/exposition.hpp>
#include <foreshift/adapters/prometheus/line_cursor.hpp>
#include <foreshift/adapters/prometheus/text_scan.hpp>
#include <foreshift/core/diagnostic.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

/// Where in a line something is wrong, and what.
struct line_fault {
  const char* where = nullptr;
  std::string reason;
};

class label_reader {
 public:
  explicit label_reader(const exposition_options& options) : options_(options) {}

  /// Views into the last line's values end here. @param bytes of the new line
  void begin_line(std::size_t bytes) {
    escaped_.clear();
    line_bytes_ = bytes;
  }

  /// Reads from `{` to `}`, which are taken; appends to labels. OpenMetrics has no blanks in there; the text
  /// format has, and takes a comma after the last label as well. False: see `fault`.
  bool read(line_cursor& from, std::vector<label_view>& labels) {
    line_cursor in = from;
    in.take('{');
    for (;;) {
      skip_blanks(in);
      if (in.at('}') && (labels.empty() || !strict())) break;
      if (!read_label(in, labels)) return false;
      skip_blanks(in);
      if (in.at('}')) break;
      if (!in.take(','))
        return fail(in.here,
                    in.done() ? "the line ends within { }" : "neither , nor } but " + excerpt(in.rest()));
    }
    in.take('}');
    from = in;
    return true;
  }

  /// Undoes `\\` and `\n`, and `\"` where quotes are escaped; other escapes stand for themselves.
  [[nodiscard]] std::string_view without_escapes(std::string_view raw, bool quotes) {
    if (raw.find('\\') == std::string_view::npos) return raw;
    // What a line's strings hold is never longer than the line, so earlier views into escaped_ stay valid.
    if (escaped_.empty()) escaped_.reserve(line_bytes_);
    const std::size_t start = escaped_.size();
    for (std::size_t i = 0; i < raw.size(); ++i) {
      const char next = raw[i] == '\\' && i + 1 < raw.size() ? raw[i + 1] : '\0';
      const bool known = next == '\\' || next == 'n' || (next == '"' && quotes);
      escaped_ += !known ? raw[i] : next == 'n' ? '\n' : next;
      if (known) ++i;
    }
    return std::string_view{escaped_}.substr(start);
  }

  [[nodiscard]] const line_fault& fault() const { return fault_; }

 private:
  [[nodiscard]] bool strict() const { return options_.format == exposition_format::openmetrics; }
  void skip_blanks(line_cursor& in) const {
    if (!strict()) in.skip_blanks();
  }
  bool fail(const char* where, std::string reason) {
    fault_ = {where, std::move(reason)};
    return false;
  }

  bool read_label(line_cursor& in, std::vector<label_view>& labels) {
    const char* const begin = in.here;
    const auto n = label_name_size(in.rest());
    if (n == 0)
      return fail(begin, in.done()
                             ? "the line ends within { }"
                             : "a label's name begins with a letter or _, not with " + excerpt(in.rest()));
    if (n > options_.name_bytes_max)
      return fail(begin, "a name of more than " + std::to_string(options_.name_bytes_max) + " bytes");
    if (labels.size() == options_.labels_max)
      return fail(begin, "more than " + std::to_string(options_.labels_max) + " labels");
    const auto name = in.take_bytes(n);
    if (name == "__name__") return fail(begin, "__name__ stands for the metric's name and is no label");
    for (const auto& l : labels)
      if (l.name == name) return fail(begin, "the label " + excerpt(name) + " is there twice");
    skip_blanks(in);
    if (!in.take('=')) return fail(in.here, "= is missing after a label's name");
    skip_blanks(in);
    if (!in.take('"')) return fail(in.here, "a label's value begins with a quote");
    std::string_view value;
    if (!read_string(in, value)) return false;
    labels.push_back({name, value});
    return true;
  }

  /// After the opening quote, to the closing one.
  bool read_string(line_cursor& in, std::string_view& out) {
    const char* const begin = in.here;
    auto [size, ascii] = scan_string(in.rest());
    in.here += size;
    const bool escapes = in.at('\\');
    while (in.take('\\')) {
      if (!in.done()) ascii = static_cast<unsigned char>(*in.here++) < 0x80 && ascii;
      const auto more = scan_string(in.rest());
      in.here += more.size;
      ascii = ascii && more.ascii;
    }
    const std::string_view raw{begin, static_cast<std::size_t>(in.here - begin)};
    if (!in.take('"')) return fail(begin - 1, "the quote is never closed");
    if (!ascii && !is_utf8(raw)) return fail(begin, "not UTF-8");
    out = escapes ? without_escapes(raw, true) : raw;
    return true;
  }

  exposition_options options_;
  std::size_t line_bytes_ = 0;
  std::string escaped_;
  line_fault fault_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
