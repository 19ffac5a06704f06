#pragma once
/// @file
/// Whose log this is, which segments it has and which snapshot is in force.
///
/// The metadata stand in two slots, each with a generation and a checksum. A change is written to one slot
/// and forced, then to the other and forced, and only then it counts: so either slot alone is enough, and a
/// crash between the two leaves a newer one that may be taken or left. Both bad means that nobody knows what
/// was acknowledged.

#include <foreshift/adapters/wal/read_file.hpp>
#include <foreshift/core/bytes.hpp>
#include <foreshift/core/checksum.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/ports/file_system.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace foreshift::inline FORESHIFT_ABI::wal {

struct metadata {
  std::uint64_t store = 0;
  std::uint64_t generation = 0;
  std::uint64_t block_bytes = 0;
  std::uint64_t first_segment = 1;  ///< of those in force; above `last_segment` where there is none yet
  std::uint64_t last_segment = 0;
  std::uint64_t snapshot_number = 0;  ///< 0: there is no snapshot
  std::uint64_t snapshot_bytes = 0;
  std::uint32_t snapshot_checksum = 0;
  lsn snapshot_covers;
  friend bool operator==(const metadata&, const metadata&) = default;
};

inline constexpr std::array<std::string_view, 2> metadata_names{"metadata.a", "metadata.b"};
inline constexpr std::size_t metadata_bytes = 512;                    ///< one sector: a slot is old or new
inline constexpr std::uint64_t metadata_magic = 0x617461642D6C6177U;  // "wal-data"

[[nodiscard]] inline byte_string encode(const metadata& m) {
  byte_writer out;
  for (const std::uint64_t field :
       {metadata_magic, m.store, m.generation, m.block_bytes, m.first_segment, m.last_segment,
        m.snapshot_number, m.snapshot_bytes, std::uint64_t{m.snapshot_checksum}, m.snapshot_covers.value})
    out.put(field);
  out.put(crc32c(out.view()));
  auto bytes = out.take();
  bytes.resize(metadata_bytes);
  return bytes;
}

/// Nothing unless the slot is whole and makes sense.
[[nodiscard]] inline std::optional<metadata> decode_metadata(byte_span slot) {
  byte_reader in{slot};
  if (in.get<std::uint64_t>() != metadata_magic) return std::nullopt;
  metadata m;
  for (auto* field : {&m.store, &m.generation, &m.block_bytes, &m.first_segment, &m.last_segment,
                      &m.snapshot_number, &m.snapshot_bytes})
    *field = in.get<std::uint64_t>();
  m.snapshot_checksum = static_cast<std::uint32_t>(in.get<std::uint64_t>());
  m.snapshot_covers = lsn{in.get<std::uint64_t>()};
  const std::size_t covered = slot.size() - in.left();
  const auto checksum = in.get<std::uint32_t>();
  if (!in.ok() || checksum != crc32c(slot.first(covered))) return std::nullopt;
  const bool sound = m.block_bytes >= 512 && m.block_bytes <= (1U << 20) &&
                     (m.block_bytes & (m.block_bytes - 1)) == 0 && m.first_segment >= 1 &&
                     m.first_segment <= m.last_segment + 1;
  if (!sound) return std::nullopt;
  return m;
}

/// The two slots as they were found.
struct metadata_slots {
  std::optional<metadata> newest;
  std::size_t stale = 0;         ///< the slot to be written first: the bad or the older one
  bool exist = false;            ///< there is a file of either, whatever it holds
  std::error_code unreadable{};  ///< neither absent nor to be read
};

template <ports::FileSystem Files>
[[nodiscard]] metadata_slots read_metadata(Files& files) {
  metadata_slots out;
  for (std::size_t slot = 0; slot < metadata_names.size(); ++slot) {
    const auto bytes = read_file(files, metadata_names[slot]);
    if (!bytes && bytes.error() == std::errc::no_such_file_or_directory) continue;
    out.exist = true;
    if (!bytes) {
      out.unreadable = bytes.error();
      continue;
    }
    const auto found = decode_metadata(*bytes);
    if (!found || (out.newest && out.newest->generation >= found->generation)) continue;
    out.newest = found;
    out.stale = 1 - slot;
  }
  return out;
}

/// Makes the metadata durable in both slots, the stale one first.
template <ports::FileSystem Files>
[[nodiscard]] std::error_code write_metadata(Files& files, const metadata& m, std::size_t stale) {
  const auto bytes = encode(m);
  bool created = false;
  for (const std::size_t slot : {stale, 1 - stale}) {
    auto file = files.open(metadata_names[slot]);
    if (!file && file.error() == std::errc::no_such_file_or_directory) {
      file = files.create(metadata_names[slot], metadata_bytes);
      created = true;
    }
    if (!file) return file.error();
    if (const auto error = file->write(0, bytes)) return error;
    if (const auto error = file->sync()) return error;
  }
  return created ? files.sync_directory() : std::error_code{};
}

}  // namespace foreshift::inline FORESHIFT_ABI::wal
