#pragma once
/// @file
/// The blob that takes the place of the records it covers.
///
/// It is written aside, forced, renamed and the directory forced, before the metadata name it; what they name
/// is whole or has been damaged since.

#include <foreshift/adapters/wal/metadata.hpp>
#include <foreshift/adapters/wal/read_file.hpp>
#include <foreshift/adapters/wal/segment.hpp>
#include <foreshift/core/bytes.hpp>
#include <foreshift/core/checksum.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/ports/file_system.hpp>

#include <string>
#include <string_view>
#include <system_error>

namespace foreshift::inline FORESHIFT_ABI::wal {

inline constexpr std::string_view unfinished_snapshot = "snapshot.unfinished";

/// Writes the file of snapshot `number`; durable when it returns.
template <ports::FileSystem Files>
[[nodiscard]] std::error_code write_snapshot(Files& files, std::uint64_t number, byte_span bytes) {
  auto file = files.create(unfinished_snapshot, bytes.size());
  if (!file) return file.error();
  if (const auto error = file->write(0, bytes)) return error;
  if (const auto error = file->sync()) return error;
  if (const auto error = files.rename(unfinished_snapshot, numbered_name("snapshot", number))) return error;
  return files.sync_directory();
}

/// The snapshot that the metadata name; the error is a reason for people.
template <ports::FileSystem Files>
[[nodiscard]] result<byte_string, std::string> read_snapshot(Files& files, const metadata& m) {
  if (m.snapshot_number == 0) return byte_string{};
  auto bytes = read_file(files, numbered_name("snapshot", m.snapshot_number));
  if (!bytes) return failure{"the snapshot cannot be read: " + bytes.error().message()};
  if (bytes->size() != m.snapshot_bytes) return failure{std::string{"the snapshot has another length"}};
  if (crc32c(*bytes) != m.snapshot_checksum) return failure{std::string{"the snapshot's checksum is wrong"}};
  return std::move(*bytes);
}

}  // namespace foreshift::inline FORESHIFT_ABI::wal
