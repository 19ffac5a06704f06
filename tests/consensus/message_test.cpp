#include <foreshift/consensus/message.hpp>

#include <doctest/doctest.h>

#include <concepts>

using namespace foreshift;
using namespace foreshift::consensus;

static_assert(std::regular<message>);

TEST_CASE("every message names its epoch, and its bytes hold nothing that could be a weight") {
  // epoch number, epoch digest, kind; then a slot and a flag, or for an acceptance: ballot and slot.
  CHECK(canonical(message{{}, {}, epoch_notice{}}).size() == 8 + 32 + 1 + 8 + 1);
  CHECK(canonical(message{{}, {}, accepted{}}).size() == 8 + 32 + 1 + 16 + 8);
}
