#include "serving.hpp"

#include <signal.h>  // sigaction is POSIX

#include <csignal>
#include <string_view>

namespace tool {

namespace prometheus = foreshift::prometheus;

namespace {

volatile std::sig_atomic_t stopped = 0;

}  // namespace

void note_stop_signals() {
  struct sigaction stop {};
  stop.sa_handler = [](int) { stopped = 1; };
  ::sigaction(SIGINT, &stop, nullptr);
  ::sigaction(SIGTERM, &stop, nullptr);
}
bool told_to_stop() { return stopped != 0; }

foreshift::ports::http_response answer_metrics(
    const foreshift::ports::http_request& r,
    const std::function<std::string(prometheus::exposition_format)>& page, const std::string& otherwise) {
  const auto path = std::string_view{r.target}.substr(0, r.target.find('?'));
  if (r.method != "GET" && r.method != "HEAD") return {405, {{"Allow", "GET, HEAD"}}, ""};
  if (path != "/metrics") return {404, {{"Content-Type", "text/plain; charset=utf-8"}}, otherwise + '\n'};
  std::string accept;
  for (const auto& [name, value] : r.headers)
    if (name == "Accept") accept = value;
  const auto format = prometheus::accepted_format(accept);
  return {200, {{"Content-Type", std::string{prometheus::content_type_of(format)}}}, page(format)};
}

}  // namespace tool
