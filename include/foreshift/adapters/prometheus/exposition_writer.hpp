#pragma once
/// @file
/// Writes what a scrape gets: families of samples with their type, unit and help.
///
/// Either format: OpenMetrics 1.0 where who asks takes it, else Prometheus' text format 0.0.4, which has
/// neither units nor the types info and state set, and whose counters are declared with their ending. What
/// would make an exposition that no reader takes is a caller's bug and breaks a contract.

#include <foreshift/adapters/prometheus/exposition.hpp>
#include <foreshift/adapters/prometheus/metric_family.hpp>
#include <foreshift/adapters/prometheus/text_scan.hpp>
#include <foreshift/adapters/prometheus/value_text.hpp>
#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

/// The Content-Type to answer with.
[[nodiscard]] constexpr std::string_view content_type_of(exposition_format format) {
  return format == exposition_format::openmetrics
             ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
             : "text/plain; version=0.0.4; charset=utf-8";
}
/// The format for who sends this Accept header: OpenMetrics for whoever names it, whatever the weights.
[[nodiscard]] constexpr exposition_format accepted_format(std::string_view accept) {
  return accept.find("application/openmetrics-text") == std::string_view::npos
             ? exposition_format::text
             : exposition_format::openmetrics;
}

/// What a family is, before its samples.
struct family_head {
  std::string_view name;  ///< without `_total`; ends with the unit, if there is one
  metric_type type = metric_type::gauge;
  std::string_view unit = {};  ///< a base unit: seconds, bytes, ratio; empty: none
  std::string_view help;       ///< one sentence, UTF-8
};

/// Appends to one text. Label values may hold any bytes; what is not UTF-8 in them is written as U+FFFD.
class exposition_writer {
 public:
  explicit exposition_writer(exposition_format format = exposition_format::openmetrics) : format_(format) {}

  [[nodiscard]] exposition_format format() const { return format_; }

  /// Begins a family: the samples that follow are its own. @pre each name once, a metric's name, ends with
  /// the unit; the help is not empty
  void family(const family_head& head) {
    FORESHIFT_EXPECT(metric_name_size(head.name) == head.name.size() && !head.name.empty());
    FORESHIFT_EXPECT(!head.name.ends_with("_total") && !head.help.empty() && is_utf8(head.help));
    FORESHIFT_EXPECT(head.unit.empty() ||
                     (head.name.ends_with(head.unit) && head.name.size() > head.unit.size() &&
                      head.name[head.name.size() - head.unit.size() - 1] == '_'));
    FORESHIFT_EXPECT(std::ranges::find(names_, head.name) == names_.end());
    names_.emplace_back(head.name);
    type_ = head.type;
    const std::string_view ending = open() ? "" : ending_of(type_);
    line_of("# HELP ", head.name, ending);
    append_escaped(text_, head.help, open());
    line_of("\n# TYPE ", head.name, ending);
    text_ += word_of(type_);
    text_ += '\n';
    if (!open() || head.unit.empty()) return;
    line_of("# UNIT ", head.name, "");
    text_ += head.unit;
    text_ += '\n';
  }

  /// One sample of the family. A counter gets its `_total`, an info its `_info`.
  /// @pre of a counter, value >= 0; labels as `sample_of`
  void sample(std::span<const label_view> labels, double value) {
    sample_of(ending_of(type_), labels, value);
  }
  void sample(std::initializer_list<label_view> labels, double value) {
    sample({labels.begin(), labels.size()}, value);
  }
  /// The same where a family has several kinds: `_sum` and `_count` of a summary.
  /// @pre the family has this ending; each label's name is one and there once
  void sample_of(std::string_view ending, std::span<const label_view> labels, double value) {
    FORESHIFT_EXPECT(!names_.empty());
    const std::string_view name = names_.back();
    FORESHIFT_EXPECT(type_ != metric_type::counter || value >= 0);
    line_of("", name, ending);
    FORESHIFT_EXPECT((metric_family{name, type_}.has(
        std::string_view{text_}.substr(text_.size() - name.size() - ending.size()))));
    char before = '{';
    for (auto l = labels.begin(); l != labels.end(); ++l) {
      FORESHIFT_EXPECT(label_name_size(l->name) == l->name.size() && !l->name.empty() &&
                       l->name != "__name__");
      FORESHIFT_EXPECT(std::find_if(labels.begin(), l, [&](const auto& o) { return o.name == l->name; }) ==
                       l);
      text_ += std::exchange(before, ',');
      text_ += l->name;
      text_ += "=\"";
      if (is_utf8(l->value))
        append_escaped(text_, l->value, true);
      else
        append_escaped(text_, as_utf8(l->value), true);
      text_ += '"';
    }
    if (before == ',') text_ += '}';
    text_ += ' ';
    append_value(text_, value);
    text_ += '\n';
  }
  void sample_of(std::string_view ending, std::initializer_list<label_view> labels, double value) {
    sample_of(ending, std::span{labels.begin(), labels.size()}, value);
  }

  /// The whole exposition; the writer begins anew.
  [[nodiscard]] std::string take() {
    if (open()) text_ += "# EOF\n";
    names_.clear();
    return std::exchange(text_, {});
  }

 private:
  [[nodiscard]] bool open() const { return format_ == exposition_format::openmetrics; }
  [[nodiscard]] static constexpr std::string_view ending_of(metric_type t) {
    return t == metric_type::counter ? "_total" : t == metric_type::info ? "_info" : "";
  }
  [[nodiscard]] std::string_view word_of(metric_type t) const {
    if (open()) return name_of(t);
    if (t == metric_type::unknown) return "untyped";
    if (t == metric_type::gauge_histogram) return name_of(metric_type::histogram);
    return name_of(t == metric_type::info || t == metric_type::state_set ? metric_type::gauge : t);
  }
  void line_of(std::string_view begin, std::string_view name, std::string_view ending) {
    text_ += begin;
    text_ += name;
    text_ += ending;
    if (!begin.empty()) text_ += ' ';
  }
  static void append_escaped(std::string& out, std::string_view raw, bool quotes) {
    for (const char c : raw) {
      if (c == '\\' || (c == '"' && quotes)) out += '\\';
      out += c == '\n' ? "\\n" : std::string_view{&c, 1};
    }
  }
  /// Each byte above ASCII becomes the replacement character: who named a thing so did not mean to.
  static std::string as_utf8(std::string_view raw) {
    std::string out;
    for (const char c : raw)
      out +=
          static_cast<unsigned char>(c) < 0x80 ? std::string_view{&c, 1} : std::string_view{"\xEF\xBF\xBD"};
    return out;
  }

  exposition_format format_;
  metric_type type_ = metric_type::unknown;
  std::string text_;
  std::vector<std::string> names_;  // of the families so far
};

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
