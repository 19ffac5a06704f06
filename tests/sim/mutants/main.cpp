// `foreshift_sim_mutants sim ...`: the simulator with seeded bugs. Built by the tests alone, never installed.

#include "command.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

namespace tool {

int refuse(const std::string& why) {
  std::string line = why;
  std::replace(line.begin(), line.end(), '\n', ' ');
  std::fprintf(stderr, "foreshift_sim_mutants: %s\n", line.c_str());
  return exit_bad_input;
}

}  // namespace tool

int main(int argc, char** argv) {
  CLI::App app{"The simulator with seeded bugs, for the tests of its checkers.", "foreshift_sim_mutants"};
  app.require_subcommand(1);
  int exit_status = tool::exit_fine;
  tool::add_sim(app, exit_status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app.exit(e);
    return tool::refuse(std::string{e.what()} + " (--help says more)");
  }
  return exit_status;
}
