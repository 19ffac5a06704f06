#pragma once
/// @file
/// Strange things that happen now.

#include <foreshift/anomaly/cusum.hpp>
#include <foreshift/anomaly/detector.hpp>
#include <foreshift/anomaly/ensemble.hpp>
#include <foreshift/anomaly/ewma_chart.hpp>
#include <foreshift/anomaly/exponential_moments.hpp>
#include <foreshift/anomaly/flatline.hpp>
#include <foreshift/anomaly/incidents.hpp>
#include <foreshift/anomaly/jump.hpp>
#include <foreshift/anomaly/level_shift.hpp>
#include <foreshift/anomaly/median_distance.hpp>
#include <foreshift/anomaly/nonconformity.hpp>
#include <foreshift/anomaly/pattern_novelty.hpp>
#include <foreshift/anomaly/phi_accrual.hpp>
#include <foreshift/anomaly/predictive.hpp>
#include <foreshift/anomaly/probation_baseline.hpp>
#include <foreshift/anomaly/range_excess.hpp>
#include <foreshift/anomaly/range_novelty.hpp>
#include <foreshift/anomaly/score.hpp>
#include <foreshift/anomaly/seasonal_deviation.hpp>
#include <foreshift/anomaly/standard_ensemble.hpp>
#include <foreshift/anomaly/tail.hpp>
#include <foreshift/anomaly/thinned_history.hpp>
#include <foreshift/anomaly/variance_change.hpp>
