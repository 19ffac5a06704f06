#pragma once
/// @file
/// Debian's Prometheus as a child process, for tests beside it.

#include <foreshift/adapters/http/client.hpp>
#include <foreshift/adapters/prometheus/query_client.hpp>

#include <support/scratch_directory.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <signal.h>  // kill is POSIX
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <thread>
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
    ready_ = false;
    const ::pid_t ours = ::getpid();
    child_ = ::fork();
    REQUIRE(child_ >= 0);
    if (child_ > 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // it does not outlive a test that crashes
    if (::getppid() != ours) ::_exit(127);
    const int log = ::open((place_.path() / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(log, 1), ::dup2(log, 2);  // nor does it hold on to what ctest reads
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
  /// What it answers, once it is up; a query that it refuses fails the test.
  [[nodiscard]] prometheus::query_answer ask(const std::string& expression,
                                             std::optional<time_point> at = {}) {
    http::client client{{.server = {.tls = false, .host = "127.0.0.1", .port = port_}}};
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{2};  // a busy machine's start
    while (!std::exchange(ready_, true)) {
      REQUIRE_MESSAGE(!has_stopped(), "prometheus has ended");
      REQUIRE_MESSAGE(std::chrono::steady_clock::now() < end, "prometheus does not get ready");
      ports::http_request ready;
      ready.target = "/-/ready";
      const auto answer = client.exchange(ready);
      if (answer && answer->status == 200) break;
      ready_ = false;
      std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
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
  bool ready_ = false;
};

}  // namespace daemons_test
