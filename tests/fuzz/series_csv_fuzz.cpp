// Whatever a text holds: both series parsers end, what they complain about is one line, and what they accept
// keeps their promises.
#include <foreshift/core/contract.hpp>
#include <foreshift/telemetry/sample_csv.hpp>
#include <foreshift/telemetry/series_csv.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

using namespace foreshift;

namespace {

void is_one_line(const diagnostic& d) {
  FORESHIFT_EXPECT(!d.reason.empty());
  FORESHIFT_EXPECT(to_string(d).find('\n') == std::string::npos);
}

void read_rows(std::string_view text, bool header) {
  const auto rows = telemetry::parse_series_rows(text, "fuzz.csv", {.header = header});
  if (!rows) return is_one_line(rows.error());
  std::set<std::string> names;
  for (const auto& row : *rows) {
    FORESHIFT_EXPECT(!row.name.empty() && names.insert(row.name).second && row.line >= 1);
    FORESHIFT_EXPECT(row.values.empty() || std::isfinite(row.values.back()));
    for (const double v : row.values) FORESHIFT_EXPECT(!std::isinf(v));
  }
}

void read_samples(std::string_view text) {
  const auto all = telemetry::parse_samples(text, "fuzz.csv");
  if (!all) return is_one_line(all.error());
  for (const auto& one : *all) {
    FORESHIFT_EXPECT(!one.name.empty() && !one.samples.empty() && one.line >= 1);
    for (const auto& s : one.samples) FORESHIFT_EXPECT(!std::isinf(s.value));
  }
  if (const auto step = telemetry::most_common_step(*all)) FORESHIFT_EXPECT(*step > duration::zero());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  read_rows(text, false);
  read_rows(text, true);
  read_samples(text);
  return 0;
}
