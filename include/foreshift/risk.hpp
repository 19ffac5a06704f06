#pragma once
/// @file
/// The danger that hosts are in, and when it is a cause for action.

#include <foreshift/risk/calibration.hpp>
#include <foreshift/risk/error_counter.hpp>
#include <foreshift/risk/event_rates.hpp>
#include <foreshift/risk/exceedance.hpp>
#include <foreshift/risk/expert_mixture.hpp>
#include <foreshift/risk/failure.hpp>
#include <foreshift/risk/fault_counter.hpp>
#include <foreshift/risk/first_crossing.hpp>
#include <foreshift/risk/forecast_opinion.hpp>
#include <foreshift/risk/limit_margins.hpp>
#include <foreshift/risk/online_logistic.hpp>
#include <foreshift/risk/overload_stack.hpp>
#include <foreshift/risk/past_windows.hpp>
#include <foreshift/risk/recalibration.hpp>
#include <foreshift/risk/risk.hpp>
#include <foreshift/risk/stacked_risk.hpp>
#include <foreshift/risk/trigger.hpp>
#include <foreshift/risk/two_horizon_trigger.hpp>
