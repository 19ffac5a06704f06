// Whatever bytes come: they are refused, or they are the one encoding of the proposal that they give.

#include <foreshift/placement/proposal_codec.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span{data, size});
  const auto got = foreshift::placement::decode(bytes);
  if (!got) return 0;
  const auto again = foreshift::placement::encode(*got);
  if (!std::ranges::equal(again, bytes)) std::abort();
  return 0;
}
