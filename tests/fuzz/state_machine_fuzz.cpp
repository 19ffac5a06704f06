// Whatever bytes come as a saved state machine, with a true checksum: they are refused, or they are the one
// encoding of a machine that goes on. The first byte is how many bytes are a command to go on with; the rest
// is the body of the saved machine.

#include <foreshift/consensus/state_machine.hpp>
#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

using namespace foreshift;
using namespace foreshift::consensus;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto bytes = std::as_bytes(std::span{data, size}).subspan(1);
  const std::size_t tail = std::min<std::size_t>(data[0], bytes.size());
  byte_writer framed;
  framed.put(state_machine::saved_version);
  framed.raw(bytes.first(bytes.size() - tail));
  framed.put(crc32c(framed.view()));

  state_machine machine;
  if (!machine.restore(framed.view())) return 0;
  FORESHIFT_EXPECT(std::ranges::equal(machine.save(), framed.view()));
  const auto asked = bytes.last(tail);
  const time_point clocks[] = {time_point::max(), time_point::min(), time_point{}};
  for (const auto now : clocks)
    machine.apply(next(machine.applied()),
                  {{machine.members().number(), now}, {{asked.begin(), asked.end()}}});
  state_machine again;
  FORESHIFT_EXPECT(again.restore(machine.save()) && again == machine);
  return 0;
}
