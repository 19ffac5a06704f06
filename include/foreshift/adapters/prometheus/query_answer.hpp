#pragma once
/// @file
/// What a query comes to: series with their labels, and all their points in flat columns.
///
/// A panel wants flat columns, and a million small vectors are slow to make. So the points of all series
/// stand one after the other, and each series knows which are its own.

#include <foreshift/core/config.hpp>
#include <foreshift/core/time.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

struct series_label {
  std::string name, value;
  friend auto operator<=>(const series_label&, const series_label&) = default;
};
/// In the order of the answer, which Prometheus sorts by name. The metric's name is the label `__name__`.
using series_labels = std::vector<series_label>;

/// The value of a label; empty where there is none, as Prometheus has it. O(number of labels).
[[nodiscard]] inline std::string_view value_of(const series_labels& labels, std::string_view name) {
  for (const auto& one : labels)
    if (one.name == name) return one.value;
  return {};
}
/// A text from outside as it may stand on a terminal: without control characters.
[[nodiscard]] inline std::string printable(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) c = '?';
  return text;
}
/// `up{instance="a:9100",job="node"}`, cut to a readable length and printable.
[[nodiscard]] inline std::string to_string(const series_labels& labels) {
  constexpr std::size_t longest = 200;
  std::string text{value_of(labels, "__name__")}, inside;
  for (const auto& one : labels)
    if (one.name != "__name__" && inside.size() < longest)
      inside += (inside.empty() ? "" : ",") + one.name + "=\"" + one.value + '"';
  if (inside.size() >= longest) inside = inside.substr(0, longest) + "...";
  return printable(text + '{' + inside + '}');
}

/// `matrix`  series with points each: a range query, or a range as an instant query
/// `vector`  series with one point each
/// `scalar`  one series without labels, with one point
/// `string`  a text, and the time it is of
enum class answer_kind : std::uint8_t { matrix, vector, scalar, string };
[[nodiscard]] constexpr std::string_view name_of(answer_kind k) {
  constexpr std::string_view names[] = {"matrix", "vector", "scalar", "string"};
  return names[static_cast<std::size_t>(k)];
}

struct query_answer {
  /// Points [first, last) of the columns.
  struct one_series {
    series_labels labels;
    std::size_t first = 0, last = 0;
  };
  answer_kind kind = answer_kind::matrix;
  std::vector<one_series> series;
  std::vector<time_point> times;  ///< to the millisecond
  std::vector<double> values;     ///< NaN, +Inf and -Inf as they came; a series that went stale has no points
  std::string text;               ///< of kind `string`
  std::vector<std::string> warnings;   ///< the answer may be incomplete: what the server says about it
  std::size_t histograms_skipped = 0;  ///< series that have native histograms, which have no one value

  [[nodiscard]] std::span<const time_point> times_of(std::size_t s) const {
    return std::span{times}.subspan(series[s].first, series[s].last - series[s].first);
  }
  [[nodiscard]] std::span<const double> values_of(std::size_t s) const {
    return std::span{values}.subspan(series[s].first, series[s].last - series[s].first);
  }
};

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
