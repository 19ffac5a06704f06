#pragma once
/// @file
/// Runs real programs in tests of the suite "system": those that plain runs leave out, and that CTest runs
/// under the label `system`.

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace foreshift {

struct shell_result {
  int status = -1;  ///< of the command; -1: it was ended by a signal or never began
  std::string output;
};

/// Runs a command by sh and waits for it. @param command its stderr is taken with its output
inline shell_result run_shell(const std::string& command) {
  std::FILE* pipe = ::popen(("{ " + command + "\n} 2>&1").c_str(), "r");
  if (pipe == nullptr) return {};
  shell_result out;
  std::array<char, 4096> part{};
  while (const auto n = std::fread(part.data(), 1, part.size(), pipe)) out.output.append(part.data(), n);
  const int status = ::pclose(pipe);
  if (WIFEXITED(status)) out.status = WEXITSTATUS(status);
  return out;
}

/// Whether the program is there; if not says so, in words by which CTest counts the test as skipped.
inline bool have_program(std::string_view name) {
  if (run_shell("command -v " + std::string{name}).status == 0) return true;
  std::printf("skipped: no %s on this system\n", std::string{name}.c_str());
  return false;
}

}  // namespace foreshift
