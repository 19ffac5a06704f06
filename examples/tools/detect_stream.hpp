#pragma once
// Rows in, scored rows out, one at a time.

#include <foreshift/anomaly/missing_data.hpp>
#include <foreshift/anomaly/standard_ensemble.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>

#include <cstddef>
#include <functional>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tool {

/// One alert, and why.
struct detected_alert {
  std::size_t line = 0;  ///< in the input
  std::string timestamp;
  double value = 0;
  double score = 0;
  foreshift::anomaly::cause why;
};

/// What a stream was like and what was found in it.
struct detect_report {
  std::string source;
  std::size_t rows = 0;
  std::size_t missing = 0;    ///< values that are empty or no numbers
  std::size_t duplicate = 0;  ///< stamps equal to the one before
  std::size_t backwards = 0;  ///< stamps earlier than the latest before them
  std::size_t gaps = 0;       ///< steps of more than twice the usual one so far
  std::vector<detected_alert> alerts;
};

/// Scores a stream of rows timestamp,value. The result of a row is given away before the next one is read.
class detect_stream {
 public:
  /// @param threshold of an alert, in [0, 1]
  detect_stream(std::string source, double threshold);

  static constexpr std::string_view header = "timestamp,value,anomaly_score,alert\n";
  /// The line without its end. Gives the row to write with its end; empty for the header and for blank lines.
  foreshift::result<std::string, foreshift::diagnostic> line(std::string_view text);
  [[nodiscard]] const detect_report& report() const { return report_; }

 private:
  void note_time(foreshift::time_point at);

  detect_report report_;
  foreshift::anomaly::standard_ensemble detector_;
  foreshift::anomaly::missing_data absence_;
  std::size_t line_ = 0;
  bool data_seen_ = false;
  std::optional<foreshift::time_point> last_, latest_;
  foreshift::anomaly::running_tail steps_;
};

/// Reads to the end, or to the first thing wrong. `write` takes the header and every row as it comes, and
/// says whether it could.
foreshift::result<detect_report, foreshift::diagnostic> detect_all(
    std::istream& in, std::string source, double threshold,
    const std::function<bool(std::string_view)>& write);

/// What the rows were like, in words; nothing when there is nothing to say.
std::optional<std::string> describe_rows(const detect_report& report);

}  // namespace tool
