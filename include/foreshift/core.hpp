#pragma once
/// @file
/// Values, names, time, randomness and bytes: what every other folder stands on.

#include <foreshift/core/archive.hpp>
#include <foreshift/core/bytes.hpp>
#include <foreshift/core/checksum.hpp>
#include <foreshift/core/config.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/digest.hpp>
#include <foreshift/core/executor.hpp>
#include <foreshift/core/fifo.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/json_nesting.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/ring_buffer.hpp>
#include <foreshift/core/shared_bytes.hpp>
#include <foreshift/core/strong.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/core/units.hpp>
#include <foreshift/core/utf8.hpp>
