// Whatever a text holds: the parser of fleets ends, what it complains about is one line, and a fleet that it
// accepts can be priced, checked and, where its start breaks no rule, rearranged and explained.

#include <foreshift/core/contract.hpp>
#include <foreshift/placement/annealing.hpp>

#include <files.cpp>
#include <fleet_reader.cpp>
#include <gzip.cpp>
#include <place_report.cpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace foreshift;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  auto fleet = tool::parse_fleet(text, "fleet");
  if (!fleet) {
    FORESHIFT_EXPECT(to_string(fleet.error()).find('\n') == std::string::npos);
    return 0;
  }
  FORESHIFT_EXPECT(!placement::ill_formed(*fleet));
  if (fleet->workloads() > 200 || fleet->hosts() > 50) return 0;
  for (std::size_t w = 0; w < fleet->workloads(); ++w)
    fleet->start[w] = static_cast<std::uint32_t>(w % fleet->hosts());
  FORESHIFT_EXPECT(placement::cost_of(*fleet, fleet->start).total() >= placement::lower_bound_of(*fleet));
  if (placement::violation_of(*fleet, fleet->start)) return 0;
  const auto found = placement::annealing{}.run(
      *fleet, 1, [](std::uint64_t made) { return static_cast<double>(made) / 2048; });
  FORESHIFT_EXPECT(!tool::untrue_of(*fleet, found));
  auto other = found;
  ++other.cost;  // what checks an outcome tells a false one
  FORESHIFT_EXPECT(tool::untrue_of(*fleet, other).has_value());
  if (fleet->workloads() == 0) return 0;
  other = found, other.where[0] = static_cast<std::uint32_t>(fleet->hosts());
  FORESHIFT_EXPECT(tool::untrue_of(*fleet, other).has_value());
  FORESHIFT_EXPECT(!tool::explain_moves(*fleet, found.where).empty());
  return 0;
}
