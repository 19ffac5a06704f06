#pragma once
// Where to listen or to connect to, as people write it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tool {

struct address_and_port {
  std::string address;  ///< an address or a name; of version 6 without its brackets
  std::uint16_t port = 0;
};
/// `0.0.0.0:9464`, `[::1]:9464`, `site-2.example:7400`.
std::optional<address_and_port> parse_address(std::string_view text);

}  // namespace tool
