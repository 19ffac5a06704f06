#pragma once
// `foreshift replay --proposal`: one proposal told whole and, in the fleet that it is of, tried alone.

#include "replay_options.hpp"
#include "replay_run.hpp"

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/placement/proposal.hpp>
#include <foreshift/sim/proposal_check.hpp>

#include <cstddef>
#include <string>

namespace tool {

/// What the replay of a proposal found.
struct proposal_trial {
  replay_input input;
  std::string policy_before;     ///< whose moves were made until then
  std::size_t moves_before = 0;  ///< how many
  foreshift::sim::proposal_check found;
};

/// The proposal in sentences; with a trial also what came of it, and the names of the trace.
std::string proposal_text(const foreshift::placement::proposal& what, const proposal_trial* trial);
/// The same for programs; the keys are documented in replay_proposal_json.cpp.
std::string proposal_json(const foreshift::placement::proposal& what, const proposal_trial* trial);

/// @param with_fleet whether the options say which fleet; without one nothing is replayed
foreshift::result<void, foreshift::diagnostic> replay_proposal(const replay_options& options,
                                                               bool with_fleet);

}  // namespace tool
