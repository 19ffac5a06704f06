#pragma once
/// @file
/// A file as one byte string.

#include <foreshift/core/bytes.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/ports/file_system.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <system_error>

namespace foreshift::inline FORESHIFT_ABI::wal {

/// Reads the whole file; the error is that of opening or reading it.
template <ports::FileSystem Files>
[[nodiscard]] result<byte_string, std::error_code> read_file(Files& files, std::string_view name) {
  auto file = files.open(name);
  if (!file) return failure{file.error()};
  byte_string out;
  for (std::size_t room = 4096;; room = std::min(2 * room, std::size_t{1} << 20)) {
    const std::size_t had = out.size();
    out.resize(had + room);
    const auto got = file->read(had, std::span{out}.subspan(had));
    if (!got) return failure{got.error()};
    out.resize(had + *got);
    if (*got < room) return out;
  }
}

}  // namespace foreshift::inline FORESHIFT_ABI::wal
