#pragma once
// The write-ahead log on simulated files, with segments so small that a run fills many.

#include <foreshift/adapters/wal/write_ahead_log.hpp>
#include <foreshift/sim/filed_storage.hpp>

namespace tool {

template <class Judge = foreshift::wal::torn_or_corrupt>
using log_on_files =
    foreshift::sim::filed_storage<foreshift::wal::write_ahead_log<foreshift::sim::file_system, Judge>,
                                  foreshift::wal::options{
                                      .store = 7, .block_bytes = 512, .segment_bytes = 16 * 512}>;

}  // namespace tool
