#pragma once
/// @file
/// A small world to vote on: three sites, two subsets, and proposals that fit it.

#include <foreshift/consensus/state_machine.hpp>
#include <foreshift/consensus/vote.hpp>

namespace consensus_test {

using namespace foreshift;
using namespace foreshift::consensus;

inline constexpr time_point noon{std::chrono::hours{12}};

inline genesis small_world() {
  const site_id sites[] = {{1}, {2}, {3}};
  genesis start;
  start.members = uniform_epoch(sites);
  start.subsets = {{{subset_id{1}, "web", {workload_id{1}, workload_id{2}}, {place_id{1}}}, site_id{1}},
                   {{subset_id{2}, "batch", {workload_id{3}}, {place_id{2}}}, site_id{2}}};
  return start;
}

/// Moves workload 1 of subset 1 to host 7; made from what `seen` knows.
inline proposal_header move_web(const state_machine& seen, std::uint64_t sequence) {
  return {{site_id{1}, sequence},
          proposal_kind::migrate,
          {{workload_id{1}, subset_id{1}, host_id{7}}},
          {{subset_id{1}, seen.authorities().find(subset_id{1})->version}},
          {{host_id{7}, seen.ledger_version(host_id{7})}},
          {{class_id{1}, criticality{5}}},
          noon + std::chrono::minutes{30},
          {}};
}

inline vote vote_on(const proposal_header& header, const state_machine& seen, std::uint64_t voter,
                    verdict opinion, std::uint32_t attempt = 0) {
  return {site_id{voter}, header.id, attempt, canonical_digest(header), seen.basis(), opinion, 0, ""};
}

/// A verdict with the evidence of these votes, true or not.
inline decide verdict_on(const proposal_header& header, const state_machine& seen, vote_outcome outcome,
                         std::vector<counted_vote> votes) {
  return {header, {0, canonical_digest(header), seen.basis(), outcome, std::move(votes)}};
}
inline std::vector<counted_vote> yes_of_two() {
  return {{site_id{1}, verdict::accept, 0}, {site_id{2}, verdict::accept, 0}};
}

/// A state machine and whoever talks to it.
class clerk {
 public:
  explicit clerk(genesis start = small_world()) : machine(start) {}

  /// Applies one command in an entry of its own; the answer. Details are in `effects`.
  refusal run(std::uint64_t client, decltype(command::what) what) {
    return run(command{{site_id{client}, ++sequence_}, std::move(what)});
  }
  refusal run(const command& asked) {
    effects = machine.apply(next(machine.applied()), {{machine.members().number(), now}, {canonical(asked)}});
    return effect_of<command_done>()->reason;
  }
  template <class E>
  [[nodiscard]] const E* effect_of() const {
    for (const auto& e : effects)
      if (const auto* found = std::get_if<E>(&e)) return found;
    return nullptr;
  }
  [[nodiscard]] fence_token token(std::uint64_t what) const {
    return machine.authorities().find(subset_id{what})->token;
  }

  state_machine machine;
  std::vector<effect> effects;
  time_point now = noon;

 private:
  std::uint64_t sequence_ = 0;
};

}  // namespace consensus_test
