#pragma once
/// @file
/// Ports of a host that has nothing there: no telemetry of its own, nothing to orchestrate, nobody who
/// watches.
///
/// There is none for clock, transport and storage, since without them a site could not keep its promises.

#include <foreshift/migration/command.hpp>
#include <foreshift/migration/event.hpp>
#include <foreshift/ports/observer.hpp>
#include <foreshift/ports/orchestrator.hpp>
#include <foreshift/ports/telemetry_source.hpp>

#include <system_error>

namespace foreshift::inline FORESHIFT_ABI::ports {

/// Nobody watches.
struct null_observer {
  void observe(const note&) const noexcept {}
};
static_assert(Observer<null_observer>);

/// Nothing to read: a site that votes and stores and runs no workloads.
struct null_telemetry_source {
  template <class Sink>
  void poll(Sink&&) const noexcept {}
};
static_assert(TelemetrySource<null_telemetry_source>);

/// Carries out nothing, and says so at once. It keeps no token, and refuses every command.
struct null_orchestrator {
  static constexpr bool fences = false;
  static constexpr migration::cut_over_style style = migration::cut_over_style::two_step;
  std::error_code submit(const migration::command&) const {
    return std::make_error_code(std::errc::operation_not_supported);
  }
  template <class Sink>
  void poll(Sink&&) const noexcept {}
};
static_assert(Orchestrator<null_orchestrator>);

}  // namespace foreshift::inline FORESHIFT_ABI::ports
