#include <foreshift/consensus/message.hpp>
#include <foreshift/consensus/replica_config.hpp>
#include <foreshift/consensus/state_machine.hpp>

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

// Compiled with warnings as errors: a field without an initialiser would warn here, and in its users' code.
TEST_CASE("what a host fills in takes designated initialisers, any field of it alone") {
  const site_id sites[] = {{1}};
  const epoch members = uniform_epoch(sites);
  CHECK(replica_config{.self = {1}}.submitted_max == replica_config{}.submitted_max);
  CHECK(replica_config{.members = members}.members == members);
  CHECK(genesis{.members = members}.subsets.empty());
  CHECK(epoch_spec{.electors = {{.site = {1}, .weight = {1}}}}.theta_of.size() == 0);
  CHECK(define_subset{.what = {.name = "web"}}.owner == site_id{});
}
