#pragma once
/// @file
/// What became of forecasts and moves, and what follows from it.

#include <foreshift/feedback/claim.hpp>
#include <foreshift/feedback/credit.hpp>
#include <foreshift/feedback/ledger.hpp>
#include <foreshift/feedback/threshold.hpp>
#include <foreshift/feedback/weighting.hpp>
