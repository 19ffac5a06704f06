#pragma once
/// @file
/// Lines of JSON from any stream, such as a pipe, as a live telemetry source.
///
/// Who reads the stream hands over bytes as they come, cut anywhere. A line that cannot be read is told and
/// skipped, because a collector that slips once should not silence all others. When there is no room the
/// bytes are not taken: who reads stops reading, and the pipe makes the writer wait.

#include <foreshift/adapters/prometheus/sample_line.hpp>
#include <foreshift/adapters/prometheus/subject_book.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/ports/clock.hpp>
#include <foreshift/telemetry/sample.hpp>
#include <foreshift/telemetry/step_aligner.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

struct line_options {
  telemetry::aligner_options aligner{};
  std::size_t line_bytes_max = std::size_t{1} << 16;  ///< a longer line is skipped
};

/// lines = blank + malformed + strangers + offered to the aligner.
struct line_counts {
  std::uint64_t lines = 0;
  std::uint64_t blank = 0;
  std::uint64_t malformed = 0;  ///< too long ones among them
  std::uint64_t strangers = 0;  ///< of whose names nobody knows
};

/// A TelemetrySource. Clock and names are the host's and outlive it; the clock tells the time of day.
template <ports::Clock Clock, SubjectNames Names = subject_book>
class line_source {
 public:
  /// @param source names the stream in complaints @pre as of `step_aligner`
  line_source(std::string source, Clock& clock, Names& names, const line_options& options = {})
      : source_(std::move(source)),
        clock_(&clock),
        names_(&names),
        options_(options),
        aligner_(options.aligner) {}

  /// Takes bytes of the stream. Returns how many; fewer than all when there is no room: the rest is to be
  /// handed over again, after a poll.
  std::size_t feed(std::string_view bytes) {
    std::size_t taken = 0;
    while (taken < bytes.size() && retry_waiting()) {
      const auto rest = bytes.substr(taken);
      const auto end = std::min(rest.find('\n'), rest.size());
      keep(rest.substr(0, end));
      taken += end;
      if (end == rest.size()) break;
      ++taken;
      finish_line();
    }
    return taken;
  }
  /// The stream has ended: its last line need not have an end, and the next polls tell every step.
  void finish() {
    if (std::exchange(finished_, true) || !retry_waiting()) return;
    if (!line_.empty() || too_long_) finish_line();
  }

  /// Tells the steps that have closed.
  template <class Sink>
  void poll(Sink&& sink) {
    const time_point until = finished_ ? time_point::max() : clock_->now();
    aligner_.drain(until, sink);
    if (!finished_ || !waiting_) return;
    retry_waiting();
    if (!line_.empty() || too_long_) finish_line();
    aligner_.drain(until, sink);
  }

  /// The last line that could not be read, and why; nothing where all could.
  [[nodiscard]] const std::optional<diagnostic>& complaint() const { return complaint_; }
  [[nodiscard]] const line_counts& counts() const { return counts_; }
  [[nodiscard]] const telemetry::aligner_counts& samples() const { return aligner_.counts(); }

 private:
  void keep(std::string_view part) {
    const auto room = options_.line_bytes_max - line_.size();
    if (part.size() > room) too_long_ = true;
    line_ += part.substr(0, room);
  }

  void finish_line() {
    ++counts_.lines;
    read_line();
    line_.clear();
    too_long_ = false;
  }
  void read_line() {
    std::string_view text = line_;
    if (counts_.lines == 1 && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (too_long_) return complain("longer than " + std::to_string(options_.line_bytes_max) + " bytes");
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) return static_cast<void>(++counts_.blank);
    const auto read = parse_sample_line(text);
    if (!read) return complain(read.error());
    const auto who = (*names_)(read->whose);
    if (!who) return static_cast<void>(++counts_.strangers);
    waiting_ = telemetry::reading{{*who, read->what}, {read->at.value_or(clock_->now()), read->value}};
    retry_waiting();
  }
  /// True when no sample waits for room.
  bool retry_waiting() {
    if (waiting_ && aligner_.offer(*waiting_, clock_->now()) != telemetry::offer_outcome::full)
      waiting_.reset();
    return !waiting_;
  }
  void complain(std::string reason) {
    ++counts_.malformed;
    complaint_ = diagnostic{source_, static_cast<std::size_t>(counts_.lines), "", std::move(reason)};
  }

  std::string source_;
  Clock* clock_;
  Names* names_;
  line_options options_;
  telemetry::step_aligner aligner_;
  std::string line_;  // as far as it has come
  bool too_long_ = false, finished_ = false;
  std::optional<telemetry::reading> waiting_;  // for room
  std::optional<diagnostic> complaint_;
  line_counts counts_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
