#pragma once
/// @file
/// The danger that hosts are in, and when it is a cause for action.

#include <foreshift/risk/calibration.hpp>
#include <foreshift/risk/exceedance.hpp>
#include <foreshift/risk/risk.hpp>
#include <foreshift/risk/trigger.hpp>
