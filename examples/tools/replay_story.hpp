#pragma once
// What a policy can tell about itself besides its moves: the proposals it made with their votes and fates,
// and what it expected of every host at every step. Plain values in terms of the replay's steps; all of it is
// optional.

#include <foreshift/core/id.hpp>
#include <foreshift/placement/proposal.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tool {

/// A curve with the band around it, one value a step, in cores. Empty: none.
struct band_curve {
  std::size_t first_step = 0;
  std::vector<double> mean;
  std::vector<double> low;
  std::vector<double> high;
  double coverage = 0.9;  ///< share of the outcomes that the band promises to hold
};

struct vote_story {
  foreshift::site_id site;
  bool in_favour = false;
  std::int64_t weight = 0;
  std::string reason;                 ///< in the voter's words: "P(overload) here is 0.71, 44 min in 2 h"
  std::optional<double> probability;  ///< the overload that the voter itself expects
};

/// A destination that was considered and not taken.
struct rejected_host {
  foreshift::host_id host;
  std::string reason;
};

/// Something that happened to an agreed move: phases of the migration within a step, a token, a check.
struct event_story {
  std::size_t step = 0;
  std::string what;
  bool migration = false;  ///< a list of phases, to which more may be added
};

enum class proposal_fate : std::uint8_t { open, refused, agreed, migrated, failed, rolled_back };

/// One proposal from its forecast to its check.
struct proposal_story {
  std::string id;        ///< "site 1 / 17"
  std::size_t step = 0;  ///< when it was made: the last step that was observed
  foreshift::site_id sponsor;
  std::vector<foreshift::workload_id> workloads;
  foreshift::host_id from;
  foreshift::host_id to;
  double priority = 0;

  // Why it was made.
  double probability = 0;                          ///< of overload on `from` within the horizon
  double expected_overload_minutes = 0;            ///< on `from` within the horizon
  std::optional<std::size_t> expected_first_step;  ///< when the limit is expected to be passed
  band_curve forecast;                             ///< of `from` if nothing moves
  band_curve forecast_after;                       ///< of `from` after the move
  std::string placement_note;                      ///< certified gap, objective
  std::vector<rejected_host> rejected;

  // What the sites said.
  std::vector<vote_story> votes;
  std::int64_t weight_in_favour = 0;
  std::int64_t weight_needed = 0;  ///< at least this much
  std::int64_t weight_total = 0;
  std::optional<std::uint64_t> log_slot;   ///< of the verdict
  std::string refusal;                     ///< the log's word for why: "voted_down", "host_reserved"
  std::optional<std::uint64_t> authority;  ///< the fencing token that the destination got

  // What came of it.
  proposal_fate fate = proposal_fate::open;
  std::vector<event_story> events;             ///< in the order of their steps
  std::optional<double> promised_minutes;      ///< overload that the move was to avoid
  double promised_low = 0, promised_high = 0;  ///< what a tenth of the paths save at most, and at least
  std::optional<double> avoided_minutes;       ///< overload that the check found avoided
};

/// A recommended adjustment that moves nothing: another size, or more or fewer copies.
struct adjustment_story {
  std::size_t step = 0;  ///< when it was proposed
  foreshift::site_id sponsor;
  foreshift::workload_id workload;
  std::string of_class;     ///< what the sponsor takes the workload for; empty: not known yet
  std::string what;         ///< "from 2 to 1.25 cores, 0.75 set aside"
  double cores_before = 0;  ///< that it may use, in all
  double cores_after = 0;   ///< the same, as recommended
  double risk_before = 0;   ///< share of the coming day with demand above that
  double risk_after = 0;
  std::size_t in_favour = 0;  ///< sites
  std::size_t against = 0;
  std::string objection;  ///< the first
  proposal_fate fate = proposal_fate::open;
};

/// The agreed ones, those against the highest risk first, then those that free most; ties as they came.
std::vector<const adjustment_story*> agreed_adjustments(const std::vector<adjustment_story>& all);

/// What was expected of one host, looking back: value i was said `lead` steps before step i.
struct host_curves {
  foreshift::host_id host;
  std::vector<double> mean;  ///< cores, one a step of the trace; NaN where nothing was said; empty: none
  std::vector<double> low;
  std::vector<double> high;
  std::vector<double> risk;  ///< at each step: probability of overload within the horizon from there
};

/// All that a policy tells.
struct policy_notes {
  std::vector<proposal_story> proposals;      ///< in the order of their making
  std::vector<adjustment_story> adjustments;  ///< likewise
  std::vector<host_curves> curves;
  std::size_t lead = 0;     ///< steps ahead of the curves' forecasts
  std::size_t horizon = 0;  ///< steps that the risk looks ahead
  double coverage = 0.9;    ///< of the curves' band
};

/// What is known of the best placement, from the certified gap (a share of the cost, 0 to 1).
std::string gap_note(const foreshift::placement::proposal& what);

/// The proposal that shows the most: the one that avoided most, or else promised most; null without one that
/// has the fate. Refused ones have a vote against them, and those that the vote refused come first. Ties go
/// to the earlier one.
const proposal_story* most_telling(const policy_notes& notes, bool refused);

}  // namespace tool
