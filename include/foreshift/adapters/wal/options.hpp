#pragma once
/// @file
/// How a write-ahead log is laid out on its files.

#include <foreshift/core/config.hpp>

#include <cstddef>
#include <cstdint>

namespace foreshift::inline FORESHIFT_ABI::wal {

/// `store` and `block_bytes` are fixed when the log is made; later openings take what the log says.
struct options {
  /// Any number that other logs of this site and other sites do not share: files that stray in are refused.
  std::uint64_t store = 0;
  /// What the device damages or loses at once: its sector, or the page of the system. Two copies of anything
  /// never share a block. @pre a power of two, at least 512
  std::size_t block_bytes = 4096;
  /// Space taken at a time. A batch that is longer gets a segment of its own. @pre at least 8 blocks
  std::size_t segment_bytes = std::size_t{4} << 20;
};

}  // namespace foreshift::inline FORESHIFT_ABI::wal
