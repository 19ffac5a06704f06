#include <foreshift/adapters/wal/judgement.hpp>

#include <doctest/doctest.h>

using namespace foreshift;

TEST_CASE("a bad end is torn only if neither its identity nor anything behind it stands") {
  using judge = wal::torn_or_corrupt;
  CHECK(judge::torn({.identity = false, .successor = false}));
  CHECK(!judge::torn({.identity = true, .successor = false}));
  CHECK(!judge::torn({.identity = false, .successor = true}));
  CHECK(!judge::torn({.identity = true, .successor = true}));
}
