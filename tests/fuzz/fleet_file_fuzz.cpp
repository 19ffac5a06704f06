// Whatever a fleet file holds: its parser ends, what it complains about is one line, and a fleet that it
// accepts has every host at one of its sites.

#include <foreshift/core/contract.hpp>

#include <address_argument.cpp>
#include <fleet_file.cpp>
#include <text.cpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto fleet = tool::parse_fleet_file(text, "fleet");
  if (!fleet) {
    FORESHIFT_EXPECT(to_string(fleet.error()).find('\n') == std::string::npos);
    return 0;
  }
  FORESHIFT_EXPECT(!fleet->sites.empty() && !fleet->known.workloads().empty() && fleet->digest != 0);
  for (const auto& h : fleet->known.hosts())
    FORESHIFT_EXPECT(h.site.value >= 1 && h.site.value <= fleet->sites.size());
  for (const auto& w : fleet->known.workloads()) FORESHIFT_EXPECT(fleet->known.find(w.host) != nullptr);
  return 0;
}
