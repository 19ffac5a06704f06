#pragma once
/// @file
/// Shows that something breaks a contract: runs it in a child process and looks at how that ended.

#include <doctest/doctest.h>

#include <csignal>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

namespace foreshift::test {

/// What a child process that runs `body` writes to stderr before it aborts; "survived" when it does not
/// abort.
template <class F>
std::string last_words(F body) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const ::pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);  // doctest would report the child's death as its own
    ::dup2(ends[1], 2);
    body();
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string said;
  char buffer[256];
  for (::ssize_t n; (n = ::read(ends[0], buffer, sizeof buffer)) > 0;)
    said.append(buffer, static_cast<std::size_t>(n));
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT ? said : "survived";
}

/// True when `body` breaks a contract.
template <class F>
bool dies(F body) {
  return last_words(body).find("contract violated") != std::string::npos;
}

}  // namespace foreshift::test
