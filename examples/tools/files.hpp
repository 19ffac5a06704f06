#pragma once
// Files in and out. A file that is written appears whole or not at all.

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>

#include <string>
#include <string_view>

namespace tool {

/// The whole text of a file, unpacked where gzip has packed it; `-` is standard input.
foreshift::result<std::string, foreshift::diagnostic> read_text(const std::string& path);
/// What is in a text that was read from `path`: itself, or what gzip has packed into it.
foreshift::result<std::string, foreshift::diagnostic> unpacked_text(std::string text,
                                                                    const std::string& path);
/// How a path is called in messages.
std::string source_name(const std::string& path);

/// Whether `write_text` or `write_result` would succeed now, so that a long computation does not end in a bad
/// path.
foreshift::result<void, foreshift::diagnostic> can_write(const std::string& path);
/// Writes beside the path and renames, so that nobody meets half a file. What is no plain file, such as a
/// pipe or a device, is written to as it is.
foreshift::result<void, foreshift::diagnostic> write_text(const std::string& path, std::string_view text);
/// The same, `-` being standard output.
foreshift::result<void, foreshift::diagnostic> write_result(const std::string& path, std::string_view text);

}  // namespace tool
