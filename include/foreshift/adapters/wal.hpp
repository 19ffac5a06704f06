#pragma once
/// @file
/// A durable log on files, for the agreement's records.

#include <foreshift/adapters/wal/frame.hpp>
#include <foreshift/adapters/wal/judgement.hpp>
#include <foreshift/adapters/wal/metadata.hpp>
#include <foreshift/adapters/wal/options.hpp>
#include <foreshift/adapters/wal/posix_directory.hpp>
#include <foreshift/adapters/wal/read_file.hpp>
#include <foreshift/adapters/wal/recovery.hpp>
#include <foreshift/adapters/wal/replay.hpp>
#include <foreshift/adapters/wal/segment.hpp>
#include <foreshift/adapters/wal/snapshot.hpp>
#include <foreshift/adapters/wal/write_ahead_log.hpp>
