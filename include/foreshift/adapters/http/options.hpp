#pragma once
/// @file
/// What an HTTP client is told: its server, whom to trust, and how long an answer may be.

#include <foreshift/ports/http_url.hpp>

#include <cstddef>
#include <string>

namespace foreshift::inline FORESHIFT_ABI::http {

/// Names of files in PEM, or the PEM itself: what holds "-----BEGIN" is no name. The server is always
/// verified, its name included.
struct tls_files {
  std::string authorities{};  ///< whom to trust; empty: whom the system trusts
  std::string certificate{};  ///< our own, with the chain above it; empty: none
  std::string key{};          ///< the key of `certificate`
};

struct options {
  ports::http_url server{};   ///< its path is not used: a request's target is whole
  std::string unix_socket{};  ///< a path; empty: host and port of `server`
  tls_files tls{};
  std::size_t answer_bytes_max = std::size_t{1} << 28;  ///< a longer body is an error
  std::size_t head_bytes_max = std::size_t{1} << 16;    ///< status line and headers of an answer
};

}  // namespace foreshift::inline FORESHIFT_ABI::http
