#pragma once
/// @file
/// What a transport over TCP is told, and what it counts.

#include <foreshift/adapters/asio/frame.hpp>
#include <foreshift/core/id.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::asio {

/// Another site. Addresses are numeric: a name would have to be resolved, which blocks.
struct peer_address {
  site_id site;
  std::string address;  ///< of IP, version 4 or 6
  std::uint16_t port = 0;
};

struct options {
  site_id self;
  std::string address = "127.0.0.1";  ///< where to listen; "::" and "0.0.0.0" are everywhere
  std::uint16_t port = 0;             ///< 0: any that is free
  std::vector<peer_address> peers;

  /// A longer message is not taken for sending, and ends the connection it comes on.
  std::size_t message_bytes_max = (std::size_t{1} << 24) + 1024;
  /// Waiting for one peer on one channel; then `send` refuses. At least one message is taken.
  std::size_t queue_bytes_max = std::size_t{1} << 25;
  /// Whoever has nothing to say says so this often.
  std::chrono::milliseconds beat{500};
  /// A peer that was not heard for so many beats is gone.
  unsigned beats_missed_max = 4;
  /// Between two attempts to connect; doubled after each failure.
  std::chrono::milliseconds redial_min{50};
  std::chrono::milliseconds redial_max{2000};
};

struct counters {
  std::uint64_t bytes_sent = 0;                           ///< taken by the kernel
  std::uint64_t bytes_received = 0;                       ///< polled or not
  std::array<std::uint64_t, frame_error_count> broken{};  ///< connections dropped for garbage, by what it was
  std::uint64_t strangers = 0;    ///< connections dropped for who they said they were, or for want of room
  std::uint64_t silent = 0;       ///< connections dropped because nothing came
  std::uint64_t connected = 0;    ///< connections that became usable
  std::uint64_t overflowed = 0;   ///< messages not taken because the queue was full
  std::uint64_t unreachable = 0;  ///< messages not taken because there was no connection
  friend bool operator==(const counters&, const counters&) = default;
};

}  // namespace foreshift::inline FORESHIFT_ABI::asio
