#pragma once
/// @file
/// How long a live migration takes and how long the workload is away, by the pre-copy model.
///
/// The first round copies all of the memory while the workload runs; each next round copies what has been
/// dirtied during the one before. When little is left, or more rounds do not help, the workload is stopped
/// and the rest is copied: that is the downtime.
///
/// Source: C. Clark, K. Fraser, S. Hand, J. G. Hansen, E. Jul, C. Limpach, I. Pratt, A. Warfield, "Live
/// migration of virtual machines", NSDI 2005. The rules for the last round are Xen's: fewer than 50 pages
/// left, 29 rounds, or three times the memory sent. We take the dirty rate for constant, and no more than the
/// memory can be dirty.

#include <foreshift/core/contract.hpp>
#include <foreshift/placement/distance_table.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>

namespace foreshift::inline FORESHIFT_ABI::placement {

struct precopy_options {
  double left_bytes_max = 50 * 4096;
  std::uint32_t rounds_max = 29;
  double sent_max = 3;        ///< in times the memory
  double switch_seconds = 0;  ///< to stop here and resume there, beside the last copy
};

struct live_copy {
  double memory_bytes = 0;          ///< at least 0
  bytes_per_second dirty_rate = 0;  ///< at least 0
  bytes_per_second bandwidth = 0;   ///< at least 0; without any the copy never ends
};

struct precopy_estimate {
  double seconds = 0;           ///< from the start until the workload runs at its destination
  double downtime_seconds = 0;  ///< of these
  double sent_bytes = 0;
  std::uint32_t rounds = 0;  ///< before the workload is stopped
};

/// O(rounds). Infinite times without bandwidth.
[[nodiscard]] inline precopy_estimate estimate_precopy(const live_copy& what,
                                                       const precopy_options& options = {}) {
  FORESHIFT_EXPECT(what.memory_bytes >= 0 && what.dirty_rate >= 0 && what.bandwidth >= 0);
  constexpr double never = std::numeric_limits<double>::infinity();
  if (what.bandwidth == 0) return {.seconds = never, .downtime_seconds = never};
  precopy_estimate out;
  double left = what.memory_bytes;
  do {
    const double took = left / what.bandwidth;
    out.seconds += took, out.sent_bytes += left, ++out.rounds;
    left = std::min(what.dirty_rate * took, what.memory_bytes);
  } while (left > options.left_bytes_max && out.rounds < options.rounds_max &&
           out.sent_bytes <= options.sent_max * what.memory_bytes);
  out.downtime_seconds = left / what.bandwidth + options.switch_seconds;
  out.seconds += out.downtime_seconds, out.sent_bytes += left;
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
