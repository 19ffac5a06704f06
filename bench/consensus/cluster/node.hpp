#pragma once
/// @file
/// One site of the bench: a replica over TCP and a storage, and the clients' requests.

#include <foreshift/core/id.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace cluster_bench {

/// The first byte of what the clients and the sites say to each other, beside the agreement's own.
enum class client_frame : std::uint8_t {
  put = 16,  ///< tag, value
  done,      ///< tag, whether it was taken
  ask,       ///< nothing
  status,    ///< leads, applied slot, syncs
};
/// Who the clients are, as a peer of every site. The lowest of all: it dials.
inline constexpr foreshift::site_id client_site{0};

struct node_options {
  foreshift::site_id self;
  std::vector<std::uint16_t> ports;  ///< of sites 1, 2 and so on
  std::string dir;                   ///< of this site's log; empty: in memory
};

/// Runs until it is killed; 1 when it cannot start or the replica halts.
int run_node(const node_options& options);

}  // namespace cluster_bench
