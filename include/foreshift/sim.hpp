#pragma once
/// @file
/// A world in one process: virtual time, network, disks, data centres and faults, all of it by seed.

#include <foreshift/sim/act_checker.hpp>
#include <foreshift/sim/checker.hpp>
#include <foreshift/sim/clock.hpp>
#include <foreshift/sim/cluster.hpp>
#include <foreshift/sim/data_centre.hpp>
#include <foreshift/sim/fault_plan.hpp>
#include <foreshift/sim/figures.hpp>
#include <foreshift/sim/file_system.hpp>
#include <foreshift/sim/linearizability.hpp>
#include <foreshift/sim/network.hpp>
#include <foreshift/sim/orchestrator.hpp>
#include <foreshift/sim/place_book.hpp>
#include <foreshift/sim/scenario.hpp>
#include <foreshift/sim/storage.hpp>
#include <foreshift/sim/timer.hpp>
#include <foreshift/sim/trace.hpp>
#include <foreshift/sim/trace_demand.hpp>
#include <foreshift/sim/volume.hpp>
#include <foreshift/sim/workload.hpp>
#include <foreshift/sim/workload_roles.hpp>
#include <foreshift/sim/world.hpp>
