#pragma once
/// @file
/// The door to Boost.Asio (header-only, 1.74 or later): sockets and timers, no threads of its own.

#include <utility>  // Asio 1.74 in C++20 uses std::exchange without it: keep this first

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <foreshift/core/config.hpp>

#if __has_include(<fcntl.h>)
#include <fcntl.h>
#endif

namespace foreshift::inline FORESHIFT_ABI::asio {

namespace net = boost::asio;
using net::ip::tcp;

/// Processes that this one starts do not inherit the socket: right after it was opened or accepted.
inline void close_on_exec([[maybe_unused]] tcp::socket::native_handle_type socket) {
#ifdef FD_CLOEXEC
  ::fcntl(socket, F_SETFD, FD_CLOEXEC);
#endif
}

}  // namespace foreshift::inline FORESHIFT_ABI::asio
