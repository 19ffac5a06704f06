#pragma once
// The risk of each series of a table: what goes in and what comes out.

#include "forecast_run.hpp"

#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/risk/first_crossing.hpp>
#include <foreshift/risk/stacked_risk.hpp>

#include <string>
#include <vector>

namespace tool {

struct series_risk {
  foreshift::risk::risk_estimate estimate;
  double expected_minutes = 0;  ///< over the limit within the horizon, mean over the joint paths
  foreshift::risk::crossing_times crossing;
};
using risk_outcome = foreshift::result<series_risk, foreshift::forecast::errc>;

/// An outcome for each series of the table, in its order. All are streamed together in the order of time, so
/// that each learns from the others' past and nobody from the future.
/// @pre input.limit
std::vector<risk_outcome> assess_all(const forecast_input& input);

/// `series,p_overload,...`, a row for each series that has a risk.
std::string risk_csv(const forecast_input& input, const std::vector<risk_outcome>& outcomes);
std::string risk_json(const forecast_input& input, const std::vector<risk_outcome>& outcomes);

}  // namespace tool
