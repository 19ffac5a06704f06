#pragma once
/// @file
/// Where to, at what cost, and why there: from a host in danger to a proposal, and a voter's judgement of it.

#include <foreshift/placement/annealing.hpp>
#include <foreshift/placement/best_fit.hpp>
#include <foreshift/placement/candidate.hpp>
#include <foreshift/placement/constraint.hpp>
#include <foreshift/placement/departures.hpp>
#include <foreshift/placement/distance_table.hpp>
#include <foreshift/placement/inventory.hpp>
#include <foreshift/placement/judgement.hpp>
#include <foreshift/placement/migration_cost.hpp>
#include <foreshift/placement/objective.hpp>
#include <foreshift/placement/outlook.hpp>
#include <foreshift/placement/priority.hpp>
#include <foreshift/placement/proposal.hpp>
#include <foreshift/placement/proposal_codec.hpp>
#include <foreshift/placement/propose.hpp>
#include <foreshift/placement/reassignment.hpp>
#include <foreshift/placement/reassignment_state.hpp>
#include <foreshift/placement/record.hpp>
#include <foreshift/placement/selector.hpp>
#include <foreshift/placement/tags.hpp>
#include <foreshift/placement/topology.hpp>
#include <foreshift/placement/what_if.hpp>
