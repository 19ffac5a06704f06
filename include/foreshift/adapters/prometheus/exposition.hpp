#pragma once
/// @file
/// What a scrape says: samples with labels, and what their families mean.
///
/// Two formats are in use: the text format 0.0.4 of Prometheus and OpenMetrics 1.0. `exposition_reader` reads
/// both.

#include <foreshift/core/config.hpp>
#include <foreshift/core/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

enum class exposition_format : std::uint8_t { text, openmetrics };

/// The format that an HTTP response's Content-Type names; anything that is not OpenMetrics is read as text.
[[nodiscard]] constexpr exposition_format format_of(std::string_view content_type) {
  return content_type.starts_with("application/openmetrics-text") ? exposition_format::openmetrics
                                                                  : exposition_format::text;
}

/// What a reader takes; more is refused, because who wrote the text may be hostile or broken.
struct exposition_options {
  exposition_format format = exposition_format::text;
  std::size_t line_bytes_max = std::size_t{1} << 16;
  std::size_t labels_max = 64;       ///< of one sample, and of one exemplar
  std::size_t name_bytes_max = 512;  ///< of a metric and of a label
};

struct label_view {
  std::string_view name;
  std::string_view value;  ///< without escapes
  friend bool operator==(const label_view&, const label_view&) = default;
};

/// One event that a sample counts, with labels of its own (a trace id, mostly).
struct exemplar_view {
  std::span<const label_view> labels;
  double value = 0;
  std::optional<time_point> at;
};

/// One sample. The views hold until the reader goes on.
struct sample_view {
  std::string_view name;
  std::span<const label_view> labels;  ///< as written: in no order, no name twice, without the metric's name
  std::string_view series;  ///< name and labels as they stand in the text: the same text, the same series
  double value = 0;
  std::optional<time_point> at;  ///< mostly absent: the time of the scrape
  std::optional<exemplar_view> exemplar;

  /// Empty for a label that is not there, which means the same.
  [[nodiscard]] constexpr std::string_view label(std::string_view wanted) const {
    for (const auto& l : labels)
      if (l.name == wanted) return l.value;
    return {};
  }
};

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
