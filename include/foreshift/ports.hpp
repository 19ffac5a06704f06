#pragma once
/// @file
/// What a host plugs in: clock, transport, storage, orchestrator, telemetry and HTTP, as concepts.

#include <foreshift/ports/archetypes.hpp>
#include <foreshift/ports/clock.hpp>
#include <foreshift/ports/cluster_inventory.hpp>
#include <foreshift/ports/file_system.hpp>
#include <foreshift/ports/host.hpp>
#include <foreshift/ports/http_client.hpp>
#include <foreshift/ports/http_url.hpp>
#include <foreshift/ports/null.hpp>
#include <foreshift/ports/observer.hpp>
#include <foreshift/ports/orchestrator.hpp>
#include <foreshift/ports/retry_after.hpp>
#include <foreshift/ports/storage.hpp>
#include <foreshift/ports/telemetry_source.hpp>
#include <foreshift/ports/transport.hpp>
#include <foreshift/ports/versioned_cluster.hpp>
