#pragma once
/// @file
/// The seeded bugs that the checkers have to catch: one list for the model checker, the simulator and the
/// unit tests. They live in the tests alone; the shipped rules have no switches.
///
/// One bug is on at a time, chosen at run time (`seed_bug`), so that all of them share one instantiation of
/// the replica. Where a bug sits is part of the list: in the parts of the replica (mutants.hpp), or in what
/// drives it.

#include <cstdint>
#include <span>
#include <string_view>

namespace consensus_test {

enum class mutant : std::uint8_t {
  none,
  tie_is_a_quorum,
  self_reported_weight,
  value_dependent_weight,
  promises_reused,
  opens_beyond_alpha,
  applied_when_chosen,
  ballot_forgotten,
  promise_forgotten,
  acceptance_forgotten,
  reply_before_sync,
  own_accept_before_sync,
  accept_does_not_raise_the_promise,
  lower_ballot_accepted,
  adopts_the_lowest,
  adopts_nothing,
  invents_a_value,
  merges_values,
  promise_reports_one_slot,
  gap_not_filled,
  applied_out_of_order,
  counts_repetitions,
  proposer_mixes_ballots,
  follower_mixes_ballots,
  overtaken_leads_on,
  retry_applied_twice,
  duplicates_not_saved,
  two_moves_at_once,
  lease_not_kept,
  lease_forgotten,
  lease_from_the_answer,
  lease_by_an_old_tick,
  lease_on_wall_time,
};

struct mutant_info {
  mutant what = mutant::none;
  std::string_view name;
  int trap = 0;  ///< of the fifteen of the protocol's text, in its order; 0: none of them
  std::string_view where;
  std::string_view stage;  ///< of the model checker (model/stages.hpp) that has to find it; empty: none can
  std::string_view says;
};

inline constexpr mutant_info mutants[] = {
    {mutant::none, "none", 0, "", "", "the shipped rules"},
    {mutant::tie_is_a_quorum, "tie_is_a_quorum", 1, "parts", "four", "half of the weight is enough"},
    {mutant::self_reported_weight, "self_reported_weight", 2, "parts", "prompt",
     "a proposer believes its own claim to twice the weight"},
    {mutant::value_dependent_weight, "value_dependent_weight", 3, "parts", "crash",
     "acceptances of a site's own command weigh more"},
    {mutant::promises_reused, "promises_reused", 4, "parts", "epochs",
     "promises that were a quorum of one epoch are taken for one of the next"},
    {mutant::opens_beyond_alpha, "opens_beyond_alpha", 5, "driver", "heaviest",
     "a slot is opened before the one that decides which epoch governs it is applied"},
    {mutant::applied_when_chosen, "applied_when_chosen", 5, "driver", "applying",
     "the driver says that an entry is applied as soon as it is chosen"},
    {mutant::ballot_forgotten, "ballot_forgotten", 6, "storage", "crash",
     "the own ballot is not written down and used again after a restart"},
    {mutant::promise_forgotten, "promise_forgotten", 7, "storage", "crash", "promises are not written down"},
    {mutant::acceptance_forgotten, "acceptance_forgotten", 7, "storage", "crash",
     "acceptances are not written down"},
    {mutant::reply_before_sync, "reply_before_sync", 7, "driver", "crash",
     "messages leave before what they depend on is durable"},
    {mutant::own_accept_before_sync, "own_accept_before_sync", 7, "driver", "crash",
     "the proposer counts its own acceptance before it is durable"},
    {mutant::accept_does_not_raise_the_promise, "accept_does_not_raise_the_promise", 8, "parts", "prompt",
     "an acceptance leaves the promise as it was"},
    {mutant::lower_ballot_accepted, "lower_ballot_accepted", 8, "parts", "prompt",
     "an acceptor accepts under a ballot below its promise"},
    {mutant::adopts_the_lowest, "adopts_the_lowest", 9, "parts", "prompt",
     "phase 1 adopts the value of the lowest ballot"},
    {mutant::adopts_nothing, "adopts_nothing", 9, "parts", "prompt", "phase 1 adopts nothing"},
    {mutant::invents_a_value, "invents_a_value", 9, "parts", "prompt",
     "in a slot for which phase 1 found a value a command is proposed that nobody submitted"},
    {mutant::merges_values, "merges_values", 9, "parts", "prompt",
     "phase 1 adopts the commands of two values together"},
    {mutant::promise_reports_one_slot, "promise_reports_one_slot", 9, "parts", "slots",
     "a promise reports the first open slot only"},
    {mutant::gap_not_filled, "gap_not_filled", 10, "parts", "slots",
     "gaps that phase 1 found are passed over"},
    {mutant::applied_out_of_order, "applied_out_of_order", 10, "driver", "slots",
     "entries are applied as they are learned, not in the order of their slots"},
    {mutant::counts_repetitions, "counts_repetitions", 11, "parts", "crash",
     "every repetition of an acceptance counts again"},
    {mutant::proposer_mixes_ballots, "proposer_mixes_ballots", 12, "parts", "",
     "a proposer counts acceptances of any ballot"},
    {mutant::follower_mixes_ballots, "follower_mixes_ballots", 12, "parts", "news",
     "a follower takes what it accepted under any ballot for chosen"},
    {mutant::overtaken_leads_on, "overtaken_leads_on", 12, "parts", "overtaken",
     "a proposer that learns of another value than its own leads on and says the slot is chosen"},
    {mutant::retry_applied_twice, "retry_applied_twice", 13, "machine", "",
     "a command that stands in the log again is applied again"},
    {mutant::duplicates_not_saved, "duplicates_not_saved", 13, "machine", "",
     "a snapshot is restored without the commands that were applied"},
    {mutant::two_moves_at_once, "two_moves_at_once", 0, "machine", "",
     "a move is approved of a workload whose last move is not settled"},
    {mutant::lease_not_kept, "lease_not_kept", 15, "lease", "",
     "a site that has granted a lease promises other ballots all the same"},
    {mutant::lease_forgotten, "lease_forgotten", 15, "lease", "",
     "a site that starts again promises before what it may have granted has run out"},
    {mutant::lease_from_the_answer, "lease_from_the_answer", 15, "lease", "",
     "the holder counts from the answer, not from before it asked"},
    {mutant::lease_by_an_old_tick, "lease_by_an_old_tick", 15, "lease", "",
     "a read is served by the lease as it stood at the last tick"},
    {mutant::lease_on_wall_time, "lease_on_wall_time", 15, "lease", "",
     "leases are measured with clocks that are set while they run"},
};

[[nodiscard]] constexpr const mutant_info* find_mutant(std::string_view name) {
  for (const auto& one : mutants)
    if (one.name == name) return &one;
  return nullptr;
}
[[nodiscard]] constexpr const mutant_info& info_of(mutant what) {
  for (const auto& one : mutants)
    if (one.what == what) return one;
  return mutants[0];
}

/// Whether the bug treats sites by their names, so that sites of equal weight differ.
[[nodiscard]] constexpr bool knows_names(mutant what) {
  return what == mutant::self_reported_weight || what == mutant::value_dependent_weight;
}

namespace detail {
inline thread_local mutant seeded = mutant::none;
}
[[nodiscard]] inline bool seeded(mutant what) { return detail::seeded == what; }

/// Switches one bug on for as long as it lives.
class seed_bug {
 public:
  explicit seed_bug(mutant what) : before_(detail::seeded) { detail::seeded = what; }
  ~seed_bug() { detail::seeded = before_; }
  seed_bug(const seed_bug&) = delete;
  seed_bug& operator=(const seed_bug&) = delete;

 private:
  mutant before_;
};

}  // namespace consensus_test
