#include "docker_daemon.hpp"

#include <foreshift/ports/http_url.hpp>

#include <string_view>

namespace tool {

foreshift::result<foreshift::http::options, std::string> docker_daemon_at(const std::string& server) {
  foreshift::http::options to;
  constexpr std::string_view local = "unix://";
  if (server.starts_with(local)) {
    to.unix_socket = server.substr(local.size());
    to.server.host = "localhost";
    return to;
  }
  auto url = foreshift::ports::parse_http_url(server);
  if (!url) return foreshift::failure{url.error()};
  to.server = *url;
  return to;
}

}  // namespace tool
