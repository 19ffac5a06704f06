// The program `foreshift`: one subcommand for each thing that it does, one source file for each subcommand.

#include "command.hpp"
#include "option_checks.hpp"

#include <foreshift/core/config.hpp>

#include <algorithm>
#include <cstdio>
#include <new>
#include <string>

namespace tool {

int refuse(const std::string& why) {
  std::string line = why;
  std::replace(line.begin(), line.end(), '\n', ' ');
  std::fprintf(stderr, "foreshift: %s\n", line.c_str());
  return exit_bad_input;
}

}  // namespace tool

int main(int argc, char** argv) {
  CLI::App app{
      "Predicts demand, agrees on workload migrations and moves workloads before the overload comes.",
      "foreshift"};
  app.set_version_flag("--version", "foreshift " FORESHIFT_VERSION);
  app.require_subcommand(1);
  int exit_status = tool::exit_fine;
  tool::add_detect(app, exit_status);
  tool::add_forecast(app, exit_status);
  tool::add_inventory(app, exit_status);
  tool::add_move(app, exit_status);
  tool::add_place(app, exit_status);
  tool::add_record(app, exit_status);
  tool::add_replay(app, exit_status);
  tool::add_risk(app, exit_status);
  tool::add_sim(app, exit_status);
  tool::add_smc(app, exit_status);
  tool::add_status(app, exit_status);
  tool::add_watch(app, exit_status);
  for (auto* command : app.get_subcommands({})) tool::refuse_empty_values(*command);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app.exit(e);
    return tool::refuse(std::string{e.what()} + " (--help says more)");
  } catch (const std::bad_alloc&) {
    return tool::refuse("out of memory");
  }
  return exit_status;
}
