#pragma once
/// @file
/// Where the time comes from.

#include <foreshift/core/time.hpp>

#include <concepts>

namespace foreshift::inline FORESHIFT_ABI::ports {

/// Tells the time of this host.
///
/// Semantics     Never goes backwards between two calls; may stand still. Need not agree with other
///               hosts: the agreement depends on no clock, log time and timeouts only on its rate.
/// Failure       None.
/// Threads       Called from one thread at a time.
/// Model         `ports::archetypes::clock`, `sim::clock`.
template <class C>
concept Clock = requires(C& clock) {
  { clock.now() } -> std::same_as<time_point>;
};

}  // namespace foreshift::inline FORESHIFT_ABI::ports
