#include "proposals.hpp"

#include <foreshift/consensus/proposal_header.hpp>

#include <doctest/doctest.h>

using namespace consensus_test;

TEST_CASE("a header whose lists are unsorted, incomplete or empty is not well formed") {
  const auto good = move_web(state_machine{small_world()}, 1);
  CHECK(well_formed(good));
  const auto spoiled = [&](auto spoil) {
    auto header = good;
    spoil(header);
    return !well_formed(header);
  };
  CHECK(spoiled([](auto& h) { h.changes.clear(); }));
  CHECK(spoiled([](auto& h) { h.changes.resize(change_count_max + 1, h.changes[0]); }));
  CHECK(spoiled([](auto& h) { h.changes.push_back(h.changes[0]); }));  // one workload twice
  CHECK(spoiled([](auto& h) { h.subsets.push_back(h.subsets[0]); }));
  CHECK(spoiled([](auto& h) { h.subsets.clear(); }));
  CHECK(spoiled([](auto& h) { h.hosts[0].id = host_id{8}; }));
  CHECK(spoiled([](auto& h) { h.stakes.clear(); }));
  CHECK(spoiled([](auto& h) { h.stakes[0].sum = criticality{0}; }));
  CHECK(spoiled([](auto& h) { h.stakes[0].sum = criticality_max + criticality{1}; }));
  CHECK(spoiled([](auto& h) { h.stakes = {{class_id{2}, criticality{1}}, {class_id{1}, criticality{1}}}; }));
}

TEST_CASE("the digest of a header changes with everything in it, the body's digest included") {
  const auto good = move_web(state_machine{small_world()}, 1);
  auto other = good;
  other.body = digest_of(bytes_of("another body"));
  CHECK(canonical_digest(other) != canonical_digest(good));
  other = good;
  other.hosts[0].version += 1;
  CHECK(canonical_digest(other) != canonical_digest(good));
}
