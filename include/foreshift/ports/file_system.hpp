#pragma once
/// @file
/// What a storage adapter needs from the files below it.
///
/// A durable log is made of few calls: write at an offset, force to the device, force the directory. Asked
/// for as a concept, the same log runs on the operating system's files and on simulated ones that fail by
/// seed.

#include <foreshift/core/bytes.hpp>
#include <foreshift/core/result.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::ports {

/// An open file.
///
/// Syntax        `read(offset, into)` gives the number of bytes read; `write(offset, bytes)`; `sync()`.
/// Semantics     `read` gives fewer bytes than asked for only at the end of the file. `write` is whole or an
///               error, and may make the file longer. After a successful `sync` everything written before it
///               survives a crash; without one, any subset of the sectors written may survive, in any order.
///               A sector is written wholly or not at all.
/// Failure       A failed `write` may have written a part. After a failed `sync` nobody knows what is
///               durable, and a second one that succeeds does not make it known (Rebello et al., 2020).
/// Threads       Called from one thread at a time.
template <class F>
concept File = std::movable<F> &&
    requires(F& f, std::uint64_t offset, std::span<std::byte> into, byte_span bytes) {
  { f.read(offset, into) } -> std::same_as<result<std::size_t, std::error_code>>;
  { f.write(offset, bytes) } -> std::same_as<std::error_code>;
  { f.sync() } -> std::same_as<std::error_code>;
};

/// The files of one directory, which belongs to one owner alone.
///
/// Syntax        `create(name, size)` makes a file of `size` zero bytes in the place of any that has the
/// name;
///               `open(name)` opens one that exists; `rename`, `remove`, `list`; `sync_directory()`.
/// Semantics     Names are plain: no folder. `create` reserves the space, so that writes inside the file
///               cannot fail for want of it. `rename` replaces its target at once. What became of names by
///               `create`, `rename` and `remove` survives a crash after a successful `sync_directory`;
///               without it, any of these may be undone, whether the file itself was synced or not.
/// Failure       `open` of a name that is not there is `std::errc::no_such_file_or_directory`.
/// Threads       Called from one thread at a time.
/// Model         `ports::archetypes::file_system`, `sim::file_system`, `wal::posix_directory`.
template <class S>
concept FileSystem = std::movable<S> && File<typename S::file> &&
    requires(S& s, std::string_view name, std::uint64_t size) {
  { s.create(name, size) } -> std::same_as<result<typename S::file, std::error_code>>;
  { s.open(name) } -> std::same_as<result<typename S::file, std::error_code>>;
  { s.rename(name, name) } -> std::same_as<std::error_code>;
  { s.remove(name) } -> std::same_as<std::error_code>;
  { s.list() } -> std::same_as<result<std::vector<std::string>, std::error_code>>;
  { s.sync_directory() } -> std::same_as<std::error_code>;
};

}  // namespace foreshift::inline FORESHIFT_ABI::ports
