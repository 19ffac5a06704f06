#pragma once
/// @file
/// Reads what a Prometheus sends by remote write: series with labels and samples.
///
/// The body is a protobuf `WriteRequest` of remote write 1.0 in one Snappy block. It is decoded whole into
/// flat arrays that are used again, so that nothing of a bad request is taken and nothing is allocated for a
/// sample. Histograms in their native form, exemplars and metadata are left out. Source: Prometheus
/// Remote-Write 1.0 specification.

#include <foreshift/core/config.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/utf8.hpp>

#include <snappy.h>
#include <protozero/pbf_reader.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::remotewrite {

/// More is refused. A Prometheus sends 500 samples at a time, some 200 kB unpacked, if not told otherwise.
/// What is read takes at most about six times the unpacked bytes.
struct request_limits {
  std::size_t body_bytes_max = std::size_t{1} << 23;
  std::size_t decoded_bytes_max = std::size_t{1} << 24;
  std::size_t series_max = 100'000;
  std::size_t samples_max = 1'000'000;
  std::size_t labels_max = 64;  ///< of a series, its name among them
  std::size_t name_bytes_max = 512;
  std::size_t value_bytes_max = 4096;
};

/// Says that a series has ended: a NaN with bits of its own.
inline constexpr std::uint64_t stale_marker_bits = 0x7ff0000000000002;
[[nodiscard]] inline bool is_stale_marker(double value) {
  return std::bit_cast<std::uint64_t>(value) == stale_marker_bits;
}

struct written_sample {
  std::int64_t at_ms = 0;  ///< since 1970
  double value = 0;        ///< a NaN keeps its bits
};

struct label {
  std::string_view name;
  std::string_view value;
  friend bool operator==(const label&, const label&) = default;
};

/// Views that hold until the next request is read.
struct written_series {
  std::span<const label> labels;  ///< by name, ascending, each once; `__name__` is the metric's
  std::span<const written_sample> samples;
};

struct request_fault {
  bool too_large = false;  ///< else it is malformed
  std::string reason;
};

/// One request after the other.
class request_reader {
 public:
  explicit request_reader(request_limits limits = {}) : limits_(limits) {}

  /// Reads a body; what was read before is gone. O(decoded bytes).
  [[nodiscard]] result<void, request_fault> read(std::string_view body) {
    series_.clear(), labels_.clear(), samples_.clear(), histograms_ = 0;
    fault_ = {};
    if (unpack(body) && walk()) return {};
    series_.clear();
    return failure{fault_};
  }

  [[nodiscard]] std::size_t series_count() const { return series_.size(); }
  [[nodiscard]] std::size_t sample_count() const { return samples_.size(); }
  /// Histograms that were left out.
  [[nodiscard]] std::size_t histogram_count() const { return histograms_; }
  /// @pre i < series_count()
  [[nodiscard]] written_series operator[](std::size_t i) const {
    const auto& s = series_[i];
    return {std::span{labels_}.subspan(s.label, s.labels), std::span{samples_}.subspan(s.sample, s.samples)};
  }

 private:
  struct extent {
    std::size_t label = 0, labels = 0, sample = 0, samples = 0;
  };
  using message = protozero::pbf_reader;
  static constexpr auto bytes = protozero::pbf_wire_type::length_delimited;

  bool fail(std::string reason) {
    fault_ = {false, std::move(reason)};
    return false;
  }
  bool too_large(const char* what, std::size_t most) {
    fault_ = {true, std::string{what} + " of more than " + std::to_string(most)};
    return false;
  }

  bool unpack(std::string_view body) {
    if (body.size() > limits_.body_bytes_max) return too_large("bytes of a body", limits_.body_bytes_max);
    std::size_t size = 0;
    if (!snappy::GetUncompressedLength(body.data(), body.size(), &size)) return fail("not a Snappy block");
    if (size > limits_.decoded_bytes_max) return too_large("bytes when unpacked", limits_.decoded_bytes_max);
    if (decoded_.size() < size) decoded_.resize(size);
    text_ = std::string_view{decoded_}.substr(0, size);
    return snappy::RawUncompress(body.data(), body.size(), decoded_.data()) || fail("a damaged Snappy block");
  }

  /// protozero says by an exception that the bytes end too early or make no field.
  bool walk() {
    try {
      message request{text_.data(), text_.size()};
      while (request.next())
        if (request.tag_and_type() != protozero::tag_and_type(1, bytes))
          request.skip();
        else if (!walk_series(request.get_message()))
          return false;
      return true;
    } catch (const protozero::exception& e) {
      return fail(std::string{"not a WriteRequest: "} + e.what());
    }
  }

  bool walk_series(message in) {
    if (series_.size() == limits_.series_max) return too_large("series", limits_.series_max);
    extent s{labels_.size(), 0, samples_.size(), 0};
    while (in.next()) switch (in.tag_and_type()) {
        case protozero::tag_and_type(1, bytes):
          if (labels_.size() - s.label == limits_.labels_max)
            return too_large("labels of a series", limits_.labels_max);
          if (!walk_label(in.get_message())) return false;
          break;
        case protozero::tag_and_type(2, bytes):
          if (samples_.size() == limits_.samples_max) return too_large("samples", limits_.samples_max);
          walk_sample(in.get_message());
          break;
        case protozero::tag_and_type(4, bytes):
          ++histograms_;
          [[fallthrough]];
        default:
          in.skip();
      }
    s.labels = labels_.size() - s.label, s.samples = samples_.size() - s.sample;
    series_.push_back(s);
    return check(std::span{labels_}.subspan(s.label));
  }
  bool walk_label(message in) {
    label l;
    while (in.next()) switch (in.tag_and_type()) {
        case protozero::tag_and_type(1, bytes):
          l.name = view_of(in.get_view());
          break;
        case protozero::tag_and_type(2, bytes):
          l.value = view_of(in.get_view());
          break;
        default:
          in.skip();
      }
    labels_.push_back(l);
    return true;
  }
  void walk_sample(message in) {
    written_sample s;
    while (in.next()) switch (in.tag_and_type()) {
        case protozero::tag_and_type(1, protozero::pbf_wire_type::fixed64):
          s.value = in.get_double();
          break;
        case protozero::tag_and_type(2, protozero::pbf_wire_type::varint):
          s.at_ms = in.get_int64();
          break;
        default:
          in.skip();
      }
    samples_.push_back(s);
  }
  static std::string_view view_of(protozero::data_view v) { return {v.data(), v.size()}; }

  /// Letters, digits, _ and in a metric's name colons; no digit first.
  static bool is_name(std::string_view text, bool colons) {
    const auto fits = [&](char c, bool first) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c == ':' && colons) ||
             (c >= '0' && c <= '9' && !first);
    };
    for (std::size_t i = 0; i < text.size(); ++i)
      if (!fits(text[i], i == 0)) return false;
    return !text.empty();
  }
  /// Labels are valid, in order, each once, and name a metric.
  bool check(std::span<const label> labels) {
    bool named = false;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const auto& [name, value] = labels[i];
      if (!is_name(name, false)) return fail("not a label's name: " + excerpt(name));
      if (name.size() > limits_.name_bytes_max)
        return too_large("bytes of a label's name", limits_.name_bytes_max);
      if (value.size() > limits_.value_bytes_max)
        return too_large("bytes of a label's value", limits_.value_bytes_max);
      if (!is_utf8(value)) return fail("the value of the label " + excerpt(name) + " is not UTF-8");
      if (i > 0 && labels[i - 1].name >= name)
        return fail("the label " + excerpt(name) + " is out of order or there twice");
      if (name != "__name__") continue;
      named = is_name(value, true);
      if (!named) return fail("not a metric's name: " + excerpt(value));
    }
    return named || fail("a series without a name");
  }

  request_limits limits_;
  std::string decoded_;    // never shrinks: as long as the longest request so far
  std::string_view text_;  // of the request that was read last
  std::vector<extent> series_;
  std::vector<label> labels_;
  std::vector<written_sample> samples_;
  std::size_t histograms_ = 0;
  request_fault fault_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::remotewrite
