#pragma once
/// @file
/// Which sockets of this process would be open in a program that it starts.

#include <fcntl.h>

#include <charconv>
#include <cstddef>
#include <filesystem>
#include <string>
#include <system_error>

namespace foreshift {

struct socket_count {
  std::size_t all = 0;
  std::size_t inherited = 0;  ///< without close-on-exec
};

/// Of Linux's /proc; none where that is missing.
inline socket_count count_sockets() {
  namespace fs = std::filesystem;
  socket_count out;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator{"/proc/self/fd", error}) {
    const std::string name = entry.path().filename().string();
    if (!fs::read_symlink(entry.path(), error).string().starts_with("socket:")) continue;
    int number = -1;
    std::from_chars(name.data(), name.data() + name.size(), number);
    const int flags = ::fcntl(number, F_GETFD);
    if (flags < 0) continue;
    ++out.all;
    out.inherited += (flags & FD_CLOEXEC) == 0 ? 1 : 0;
  }
  return out;
}

}  // namespace foreshift
