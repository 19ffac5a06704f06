#pragma once
/// @file
/// Where readings come from.

#include <foreshift/telemetry/sample.hpp>

#include <concepts>

namespace foreshift::inline FORESHIFT_ABI::ports {

namespace detail {
/// Any callable, not a function pointer only.
struct reading_sink {
  void operator()(const telemetry::reading&) const;
};
}  // namespace detail

/// Delivers the readings of one site's hosts and workloads.
///
/// Syntax        `poll(sink)` calls `sink(reading)` for each reading that has come since the last call.
/// Semantics     Readings of one series mostly come in order; late and repeated ones are allowed.
///               Of a host it may also deliver counters of faults (`telemetry::is_counter`): the count as the
///               host keeps it, not what was added, so that a lost reading loses nothing.
/// Failure       A source that cannot be reached delivers nothing; the site sees its series grow old.
/// Threads       Called from one thread at a time.
/// Model         `ports::archetypes::telemetry_source`.
template <class T>
concept TelemetrySource = requires(T& source) {
  { source.poll(detail::reading_sink{}) } -> std::same_as<void>;
};

}  // namespace foreshift::inline FORESHIFT_ABI::ports
