// Whatever bytes stand in a replica's snapshot, with a true checksum: they are refused, or they are the one
// encoding of what they say, and a replica that starts on them refuses or goes on. Version and checksum are
// put around the bytes.

#include <foreshift/consensus/replica.hpp>
#include <foreshift/consensus/snapshot.hpp>
#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

using namespace foreshift;
using namespace foreshift::consensus;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  byte_writer framed;
  framed.put(snapshot_version);
  framed.raw(std::as_bytes(std::span{data, size}));
  framed.put(crc32c(framed.view()));
  const auto kept = decode_snapshot(framed.view());
  if (!kept) return 0;
  FORESHIFT_EXPECT(std::ranges::equal(encode(*kept), framed.view()));

  // The first epoch of the corpus's clusters: three sites of weight one and a window of four.
  constexpr site_id sites[] = {{1}, {2}, {3}};
  replica_config config;
  config.self = kept->run.self;
  epoch_spec spec;
  spec.alpha = 4;
  for (const site_id site : sites) spec.electors.push_back({site, quorum_weight{1}});
  config.members = epoch::make(spec).value();
  auto started = replica::recover(config, framed.view(), {});
  if (!started) return 0;
  const time_point begin{std::chrono::hours{1}};
  for (const duration after : {duration{}, config.times.election_timeout * 2})
    static_cast<void>(started->step(tick{begin + after}));
  return 0;
}
