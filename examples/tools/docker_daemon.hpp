#pragma once
// How a daemon of Docker is reached.

#include <foreshift/adapters/http/options.hpp>
#include <foreshift/core/result.hpp>

#include <string>

namespace tool {

/// `unix:///var/run/docker.sock` or `https://host:2376`; a sentence where it is neither.
foreshift::result<foreshift::http::options, std::string> docker_daemon_at(const std::string& server);

}  // namespace tool
