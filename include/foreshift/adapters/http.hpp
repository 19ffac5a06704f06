#pragma once
/// @file
/// Adapter: a client of HTTP servers and a small server, by Boost.Beast and OpenSSL.

#include <foreshift/adapters/http/boost_beast.hpp>
#include <foreshift/adapters/http/client.hpp>
#include <foreshift/adapters/http/connection.hpp>
#include <foreshift/adapters/http/message.hpp>
#include <foreshift/adapters/http/options.hpp>
#include <foreshift/adapters/http/server.hpp>
#include <foreshift/adapters/http/tls.hpp>
