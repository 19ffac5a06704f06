#pragma once
/// @file
/// A disk and a replica that can be broken at run time, so that one program shows every checker that it
/// bites. With no bug seeded they are the shipped ones.

#include <foreshift/consensus/replica.hpp>
#include <foreshift/sim/storage.hpp>

#include <cstdint>
#include <span>
#include <system_error>
#include <utility>

namespace foreshift::test {

enum class bug : std::uint8_t {
  none,
  disk_forgets,      ///< acknowledges every sync and keeps nothing for sure
  damage_is_torn,    ///< takes a damaged record for the end of a crash, and cuts it off
  speaks_too_early,  ///< says everything at once, before what it says is durable
};
inline bug seeded = bug::none;

struct breakable_storage : sim::storage {
  using sim::storage::storage;
  std::error_code sync() { return seeded == bug::disk_forgets ? std::error_code{} : sim::storage::sync(); }
  result<ports::recovered_log, ports::storage_fault> recover() {
    auto log = sim::storage::recover();
    if (log || seeded != bug::damage_is_torn) return log;
    (void)truncate(lsn{log.error().at.value - 1});
    return sim::storage::recover();
  }
};

struct breakable_replica : consensus::replica {
  static result<breakable_replica, consensus::recovery_error> recover(
      consensus::replica_config config, byte_span snapshot,
      std::span<const consensus::stored_record> records) {
    auto r = consensus::replica::recover(std::move(config), snapshot, records);
    if (!r) return failure{r.error()};
    return breakable_replica{std::move(*r)};
  }
  consensus::duties step(const consensus::input& in) {
    auto due = consensus::replica::step(in);
    if (seeded == bug::speaks_too_early)
      for (auto& m : due.send) m.after = {};
    return due;
  }
};

}  // namespace foreshift::test
