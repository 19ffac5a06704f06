// Whatever bytes come: they are refused, or they are the one encoding of the report that they give.

#include <foreshift/driver/status_report.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span{data, size});
  const auto got = foreshift::driver::decode_status_report(bytes);
  if (!got) return 0;
  const auto again = foreshift::driver::encode(*got);
  if (!std::ranges::equal(again, bytes)) std::abort();
  return 0;
}
