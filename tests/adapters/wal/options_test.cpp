#include <foreshift/adapters/wal/options.hpp>
#include <foreshift/adapters/wal/write_ahead_log.hpp>
#include <foreshift/ports/archetypes.hpp>

#include <core/dies.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using test::dies;

TEST_CASE("the default layout is one that a log accepts; broken ones are the caller's bug") {
  using log = wal::write_ahead_log<ports::archetypes::file_system>;
  log accepted{ports::archetypes::file_system{}};
  CHECK(!accepted.recover().has_value());  // no file can be made there
  CHECK(dies([] { log{{}, {.block_bytes = 1000}}; }));
  CHECK(dies([] { log{{}, {.block_bytes = 256}}; }));
  CHECK(dies([] { log{{}, {.block_bytes = 4096, .segment_bytes = 4096}}; }));
}
