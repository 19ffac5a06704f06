#pragma once
/// @file
/// Files of the operating system: a model of FileSystem for POSIX with fdatasync.

#include <foreshift/core/bytes.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/ports/file_system.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::wal {

namespace detail {

/// Owns a file descriptor.
class descriptor {
 public:
  explicit descriptor(int fd = -1) : fd_(fd) {}
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);  // what matters was forced before, and its error seen
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

[[nodiscard]] inline std::error_code last_error() { return {errno, std::generic_category()}; }
/// @param outcome what a system call gave back
[[nodiscard]] inline std::error_code error_if(bool failed) {
  return failed ? last_error() : std::error_code{};
}

}  // namespace detail

class posix_file {
 public:
  explicit posix_file(detail::descriptor d) : at_(std::move(d)) {}

  [[nodiscard]] result<std::size_t, std::error_code> read(std::uint64_t offset, std::span<std::byte> into) {
    std::size_t done = 0;
    while (done < into.size()) {
      const auto got =
          ::pread(at_.get(), into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return failure{detail::last_error()};
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }
  [[nodiscard]] std::error_code write(std::uint64_t offset, byte_span bytes) {
    for (std::size_t done = 0; done < bytes.size();) {
      const auto put =
          ::pwrite(at_.get(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return detail::last_error();
      if (put == 0) return std::make_error_code(std::errc::no_space_on_device);
      done += static_cast<std::size_t>(put);
    }
    return {};
  }
  /// Is not repeated when a signal interrupts it: a second call would report what the first one did not do as
  /// done.
  [[nodiscard]] std::error_code sync() { return detail::error_if(::fdatasync(at_.get()) != 0); }

 private:
  detail::descriptor at_;
};

/// A directory that this process has to itself: a second one, in this process or another, is refused until
/// the first is gone.
class posix_directory {
 public:
  using file = posix_file;

  /// Makes the directory if it is not there; its parent must be.
  /// @return `std::errc::device_or_resource_busy` when somebody has it
  [[nodiscard]] static result<posix_directory, std::error_code> at(const std::string& path) {
    if (::mkdir(path.c_str(), 0777) == 0) {
      const auto slash = path.rfind('/', path.find_last_not_of('/'));
      const std::string parent = slash == std::string::npos ? "." : path.substr(0, slash + 1);
      const detail::descriptor above{::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
      if (above.get() < 0 || ::fsync(above.get()) != 0) return failure{detail::last_error()};
    } else if (errno != EEXIST) {
      return failure{detail::last_error()};
    }
    detail::descriptor at{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (at.get() < 0) return failure{detail::last_error()};
    if (::flock(at.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) return failure{std::make_error_code(std::errc::device_or_resource_busy)};
      return failure{detail::last_error()};
    }
    return posix_directory{std::move(at)};
  }

  /// Writes the zeros: a file that is only reserved would have its blocks marked as written at every sync.
  [[nodiscard]] result<file, std::error_code> create(std::string_view name, std::uint64_t size) {
    const std::string path{name};
    if (::unlinkat(at_.get(), path.c_str(), 0) != 0 && errno != ENOENT) return failure{detail::last_error()};
    detail::descriptor made{::openat(at_.get(), path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666)};
    if (made.get() < 0) return failure{detail::last_error()};
    if (size > 0) {
      const int refused =
          ::posix_fallocate(made.get(), 0, static_cast<off_t>(size));  // in one piece, if it can
      if (refused != 0 && refused != EOPNOTSUPP && refused != EINVAL)
        return failure{std::error_code{refused, std::generic_category()}};
    }
    file out{std::move(made)};
    const byte_string zeros(static_cast<std::size_t>(std::min<std::uint64_t>(size, 1U << 16)));
    for (std::uint64_t done = 0; done < size; done += zeros.size()) {
      const auto part = std::min<std::uint64_t>(zeros.size(), size - done);
      if (const auto error = out.write(done, byte_span{zeros}.first(static_cast<std::size_t>(part))))
        return failure{error};
    }
    return out;
  }
  [[nodiscard]] result<file, std::error_code> open(std::string_view name) {
    detail::descriptor found{::openat(at_.get(), std::string{name}.c_str(), O_RDWR | O_CLOEXEC)};
    if (found.get() < 0) return failure{detail::last_error()};
    return file{std::move(found)};
  }
  [[nodiscard]] std::error_code rename(std::string_view from, std::string_view to) {
    const std::string a{from}, b{to};
    return detail::error_if(::renameat(at_.get(), a.c_str(), at_.get(), b.c_str()) != 0);
  }
  [[nodiscard]] std::error_code remove(std::string_view name) {
    return detail::error_if(::unlinkat(at_.get(), std::string{name}.c_str(), 0) != 0);
  }
  [[nodiscard]] result<std::vector<std::string>, std::error_code> list() {
    const int again = ::openat(at_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (again < 0) return failure{detail::last_error()};
    const auto close = [](DIR* d) { ::closedir(d); };
    const std::unique_ptr<DIR, decltype(close)> entries{::fdopendir(again), close};
    if (!entries) return ::close(again), failure{detail::last_error()};
    std::vector<std::string> names;
    for (errno = 0; const dirent* entry = ::readdir(entries.get()); errno = 0)
      if (const std::string_view name = entry->d_name; name != "." && name != "..") names.emplace_back(name);
    if (errno != 0) return failure{detail::last_error()};
    return names;
  }
  [[nodiscard]] std::error_code sync_directory() { return detail::error_if(::fsync(at_.get()) != 0); }

 private:
  explicit posix_directory(detail::descriptor at) : at_(std::move(at)) {}
  detail::descriptor at_;
};
static_assert(ports::FileSystem<posix_directory>);

}  // namespace foreshift::inline FORESHIFT_ABI::wal
