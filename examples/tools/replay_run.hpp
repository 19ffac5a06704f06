#pragma once
// A replay: what goes in, what comes out, and how a policy is played.

#include "progress.hpp"
#include "proposal_folder.hpp"
#include "replay_story.hpp"

#include <foreshift/sim/figures.hpp>
#include <foreshift/sim/scenario.hpp>
#include <foreshift/sim/trace_demand.hpp>
#include <foreshift/sim/world.hpp>
#include <foreshift/telemetry/calendar.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tool {

struct replay_input {
  std::string source;  ///< where the trace is from, for people
  foreshift::sim::fleet_trace trace;
  foreshift::telemetry::calendar calendar;
  foreshift::sim::scenario rules;  ///< with the number of hosts filled in
  std::uint64_t seed = 1;
  std::shared_ptr<proposal_folder> folder{};  ///< where the policy foreshift puts its proposals; may be null
};

struct policy_run {
  std::string name;
  foreshift::sim::run_record record;
  foreshift::sim::run_figures figures;
  policy_notes notes;
};

/// A step that no trace has: a policy is played to the end.
inline constexpr std::size_t no_stop = std::numeric_limits<std::size_t>::max();

/// Lets a policy decide once a step until the trace ends or step `stop` is the last one observed. A policy
/// with a member `notes()` tells its story.
template <class Policy>
policy_run play(Policy policy, const foreshift::sim::demand_table& demand, const replay_input& input,
                std::size_t stop) {
  foreshift::sim::world world{demand, input.rules};
  progress bar{std::string{Policy::name}};
  while (!world.done() && world.now() < stop) {
    policy.decide(world);
    world.advance();
    bar.at(world.now(), world.steps());
  }
  policy_run run{std::string{Policy::name}, world.record(), {}, {}};
  if constexpr (requires { policy.notes(); }) run.notes = policy.notes();
  return run;
}

/// A policy that can be asked for by name. To add one, add a line to the table in replay_policies.cpp.
struct policy_entry {
  std::string_view name;
  policy_run (*play)(const foreshift::sim::demand_table&, const replay_input&, std::size_t stop);
};
/// The first one is `none`.
std::span<const policy_entry> known_policies();

/// The results for people: figures as a table, then the story of the most telling proposal if there is one.
std::string replay_table(const replay_input& input, std::span<const policy_run> runs);
/// The results for programs; the keys are documented in replay_json.cpp.
std::string replay_json(const replay_input& input, std::span<const policy_run> runs);
/// The results as one page without any outside resource.
std::string replay_report(const replay_input& input, std::span<const policy_run> runs);
/// A proposal's story as lines of text.
std::vector<std::string> tell(const proposal_story& story, const replay_input& input);

}  // namespace tool
