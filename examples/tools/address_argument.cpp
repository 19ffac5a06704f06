#include "address_argument.hpp"

#include <charconv>
#include <system_error>

namespace tool {

std::optional<address_and_port> parse_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto address = text.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  address_and_port out{std::string{address}, 0};
  const char* const begin = text.data() + colon + 1;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(begin, end, out.port);
  if (address.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return out;
}

}  // namespace tool
