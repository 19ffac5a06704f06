#pragma once
/// @file
/// Names of things. Two ids of different kinds never compare, convert or mix.

#include <foreshift/core/strong.hpp>

#include <compare>
#include <cstdint>

namespace foreshift::inline FORESHIFT_ABI {

template <class Tag>
using id = strong<Tag, std::uint64_t>;

/// A data centre with its State Monitoring Component; the member of the agreement.
using site_id = id<struct site_tag>;
/// A machine that runs workloads.
using host_id = id<struct host_tag>;
/// Something that runs on a host and can be moved.
using workload_id = id<struct workload_tag>;
/// A named set of workloads whose authority passes as one.
using subset_id = id<struct subset_tag>;
/// Workloads that behave alike; credit is kept per site and class.
using class_id = id<struct class_tag>;
/// Anything that can run or act on a subset's workloads: a host, a cluster's object.
using place_id = id<struct place_tag>;
/// One migration of one workload, minted when it is prepared.
using migration_id = id<struct migration_tag>;
/// A position in the replicated log.
using slot = id<struct slot_tag>;
/// A position in one replica's own durable record store.
using lsn = id<struct lsn_tag>;
/// The number of an epoch.
using epoch_number = id<struct epoch_tag>;

/// A proposal is named by the site that made it and that site's own counter.
struct proposal_id {
  site_id sponsor;
  std::uint64_t sequence = 0;
  friend constexpr auto operator<=>(proposal_id, proposal_id) = default;
};

/// The position of one command in the log: the slot of its entry and its index in the entry's batch. Slots
/// count from 1.
struct log_position {
  slot at;
  std::uint32_t index = 0;
  friend constexpr auto operator<=>(log_position, log_position) = default;
  static constexpr void fields(auto& self, auto&& f) { f(self.at, self.index); }
};

/// Proof of authority over a subset: the position of the grant, so that it only grows. A place refuses every
/// token lower than the highest it has persisted for the subset. The default is below every token in use.
using fence_token = log_position;

}  // namespace foreshift::inline FORESHIFT_ABI
