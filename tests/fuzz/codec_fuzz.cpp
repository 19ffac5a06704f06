// Whatever bytes come on the wire: they are refused for a reason that has a name, or they are the one
// encoding of the message that they give. The bytes are the body of a message; version and checksum are put
// around them, since no random bytes would get past a checksum. The first byte says whether they come bare
// instead.

#include <foreshift/consensus/codec.hpp>
#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

using namespace foreshift;
using namespace foreshift::consensus;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  auto bytes = std::as_bytes(std::span{data, size}).subspan(1);
  byte_writer framed;
  if (data[0] == 0) {
    framed.put(wire_version);
    framed.raw(bytes);
    framed.put(crc32c(framed.view()));
    bytes = framed.view();
  }
  const auto got = decode(bytes);
  if (!got) {
    decode_counts counts;
    counts.add(got.error());
    FORESHIFT_EXPECT(counts.total() == 1 && !explain(got.error()).empty());
    return 0;
  }
  FORESHIFT_EXPECT(std::ranges::equal(encode(*got), bytes));
  return 0;
}
