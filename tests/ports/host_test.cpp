#include <foreshift/ports/archetypes.hpp>
#include <foreshift/ports/host.hpp>

#include <doctest/doctest.h>

#include <concepts>

using namespace foreshift;

namespace {

struct fixed_clock {
  time_point now() { return time_point{std::chrono::seconds{7}}; }
};
struct deaf_transport {
  std::error_code send(site_id, ports::channel, byte_span) { return {}; }
  void poll(auto&&) {}
};
using small_host = ports::host<fixed_clock, deaf_transport, ports::archetypes::log_storage>;

static_assert(std::same_as<small_host::orchestrator_type, ports::null_orchestrator>);
static_assert(std::same_as<small_host::telemetry_type, ports::null_telemetry_source>);
static_assert(std::same_as<small_host::observer_type, ports::null_observer>);

}  // namespace

TEST_CASE("a bag of clock, transport and storage is a whole host: the rest has null models") {
  ports::host bag{fixed_clock{}, deaf_transport{}, ports::archetypes::log_storage{}};
  static_assert(std::same_as<decltype(bag), small_host>);
  CHECK(bag.clock.now() == time_point{std::chrono::seconds{7}});
  CHECK(bag.orchestrator.submit({}));
}
