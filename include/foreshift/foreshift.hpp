#pragma once
/// @file
/// All of foreshift but the simulator and the adapters. For a first look; include the folders you use in real
/// code.

#include <foreshift/anomaly.hpp>
#include <foreshift/consensus.hpp>
#include <foreshift/core.hpp>
#include <foreshift/driver.hpp>
#include <foreshift/feedback.hpp>
#include <foreshift/forecast.hpp>
#include <foreshift/migration.hpp>
#include <foreshift/numeric.hpp>
#include <foreshift/placement.hpp>
#include <foreshift/ports.hpp>
#include <foreshift/risk.hpp>
#include <foreshift/telemetry.hpp>
