#include "traffic_program.hpp"

#include "smc_notes.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

extern char** environ;

namespace tool {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto patience = 60s;
constexpr std::size_t output_bytes_max = 64 << 10;

std::string last_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  const auto end = text.rfind('\n');
  return foreshift::excerpt(end == std::string::npos ? text : text.substr(end + 1), 200);
}

/// Empty: it ended with 0.
std::string run(std::vector<std::string> words) {
  std::array<int, 2> out{};
  if (::pipe2(out.data(), O_CLOEXEC) != 0) return std::string{"no pipe: "} + std::strerror(errno);
  std::vector<char*> arguments;
  for (auto& w : words) arguments.push_back(w.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&files, out[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&files, out[1], STDERR_FILENO);
  pid_t child = 0;
  const int refused = ::posix_spawnp(&child, arguments[0], &files, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&files);
  ::close(out[1]);
  if (refused != 0) {
    ::close(out[0]);
    return words[0] + ": " + std::strerror(refused);
  }
  std::string said;
  int status = 0;
  bool ended = false;
  for (const auto until = steady_clock::now() + patience; steady_clock::now() < until && !ended;) {
    pollfd ready{out[0], POLLIN, 0};
    std::array<char, 4096> piece;
    if (::poll(&ready, 1, 20) > 0) {
      const auto n = ::read(out[0], piece.data(), piece.size());
      if (n > 0 && said.size() < output_bytes_max) said.append(piece.data(), static_cast<std::size_t>(n));
      if (n <= 0) std::this_thread::sleep_for(10ms);
    }
    ended = ::waitpid(child, &status, WNOHANG) == child;
  }
  ::close(out[0]);
  if (!ended) {
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    return words[0] + " did not end within a minute";
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  const std::string how = WIFEXITED(status) ? "exit code " + std::to_string(WEXITSTATUS(status)) : "killed";
  return words[0] + ": " + how + (said.empty() ? "" : ": " + last_line(std::move(said)));
}

}  // namespace

std::function<std::string(const foreshift::migration::command&)> traffic_program(std::string program,
                                                                                 const fleet_file& fleet) {
  return [program = std::move(program), &fleet](const foreshift::migration::command& c) {
    return run({program, name_of(fleet, c.workload), name_of(fleet, c.from_site),
                name_of(fleet, foreshift::host_id{c.from.value}), name_of(fleet, c.to_site),
                name_of(fleet, foreshift::host_id{c.to.value})});
  };
}

}  // namespace tool
