#pragma once
/// @file
/// A durable log in an SQLite database, for the agreement's records.

#include <foreshift/adapters/sqlite/database.hpp>
#include <foreshift/adapters/sqlite/record_store.hpp>
