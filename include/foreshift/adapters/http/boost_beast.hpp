#pragma once
/// @file
/// The door to Boost.Beast and to Asio's TLS (header-only, 1.74 or later), which brings OpenSSL.

#include <utility>  // Asio 1.74 in C++20 uses std::exchange without it: keep this first

#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <foreshift/core/config.hpp>

#if __has_include(<fcntl.h>)
#include <fcntl.h>
#endif

namespace foreshift::inline FORESHIFT_ABI::http {

namespace net = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

/// TCP and Unix sockets are one type here, so that what reads and writes them is made once.
using plain_socket = net::generic::stream_protocol::socket;
using tls_stream = net::ssl::stream<plain_socket>;

/// Processes that this one starts do not inherit the socket: right after it was opened or accepted.
inline void close_on_exec([[maybe_unused]] plain_socket::native_handle_type socket) {
#ifdef FD_CLOEXEC
  ::fcntl(socket, F_SETFD, FD_CLOEXEC);
#endif
}

}  // namespace foreshift::inline FORESHIFT_ABI::http
