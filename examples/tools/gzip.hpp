#pragma once
// Files packed by gzip, read as what is in them.

#include <foreshift/core/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace tool {

/// No text that people write begins like this.
inline constexpr char gzip_first_byte = '\x1F';
/// Whether a text begins as a file of gzip does.
constexpr bool is_gzip(std::string_view text) { return text.starts_with("\x1F\x8B"); }

/// What was packed, in one member or several, as `gzip -d` gives it; or what is wrong with it.
/// @param bytes_max more is refused: a small file can unpack to any size
foreshift::result<std::string, std::string> unpack_gzip(std::string_view packed, std::size_t bytes_max);

}  // namespace tool
