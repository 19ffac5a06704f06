#pragma once
// What a site does, a line for each thing: for people, or for programs as JSON.

#include "fleet_file.hpp"

#include <foreshift/core/id.hpp>
#include <foreshift/ports/observer.hpp>

#include <deque>
#include <string>
#include <string_view>

namespace tool {

struct smc_line {
  foreshift::time_point at{};
  std::string what;  ///< one word: risk, proposal, vote, ...
  std::string text;
};
/// By the fleet's names. An empty `what`: nothing that people are told of.
smc_line line_of(const foreshift::ports::note& n, const fleet_file& fleet);

/// Names of the fleet, or `number 5` for one that is not in it.
std::string name_of(const fleet_file& fleet, foreshift::site_id s);
std::string name_of(const fleet_file& fleet, foreshift::host_id h);
std::string name_of(const fleet_file& fleet, foreshift::workload_id w);

/// Prints lines as they come and keeps the last ones.
class smc_notes {
 public:
  smc_notes(const fleet_file& fleet, bool json) : fleet_(&fleet), json_(json) {}
  void hear(const foreshift::ports::note& n);
  /// What the process itself has to say.
  void say(foreshift::time_point at, std::string what, std::string text);
  [[nodiscard]] const std::deque<smc_line>& recent() const { return recent_; }

 private:
  void print(smc_line line);
  const fleet_file* fleet_;
  bool json_;
  std::deque<smc_line> recent_;
};
/// A model of Observer.
struct smc_observer {
  smc_notes* notes;
  void observe(const foreshift::ports::note& n) { notes->hear(n); }
};

}  // namespace tool
