// Whatever a table holds: reading ends, a rule that is taken can be used, and what is refused is named by a
// line of the text.
#include <foreshift/adapters/prometheus/relabel.hpp>
#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace foreshift;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto table = prometheus::parse_relabel_table(text, "fuzz.map");
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  if (!table) {
    FORESHIFT_EXPECT(!table.error().reason.empty() && table.error().line <= lines);
    return 0;
  }
  FORESHIFT_EXPECT(!table->rules.empty());
  const prometheus::series_labels labels{{"instance", "a:1"}, {"pod", "b"}};
  for (const auto& rule : table->rules) {
    FORESHIFT_EXPECT(rule.line > 0 && rule.line <= lines && !rule.query.empty() && rule.factor > 0);
    FORESHIFT_EXPECT(!rule.host.empty() || !rule.workload.empty());
    const auto asked = expand_query(rule, std::chrono::minutes{5}, std::chrono::minutes{1});
    FORESHIFT_EXPECT(asked.find("$window") == std::string::npos || asked.size() < rule.query.size());
    if (const auto whose = subject_of(rule, labels))
      FORESHIFT_EXPECT(!whose->host.empty() || !whose->workload.empty());
  }
  return 0;
}
