#pragma once
/// @file
/// Adapter: what a Prometheus sends by remote write.

#include <foreshift/adapters/remotewrite/intake.hpp>
#include <foreshift/adapters/remotewrite/request.hpp>
