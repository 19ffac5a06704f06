#pragma once
// What the subcommands of the program share: how they are added, and how they end.

#include <CLI/CLI.hpp>

#include <string>

namespace tool {

/// What the program returns: it is fine; it ran and the answer is "no"; what it was given is wrong.
enum exit_code : int { exit_fine = 0, exit_no = 1, exit_bad_input = 2 };

/// Every subcommand adds itself and stores its exit code when it has run.
void add_detect(CLI::App& app, int& exit_status);
void add_forecast(CLI::App& app, int& exit_status);
void add_inventory(CLI::App& app, int& exit_status);
void add_move(CLI::App& app, int& exit_status);
void add_place(CLI::App& app, int& exit_status);
void add_record(CLI::App& app, int& exit_status);
void add_replay(CLI::App& app, int& exit_status);
void add_risk(CLI::App& app, int& exit_status);
void add_sim(CLI::App& app, int& exit_status);
void add_smc(CLI::App& app, int& exit_status);
void add_status(CLI::App& app, int& exit_status);
void add_watch(CLI::App& app, int& exit_status);

/// One line on standard error.
int refuse(const std::string& why);

}  // namespace tool
