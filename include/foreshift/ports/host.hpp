#pragma once
/// @file
/// All that a site needs of its surroundings, in one bag.

#include <foreshift/ports/clock.hpp>
#include <foreshift/ports/null.hpp>
#include <foreshift/ports/observer.hpp>
#include <foreshift/ports/orchestrator.hpp>
#include <foreshift/ports/storage.hpp>
#include <foreshift/ports/telemetry_source.hpp>
#include <foreshift/ports/transport.hpp>

namespace foreshift::inline FORESHIFT_ABI::ports {

/// The models of the ports, by type and by value. What a site can do without has a null model as its default.
///
///     ports::host site{my_clock{}, my_transport{...}, my_storage{...}};
///
/// Whoever takes a bag names its members through the aliases, and so has one template parameter in place of
/// six.
template <Clock C, Transport T, LogStorage S, Orchestrator O = null_orchestrator,
          TelemetrySource R = null_telemetry_source, Observer W = null_observer>
struct host {
  using clock_type = C;
  using transport_type = T;
  using storage_type = S;
  using orchestrator_type = O;
  using telemetry_type = R;
  using observer_type = W;

  C clock;
  T transport;
  S storage;
  O orchestrator{};
  R telemetry{};
  W observer{};
};

template <class C, class T, class S, class O = null_orchestrator, class R = null_telemetry_source,
          class W = null_observer>
host(C, T, S, O = {}, R = {}, W = {}) -> host<C, T, S, O, R, W>;

}  // namespace foreshift::inline FORESHIFT_ABI::ports
