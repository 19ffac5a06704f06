#pragma once
/// @file
/// What was measured: samples, regular series, panels, and the calendar of what is to come.

#include <foreshift/telemetry/calendar.hpp>
#include <foreshift/telemetry/calendar_csv.hpp>
#include <foreshift/telemetry/csv.hpp>
#include <foreshift/telemetry/event_regressors.hpp>
#include <foreshift/telemetry/impute.hpp>
#include <foreshift/telemetry/metric.hpp>
#include <foreshift/telemetry/panel.hpp>
#include <foreshift/telemetry/panel_tensor.hpp>
#include <foreshift/telemetry/poll_schedule.hpp>
#include <foreshift/telemetry/resample.hpp>
#include <foreshift/telemetry/sample.hpp>
#include <foreshift/telemetry/sample_csv.hpp>
#include <foreshift/telemetry/series.hpp>
#include <foreshift/telemetry/series_csv.hpp>
#include <foreshift/telemetry/step_aligner.hpp>
#include <foreshift/telemetry/step_fold.hpp>
#include <foreshift/telemetry/time_grid.hpp>
#include <foreshift/telemetry/window.hpp>
