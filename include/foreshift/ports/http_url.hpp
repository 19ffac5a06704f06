#pragma once
/// @file
/// A web server as people name it, and the small encodings that a request to it needs.
///
/// A URL here says where a service lives: scheme, host, port and the path that everything it offers hangs
/// from, as behind a proxy. It never holds credentials: what holds a URL is logged. RFC 3986 and RFC 7617.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/result.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

namespace foreshift::inline FORESHIFT_ABI::ports {

struct http_url {
  bool tls = false;
  std::string host{};  ///< a name or an address, that of IPv6 without brackets
  std::uint16_t port = 80;
  std::string path{};  ///< begins with a slash and does not end in one, or is empty
  friend bool operator==(const http_url&, const http_url&) = default;
};

/// Reads `http://host[:port][/path]` and the same with `https`; slashes at the end are dropped. An address of
/// IPv6 stands in brackets. The reason of a failure does not repeat what might be a password.
[[nodiscard]] inline result<http_url, std::string> parse_http_url(std::string_view text);

/// `host:port` as the header Host wants it: brackets around an address of IPv6, no port where it is usual.
[[nodiscard]] inline std::string authority(const http_url& url) {
  std::string text = url.host.find(':') == std::string::npos ? url.host : '[' + url.host + ']';
  if (url.port != (url.tls ? 443 : 80)) text += ':' + std::to_string(url.port);
  return text;
}
[[nodiscard]] inline std::string to_string(const http_url& url) {
  return (url.tls ? "https://" : "http://") + authority(url) + url.path;
}

/// Every byte but letters, digits and `-._~` as %XX: right in a path, a query and a form.
[[nodiscard]] inline std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size() * 2);
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    const auto byte = static_cast<unsigned char>(c);
    if (plain)
      out += c;
    else
      (out += '%') += {digits[byte >> 4], digits[byte & 15]};
  }
  return out;
}

/// RFC 4648, section 4, with padding.
[[nodiscard]] inline std::string base64(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = bytes.size() - at < 3 ? bytes.size() - at : 3;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8 | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i) out += i <= count ? digits[group >> (18 - 6 * i) & 63] : '=';
  }
  return out;
}

/// The header Authorization of a user with a password. @pre no colon in `user`
[[nodiscard]] inline std::string basic_authorization(std::string_view user, std::string_view password) {
  FORESHIFT_EXPECT(user.find(':') == std::string_view::npos);
  return "Basic " + base64(std::string{user} + ':' + std::string{password});
}

namespace detail {

/// A name or an address, without its brackets; nothing that could end a line or begin another part of a URL.
inline bool is_host(std::string_view host, bool bracketed) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
  constexpr std::string_view of_ipv6 = "0123456789abcdefABCDEF:.";
  return !host.empty() && host.size() <= 253 &&
         host.find_first_not_of(bracketed ? of_ipv6 : plain) == std::string_view::npos;
}

inline bool is_path(std::string_view path) {
  for (const char c : path)
    if (c <= ' ' || c == 0x7F || c == '?' || c == '#') return false;  // signed or not: no bytes above 127
  return true;
}

}  // namespace detail

[[nodiscard]] inline result<http_url, std::string> parse_http_url(std::string_view text) {
  http_url url;
  if (text.starts_with("https://"))
    url.tls = true, url.port = 443, text.remove_prefix(8);
  else if (text.starts_with("http://"))
    text.remove_prefix(7);
  else
    return failure{std::string{"not a URL: write http://host:port or https://host:port"}};

  const auto slash = std::min(text.find('/'), text.size());
  std::string_view place = text.substr(0, slash), path = text.substr(slash);
  if (place.find('@') != std::string_view::npos)
    return failure{std::string{"a URL with a user in it: credentials are given apart from it"}};
  std::string_view port;
  const bool bracketed = place.starts_with('[');
  if (bracketed) {
    const auto end = place.find(']');
    if (end == std::string_view::npos) return failure{std::string{"a bracket of the address stays open"}};
    port = place.substr(end + 1), place = place.substr(1, end - 1);
    if (!port.empty() && port[0] != ':') return failure{std::string{"the port stands after a colon"}};
  } else if (const auto colon = place.find(':'); colon != std::string_view::npos) {
    port = place.substr(colon), place = place.substr(0, colon);
  }
  if (!detail::is_host(place, bracketed)) return failure{std::string{"not the name or address of a host"}};
  url.host = place;
  if (!port.empty()) {
    port.remove_prefix(1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (error != std::errc{} || end != port.data() + port.size() || url.port == 0)
      return failure{std::string{"not a port from 1 to 65535"}};
  }
  if (!detail::is_path(path))
    return failure{std::string{"a URL of a service is wanted, without a blank, ? or #"}};
  while (path.ends_with('/')) path.remove_suffix(1);
  url.path = path;
  return url;
}

}  // namespace foreshift::inline FORESHIFT_ABI::ports
