#include <foreshift/ports/archetypes.hpp>
#include <foreshift/ports/host.hpp>

#include <doctest/doctest.h>

#include <type_traits>

using namespace foreshift;
namespace archetypes = ports::archetypes;

// Nothing is asked of a model beyond its concept: only storage moves, nothing is copied or compared.
static_assert(!std::is_move_constructible_v<archetypes::clock>);
static_assert(!std::is_move_constructible_v<archetypes::transport>);
static_assert(!std::is_move_constructible_v<archetypes::orchestrator>);
static_assert(!std::is_copy_constructible_v<archetypes::log_storage>);

TEST_CASE("a host can be made of archetypes alone, built in place") {
  ports::host<archetypes::clock, archetypes::transport, archetypes::log_storage, archetypes::orchestrator,
              archetypes::telemetry_source, archetypes::observer>
      bag{.clock = {}, .transport = {}, .storage = {}};
  CHECK(bag.clock.now() == time_point{});
  CHECK(bag.orchestrator.submit(migration::command{}));
}
