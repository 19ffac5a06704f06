#include <foreshift/ports/null.hpp>

#include <doctest/doctest.h>

using namespace foreshift;

TEST_CASE("the null orchestrator refuses every command, and keeps no token") {
  static_assert(!ports::null_orchestrator::fences);
  const ports::null_orchestrator o;
  CHECK(o.submit(migration::command{}) == std::errc::operation_not_supported);
  o.poll([](const migration::event&) { FAIL("nothing was carried out"); });
}

TEST_CASE("the null telemetry source is silent, and the null observer looks away") {
  ports::null_telemetry_source{}.poll([](const telemetry::reading&) { FAIL("there are no readings"); });
  ports::null_observer{}.observe(ports::note{});
}
