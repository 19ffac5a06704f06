// Whatever bytes come as a saved fleet, with a true checksum: they are refused, or they are the one encoding
// of a fleet that goes on.

#include <foreshift/core/contract.hpp>
#include <foreshift/driver/agreed_fleet.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

using namespace foreshift;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  byte_writer framed;
  framed.put(driver::agreed_fleet::saved_version);
  framed.raw(std::as_bytes(std::span{data, size}));
  framed.put(crc32c(framed.view()));

  driver::agreed_fleet fleet;
  if (!fleet.restore(framed.view())) return 0;
  FORESHIFT_EXPECT(std::ranges::equal(fleet.save(), framed.view()));
  const auto& agreement = fleet.agreement();
  for (const auto now : {time_point::max(), time_point{}})
    (void)fleet.apply(next(agreement.applied()), {{agreement.members().number(), now}, {}});
  driver::agreed_fleet again;
  FORESHIFT_EXPECT(again.restore(fleet.save()) && again == fleet);
  return 0;
}
