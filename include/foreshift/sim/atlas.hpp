#pragma once
/// @file
/// Where workloads are, as far as the log says: host h is place h.

#include <foreshift/consensus/effect.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/id.hpp>

#include <variant>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// A regular value.
struct atlas {
  flat_map<workload_id, place_id> home;     ///< where a workload is
  flat_map<migration_id, place_id> source;  ///< where it was when its migration was approved
  flat_map<place_id, site_id> site_of;

  /// An effect of the log, in log order, once.
  void learn(const consensus::effect& what) {
    const auto* advanced = std::get_if<consensus::migration_advanced>(&what);
    if (advanced == nullptr) return;
    const auto& intent = advanced->intent;
    if (intent.state == consensus::migration_state::approved && !source.contains(advanced->what))
      source.insert_or_assign(advanced->what, home[intent.workload]);
    if (advanced->settled && intent.state == consensus::migration_state::committed)
      home.insert_or_assign(intent.workload, place_id{intent.destination.value});
  }
  friend bool operator==(const atlas&, const atlas&) = default;
};

}  // namespace foreshift::inline FORESHIFT_ABI::sim
