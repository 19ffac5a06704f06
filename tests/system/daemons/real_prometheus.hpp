#pragma once
/// @file
/// Debian's Prometheus as a child process, for tests beside it.

#include <foreshift/adapters/http/client.hpp>
#include <foreshift/adapters/prometheus/query_client.hpp>

#include <support/scratch_directory.hpp>

#include <doctest/doctest.h>

#include <signal.h>  // kill is POSIX
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace daemons_test {

using namespace foreshift;

inline time_point now() { return time_point{std::chrono::system_clock::now().time_since_epoch()}; }

/// A Prometheus on loopback that scrapes five times a second.
class real_prometheus {
 public:
  /// @param rest of the configuration, given our own address
  explicit real_prometheus(const std::function<std::string(const std::string& own)>& rest)
      : port_(static_cast<std::uint16_t>(20'000 + ::getpid() % 10'000)) {
    std::ofstream{config()} << "global: {scrape_interval: 200ms, scrape_timeout: 200ms}\n"
                            << rest("127.0.0.1:" + std::to_string(port_));
    start();
  }
  ~real_prometheus() {
    if (child_ > 0) ::kill(child_, SIGKILL), ::waitpid(child_, nullptr, 0);
  }
  void start() {
    child_ = ::fork();
    REQUIRE(child_ >= 0);
    if (child_ > 0) return;
    const std::vector<std::string> words = {"prometheus", "--config.file=" + config(), "--log.level=error",
                                            "--storage.tsdb.path=" + (place_.path() / "data").string(),
                                            "--web.listen-address=127.0.0.1:" + std::to_string(port_)};
    std::vector<char*> arguments;
    for (const auto& w : words) arguments.push_back(const_cast<char*>(w.c_str()));
    arguments.push_back(nullptr);
    for (int held = 3; held < 1024; ++held) ::close(held);  // our own sockets
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  void ask_to_stop() { ::kill(child_, SIGTERM); }
  [[nodiscard]] bool has_stopped() {
    if (child_ > 0 && ::waitpid(child_, nullptr, WNOHANG) == child_) child_ = -1;
    return child_ < 0;
  }
  /// What it answers; a query that it refuses fails the test.
  [[nodiscard]] prometheus::query_answer ask(const std::string& expression,
                                             std::optional<time_point> at = {}) const {
    http::client client{{.server = {.tls = false, .host = "127.0.0.1", .port = port_}}};
    prometheus::system_clock clock;
    prometheus::query_client query{{}, client, clock};
    auto answer = query.ask(prometheus::instant_query{expression, at});
    REQUIRE_MESSAGE(answer.has_value(), (answer ? "" : answer.error().reason));
    return *std::move(answer);
  }

 private:
  [[nodiscard]] std::string config() const { return (place_.path() / "prometheus.yml").string(); }
  scratch_directory place_;
  std::uint16_t port_;
  ::pid_t child_ = -1;
};

}  // namespace daemons_test
