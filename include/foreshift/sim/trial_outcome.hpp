#pragma once
/// @file
/// What is asked of one simulated run of the agreement, and what comes out of it.

#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/sim/coverage.hpp>
#include <foreshift/sim/fault.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

namespace foreshift::inline FORESHIFT_ABI::sim {

struct trial_options {
  std::size_t sites = 3;                         ///< members of weight one
  duration trouble = std::chrono::seconds{60};   ///< how long faults strike and clients call
  duration patience = std::chrono::seconds{60};  ///< of calm, in which everybody has to come to rest
  nemesis_set faults = nemesis_set::all();       ///< those that a seed may have on
  duration request_interval = std::chrono::milliseconds{400};  ///< mean, of all sites together
  duration epoch_interval = std::chrono::milliseconds{500};    ///< mean, between wishes for another epoch
  bool places_fence = true;          ///< false: places obey any token; a bug to be caught
  bool local_reads = false;          ///< sites answer reads from what they have applied; a bug to be caught
  bool leases = true;                ///< reads by lease, in the seeds whose clocks keep the bound
  bool leases_on_wall_time = false;  ///< and in all others; a bug to be caught
  std::size_t trace_kept = 200;
};

/// Within so many election timeouts of calm something must have been decided, and each site must have applied
/// something new.
inline constexpr int recovery_timeouts_max = 20;

struct trial_outcome {
  std::string broken;      ///< the first promise that did not hold, in words; empty: all held
  std::string story;       ///< how it came to that, the last events first to last; empty when nothing broke
  std::uint64_t hash = 0;  ///< of everything that happened: the same for one seed on every platform
  digest chain;            ///< of the log
  std::uint64_t slots = 0;
  std::uint64_t transfers = 0;     ///< asked for
  std::uint64_t messages = 0;      ///< sent
  std::uint64_t records_lost = 0;  ///< in crashes: written, never acknowledged
  duration recovery{};             ///< of calm, until every site had applied something new
  fault_counts faults{};
  coverage seen;
};

/// Of several seeds. A regular value.
struct trial_totals {
  std::uint64_t seeds = 0;
  std::uint64_t slots = 0, messages = 0;
  duration recovery_max{};
  fault_counts faults{};
  coverage seen;

  trial_totals& operator+=(const trial_outcome& one) {
    ++seeds;
    slots += one.slots;
    messages += one.messages;
    recovery_max = std::max(recovery_max, one.recovery);
    for (std::size_t i = 0; i < nemesis_count; ++i) faults[i] += one.faults[i];
    seen += one.seen;
    return *this;
  }
};

}  // namespace foreshift::inline FORESHIFT_ABI::sim
