#include <foreshift/consensus/command.hpp>

#include <doctest/doctest.h>

#include <concepts>

using namespace foreshift;
using namespace foreshift::consensus;

static_assert(std::regular<command>);
static_assert(!std::same_as<start, commit>);  // one set of fields, four meanings

TEST_CASE("commands are told apart by client and sequence, and ordered by them") {
  CHECK(command_id{site_id{1}, 9} < command_id{site_id{2}, 1});
  CHECK(command_id{site_id{1}, 9} != command_id{site_id{2}, 9});
}

TEST_CASE("steps of different kinds are different commands") {
  CHECK(command{{}, commit{}} != command{{}, consensus::abort{}});
  CHECK(command{{}, commit{}} == command{{}, commit{}});
}
