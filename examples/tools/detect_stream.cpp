#include "detect_stream.hpp"

#include "text.hpp"

#include <foreshift/telemetry/csv.hpp>
#include <foreshift/telemetry/sample_csv.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace tool {

using foreshift::diagnostic;
using foreshift::excerpt;
using foreshift::failure;
using foreshift::result;
namespace telemetry = foreshift::telemetry;

namespace {

constexpr std::size_t line_bytes_max = 1 << 16;

/// What people write where there is no number.
bool says_missing(std::string_view field) {
  std::string low{field};
  std::erase(low, ' ');
  std::ranges::transform(low, low.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  constexpr std::array words = {"", "nan", "-nan", "na", "n/a", "null", "none", "inf", "-inf", "+inf"};
  return std::ranges::find(words, low) != words.end();
}

}  // namespace

detect_stream::detect_stream(std::string source, double threshold)
    : detector_(foreshift::anomaly::make_standard_ensemble({.alert_threshold = threshold})),
      absence_({.alert_threshold = threshold}) {
  report_.source = std::move(source);
}

result<std::string, diagnostic> detect_stream::line(std::string_view text) {
  ++line_;
  const auto wrong = [&](std::string field, std::string reason) {
    return failure{diagnostic{report_.source, line_, std::move(field), std::move(reason)}};
  };
  if (line_ == 1 && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (telemetry::is_blank(text)) return std::string{};
  telemetry::csv_reader row{text, report_.source};
  if (!row.next()) return wrong("", row.error() ? row.error()->reason : "no row of a table");
  const auto fields = row.fields();
  if (fields.size() != 2)
    return wrong("", "2 fields are wanted, timestamp,value; here are " + std::to_string(fields.size()));
  if (!std::exchange(data_seen_, true) && fields[0] == "timestamp" && fields[1] == "value")
    return std::string{};

  const auto at = telemetry::parse_timestamp(fields[0]);
  if (!at)
    return wrong("timestamp", "not a time: " + excerpt(fields[0]) +
                                  ": write YYYY-MM-DD HH:MM[:SS], UTC, or seconds since 1970");
  auto value = telemetry::parse_csv_number(fields[1]);
  if (!value && says_missing(fields[1])) {
    value = std::numeric_limits<double>::quiet_NaN();
    ++report_.missing;
  }
  if (!value)
    return wrong("value", "not a number: " + excerpt(fields[1]) + ": leave it empty where there is none");
  ++report_.rows;
  note_time(*at);

  const foreshift::telemetry::sample here{*at, *value};
  const auto usual = detector_.observe(here), absent = absence_.observe(here);
  const auto score = std::isfinite(*value) ? usual : absent;
  if (score.alert)
    report_.alerts.push_back({line_, std::string{fields[0]}, *value, score.value,
                              std::isfinite(*value) ? detector_.why() : absence_.why()});
  return telemetry::csv_field(fields[0]) + ',' + telemetry::csv_field(fields[1]) + ',' +
         format_number(score.value, 6) + (score.alert ? ",1\n" : ",0\n");
}

void detect_stream::note_time(foreshift::time_point at) {
  if (last_ && at == *last_) ++report_.duplicate;
  if (latest_ && at < *latest_) ++report_.backwards;
  if (latest_ && at > *latest_) {
    const double step =
        foreshift::to_seconds(at.time_since_epoch()) - foreshift::to_seconds(latest_->time_since_epoch());
    // Longer than nine tenths of all steps, and more than twice as long as nine tenths of all steps are.
    if (steps_.surprise(step) > 1 && steps_.surprise(step / 2) > 1) ++report_.gaps;
    steps_.learn(step);
  }
  last_ = at;
  latest_ = latest_ ? std::max(*latest_, at) : at;
}

result<detect_report, diagnostic> detect_all(std::istream& in, std::string source, double threshold,
                                             const std::function<bool(std::string_view)>& write) {
  detect_stream stream{source, threshold};
  const auto cannot_write = [] {
    return failure{
        diagnostic{"", 0, "", "the output cannot be written: is there space, does anyone read it?"}};
  };
  if (!write(detect_stream::header)) return cannot_write();
  std::string text;
  std::size_t number = 0;
  while (std::getline(in, text)) {
    ++number;
    if (text.size() > line_bytes_max)
      return failure{diagnostic{source, number, "", "longer than 64 KiB: not a row timestamp,value"}};
    const auto row = stream.line(text);
    if (!row) return failure{row.error()};
    if (!row->empty() && !write(*row)) return cannot_write();
  }
  if (in.bad()) return failure{diagnostic{source, number, "", "cannot be read any further"}};
  if (stream.report().rows == 0)
    return failure{diagnostic{source, 0, "", "no rows in it: timestamp,value are wanted"}};
  return stream.report();
}

std::optional<std::string> describe_rows(const detect_report& r) {
  std::string said;
  const auto say = [&](std::size_t count, const char* what) {
    if (count > 0) said += (said.empty() ? "" : ", ") + std::to_string(count) + ' ' + what;
  };
  say(r.missing, "without a value, scored by how many are missing");
  say(r.duplicate, "with the stamp of the row before, scored like any");
  say(r.backwards, "earlier than a row before them, late and scored 0");
  say(r.gaps, "after a gap of more than twice the usual step");
  if (said.empty()) return std::nullopt;
  return "of " + std::to_string(r.rows) + " rows " + said;
}

}  // namespace tool
