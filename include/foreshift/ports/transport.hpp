#pragma once
/// @file
/// How sites talk to each other.

#include <foreshift/core/bytes.hpp>
#include <foreshift/core/id.hpp>

#include <concepts>
#include <cstdint>
#include <system_error>

namespace foreshift::inline FORESHIFT_ABI::ports {

/// Monitoring carries what sites observe; resource carries proposals, votes, agreement and migration. Each
/// has a connection and a queue of its own: a flood on the first does not delay the second.
enum class channel : std::uint8_t { monitoring, resource };

namespace detail {
/// Any callable, not a function pointer only.
struct message_sink {
  void operator()(site_id from, channel which, byte_span message) const;
};
}  // namespace detail

/// Sends and receives datagrams between sites.
///
/// Syntax        `send(to, which, bytes)` hands over one message, which is copied;
///               `poll(sink)` calls `sink(from, which, bytes)` for each message that has arrived and returns.
/// Semantics     A message arrives whole or not at all, perhaps late, twice or out of order; what arrives
///               was sent by the site named. Nothing else is promised, and nothing else is needed.
/// Options       A model that gathers what is sent may have a `flush()`, which hands it to the network at
///               once; it is called before a wait for the disk.
/// Failure       `send` reports only that this host cannot send now; the message is then lost, which is
///               no more than what the network may do to it.
/// Threads       Called from one thread at a time. The bytes given to the sink live until it returns.
/// Model         `ports::archetypes::transport`, `sim::transport`.
template <class T>
concept Transport = requires(T& transport, site_id to, channel which, byte_span message) {
  { transport.send(to, which, message) } -> std::same_as<std::error_code>;
  { transport.poll(detail::message_sink{}) } -> std::same_as<void>;
};

}  // namespace foreshift::inline FORESHIFT_ABI::ports
