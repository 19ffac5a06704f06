// Whatever a scrape holds, in both formats: the reader ends, its views lie within the text or the line's own
// buffer, its lines count upwards, and an error has a place in the text.
#include <foreshift/adapters/prometheus/exposition_reader.hpp>
#include <foreshift/core/contract.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace foreshift;
using namespace foreshift::prometheus;

namespace {

void check(const label_view& l) {
  FORESHIFT_EXPECT(label_name_size(l.name) == l.name.size() && !l.name.empty() && is_utf8(l.value));
}

void read(std::string_view text, exposition_format format) {
  exposition_reader reader{
      text, "fuzz", {.format = format, .line_bytes_max = 200, .labels_max = 4, .name_bytes_max = 20}};
  std::size_t line = 0;
  for (auto item = reader.next(); item != exposition_item::end; item = reader.next()) {
    FORESHIFT_EXPECT(reader.line() > line);
    line = reader.line();
    if (item != exposition_item::sample) {
      FORESHIFT_EXPECT(is_utf8(item == exposition_item::type ? reader.family().name : reader.text()));
      continue;
    }
    const auto& s = reader.sample();
    FORESHIFT_EXPECT(metric_name_size(s.name) == s.name.size() && s.name.size() <= 20 &&
                     s.labels.size() <= 4);
    FORESHIFT_EXPECT(s.series.starts_with(s.name) && s.series.data() >= text.data() &&
                     s.series.data() + s.series.size() <= text.data() + text.size());
    for (const auto& l : s.labels) check(l);
    if (!s.exemplar) continue;
    FORESHIFT_EXPECT(format == exposition_format::openmetrics && s.exemplar->labels.size() <= 4);
    for (const auto& l : s.exemplar->labels) check(l);
  }
  if (!reader.error()) return;
  FORESHIFT_EXPECT(reader.error()->line == reader.line() && reader.error()->field.starts_with("column "));
  FORESHIFT_EXPECT(to_string(*reader.error()).find('\n') == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  read(text, exposition_format::text);
  read(text, exposition_format::openmetrics);
  return 0;
}
