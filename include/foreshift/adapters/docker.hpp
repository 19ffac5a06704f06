#pragma once
/// @file
/// Docker Swarm as a cluster that workloads move in, and from.

#include <foreshift/adapters/docker/api_error.hpp>
#include <foreshift/adapters/docker/constraint.hpp>
#include <foreshift/adapters/docker/container.hpp>
#include <foreshift/adapters/docker/container_source.hpp>
#include <foreshift/adapters/docker/container_usage.hpp>
#include <foreshift/adapters/docker/inventory.hpp>
#include <foreshift/adapters/docker/json.hpp>
#include <foreshift/adapters/docker/labels.hpp>
#include <foreshift/adapters/docker/manager.hpp>
#include <foreshift/adapters/docker/movable.hpp>
#include <foreshift/adapters/docker/move_progress.hpp>
#include <foreshift/adapters/docker/move_spec.hpp>
#include <foreshift/adapters/docker/node.hpp>
#include <foreshift/adapters/docker/request.hpp>
#include <foreshift/adapters/docker/service.hpp>
#include <foreshift/adapters/docker/service_usage.hpp>
#include <foreshift/adapters/docker/site_source.hpp>
#include <foreshift/adapters/docker/swarm_cluster.hpp>
#include <foreshift/adapters/docker/swarm_ids.hpp>
#include <foreshift/adapters/docker/swarm_names.hpp>
#include <foreshift/adapters/docker/task.hpp>
