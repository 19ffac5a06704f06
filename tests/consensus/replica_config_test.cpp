#include <foreshift/consensus/message.hpp>
#include <foreshift/consensus/replica_config.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::consensus;

TEST_CASE("a promise that reports a full window of the largest entries fits into a message") {
  const site_id sites[] = {{1}};
  for (const std::uint32_t alpha : {1U, 16U, 1024U}) {
    epoch_spec spec;
    spec.alpha = alpha;
    const epoch members = uniform_epoch(sites, spec);
    promise report;
    const entry largest{{}, {byte_string(entry_size_max(members))}};
    for (std::uint64_t i = 0; i < acceptor_window(members); ++i)
      report.accepted.push_back({slot{i}, {}, largest});
    const auto bytes = encode({members.number(), members.identity(), report});
    CHECK(bytes.size() <= message_size_max);
  }
}
