#pragma once
/// @file
/// From authority to a settled migration, and what became of it.

#include <foreshift/migration/answer.hpp>
#include <foreshift/migration/command.hpp>
#include <foreshift/migration/counterfactual.hpp>
#include <foreshift/migration/event.hpp>
#include <foreshift/migration/executor.hpp>
#include <foreshift/migration/job.hpp>
#include <foreshift/migration/monitor.hpp>
#include <foreshift/migration/object_record.hpp>
#include <foreshift/migration/outcome.hpp>
#include <foreshift/migration/patience.hpp>
#include <foreshift/migration/phase.hpp>
#include <foreshift/migration/place_record.hpp>
#include <foreshift/migration/plan.hpp>
#include <foreshift/migration/rollback.hpp>
