#pragma once
/// @file
/// Adapter: sites over TCP, by Boost.Asio.

#include <foreshift/adapters/asio/boost_asio.hpp>
#include <foreshift/adapters/asio/connection.hpp>
#include <foreshift/adapters/asio/frame.hpp>
#include <foreshift/adapters/asio/handler_memory.hpp>
#include <foreshift/adapters/asio/options.hpp>
#include <foreshift/adapters/asio/receive_buffer.hpp>
#include <foreshift/adapters/asio/station.hpp>
#include <foreshift/adapters/asio/transport.hpp>
