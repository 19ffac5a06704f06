// Whatever a text holds: the reader ends, its lines count upwards, and what it read survives being written
// and read again.
#include <foreshift/core/contract.hpp>
#include <foreshift/telemetry/csv.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace foreshift;

namespace {

using table = std::vector<std::vector<std::string>>;

bool read(std::string_view text, table& out) {
  telemetry::csv_reader reader{text, "fuzz.csv", {.record_bytes_max = 1000}};
  for (std::size_t line = 0; reader.next(); line = reader.line()) {
    FORESHIFT_EXPECT(reader.line() > line && !reader.fields().empty());
    out.emplace_back(reader.fields().begin(), reader.fields().end());
  }
  return !reader.error();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  table records, again;
  read({reinterpret_cast<const char*>(data), size}, records);
  std::string text;
  for (const auto& record : records) {
    for (const auto& field : record) text += (&field == &record[0] ? "" : ",") + telemetry::csv_field(field);
    text += record.size() == 1 && record[0].empty() ? "\"\"\n" : "\n";  // an empty line would be no record
    if (text.starts_with("\xEF\xBB\xBF")) return 0;  // a text that begins like this would lose the mark
  }
  for (const auto& record : records)
    for (const auto& field : record)
      if (field.size() > 50) return 0;  // quoting could make the record too long
  if (records.size() > 0 && text.size() > 1000) return 0;
  FORESHIFT_EXPECT(read(text, again));
  FORESHIFT_EXPECT(again == records);
  return 0;
}
