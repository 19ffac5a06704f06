#pragma once
/// @file
/// Strange things that happen now.

#include <foreshift/anomaly/detector.hpp>
#include <foreshift/anomaly/range_novelty.hpp>
#include <foreshift/anomaly/score.hpp>
