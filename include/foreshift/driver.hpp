#pragma once
/// @file
/// Sites that run: the replica's driver, and the agent that wires a whole site.

#include <foreshift/driver/adjuster.hpp>
#include <foreshift/driver/agent.hpp>
#include <foreshift/driver/agent_options.hpp>
#include <foreshift/driver/agreed_fleet.hpp>
#include <foreshift/driver/assembly.hpp>
#include <foreshift/driver/failure_watch.hpp>
#include <foreshift/driver/fleet_outlook.hpp>
#include <foreshift/driver/follow_up.hpp>
#include <foreshift/driver/forecast_book.hpp>
#include <foreshift/driver/hearing.hpp>
#include <foreshift/driver/mover.hpp>
#include <foreshift/driver/overload_watch.hpp>
#include <foreshift/driver/planner.hpp>
#include <foreshift/driver/progress.hpp>
#include <foreshift/driver/replica_driver.hpp>
#include <foreshift/driver/review_desk.hpp>
#include <foreshift/driver/score_note.hpp>
#include <foreshift/driver/scorekeeper.hpp>
#include <foreshift/driver/site_telemetry.hpp>
#include <foreshift/driver/site_watch.hpp>
#include <foreshift/driver/status_report.hpp>
#include <foreshift/driver/step_readings.hpp>
#include <foreshift/driver/unanswered.hpp>
#include <foreshift/driver/verdict.hpp>
