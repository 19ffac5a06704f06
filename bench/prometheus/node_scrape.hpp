#pragma once
/// @file
/// A megabyte of what node_exporter says: one scrape of the daemon on this machine, repeated with other
/// instance labels. Where there is no daemon, lines of the same kinds are made up.

#include <array>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

namespace bench {

/// What a shell command prints; empty when it fails.
inline std::string output_of(const char* command) {
  const auto close = [](std::FILE* f) { pclose(f); };
  const std::unique_ptr<std::FILE, decltype(close)> pipe{popen(command, "r"), close};
  std::string text;
  std::array<char, 4096> part{};
  while (pipe) {
    const auto n = std::fread(part.data(), 1, part.size(), pipe.get());
    if (n == 0) break;
    text.append(part.data(), n);
  }
  return text;
}

inline std::string made_up_scrape() {
  std::string text;
  const auto family = [&](const std::string& name, const char* help) {
    text += "# HELP " + name + " " + help + "\n# TYPE " + name + " counter\n";
  };
  for (int family_of_name = 0; family_of_name < 60; ++family_of_name) {
    const std::string name = "node_made_up_" + std::to_string(family_of_name) + "_seconds_total";
    family(name, "Seconds that a processor spent in each mode.");
    for (int cpu = 0; cpu < 4; ++cpu)
      for (const char* mode : {"idle", "iowait", "system", "user"})
        text += name + "{cpu=\"" + std::to_string(cpu) + "\",mode=\"" + mode + "\"} " +
                std::to_string(1000 * cpu + family_of_name) + ".25\n";
  }
  return text;
}

/// The text, and whether the daemon said it.
inline std::pair<std::string, bool> node_scrape(std::size_t bytes) {
  std::string once = output_of(
      "set -e; command -v prometheus-node-exporter >/dev/null; command -v curl >/dev/null\n"
      "prometheus-node-exporter --web.listen-address=127.0.0.1:19461 >/dev/null 2>&1 & daemon=$!\n"
      "curl -s --retry 20 --retry-connrefused --retry-delay 1 http://127.0.0.1:19461/metrics; kill $daemon");
  const bool real = !once.empty();
  if (!real) once = made_up_scrape();
  std::string text;
  for (int node = 1; text.size() < bytes; ++node) {
    const std::string instance = "instance=\"node-" + std::to_string(node) + ":9100\"";
    std::istringstream lines{once};
    for (std::string line; std::getline(lines, line); text += line + "\n") {
      if (line.starts_with('#')) continue;
      const auto brace = line.find('{');
      if (brace == std::string::npos)
        line.insert(line.find(' '), "{" + instance + "}");
      else
        line.insert(brace + 1, instance + ",");
    }
  }
  return {text, real};
}

}  // namespace bench
