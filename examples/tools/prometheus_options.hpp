#pragma once
// What `record` and `replay` are told about a Prometheus.

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace tool {

/// As said on the command line.
struct prometheus_options {
  std::string url, from = "now-7d", to = "now", map, scrape = "1m";
  std::string token_file, user, password_file;
  std::string authorities, certificate, key;
  std::vector<std::string> headers;
};

/// Whether a range of times is asked for, or what is now.
enum class prometheus_times { range, live };
/// Adds `--prometheus` and what goes with it, in a group of its own.
void add_prometheus_options(CLI::App& command, prometheus_options& options,
                            prometheus_times times = prometheus_times::range);
/// Of the options that were added, the first that was given without `--prometheus`.
foreshift::result<void, foreshift::diagnostic> refuse_without_prometheus(const CLI::App& command);

}  // namespace tool
