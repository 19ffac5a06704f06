#pragma once
/// @file
/// Everything in forecast/.

#include <foreshift/forecast/accuracy.hpp>
#include <foreshift/forecast/any_forecaster.hpp>
#include <foreshift/forecast/auto_forecaster.hpp>
#include <foreshift/forecast/backtested.hpp>
#include <foreshift/forecast/cross_validation.hpp>
#include <foreshift/forecast/error_blocks.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/innovations.hpp>
#include <foreshift/forecast/load_pool.hpp>
#include <foreshift/forecast/local_reversion.hpp>
#include <foreshift/forecast/naive.hpp>
#include <foreshift/forecast/observation.hpp>
#include <foreshift/forecast/persistence.hpp>
#include <foreshift/forecast/prediction.hpp>
#include <foreshift/forecast/robust_level.hpp>
#include <foreshift/forecast/scenario.hpp>
#include <foreshift/forecast/seasonal_ar.hpp>
#include <foreshift/forecast/seasonal_ar_model.hpp>
#include <foreshift/forecast/seasonal_ar_state.hpp>
#include <foreshift/forecast/seasonal_equations.hpp>
#include <foreshift/forecast/seasonal_median.hpp>
#include <foreshift/forecast/selection.hpp>
#include <foreshift/forecast/smoothing.hpp>
#include <foreshift/forecast/transformed.hpp>
