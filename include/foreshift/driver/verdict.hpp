#pragma once
/// @file
/// What the log tells people, foremost its verdict on a proposal, and who has to report on what became of it.

#include <foreshift/consensus/certificate.hpp>
#include <foreshift/consensus/command.hpp>
#include <foreshift/consensus/effect.hpp>
#include <foreshift/consensus/entry.hpp>
#include <foreshift/consensus/merit.hpp>
#include <foreshift/consensus/quorum.hpp>
#include <foreshift/consensus/state_machine.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/ports/observer.hpp>

#include <span>
#include <string>
#include <variant>

namespace foreshift::inline FORESHIFT_ABI::driver {

/// The verdict with the weights behind it, recomputed from the certificate in the entry under the epoch that
/// governs its slot. @param log has applied the entry, and none behind it
[[nodiscard]] inline ports::agreed verdict_on(const consensus::proposal_decided& decided, slot at,
                                              const consensus::entry& value,
                                              const consensus::state_machine& log) {
  ports::agreed out;
  out.proposal = decided.proposal, out.at = at;
  out.approved = decided.reason == consensus::refusal::none;
  out.reason = std::string{name_of(decided.reason)};
  const auto& members = log.epochs().of(at);
  for (const auto bytes : value.commands) {
    const auto command = consensus::from_canonical<consensus::command>(bytes);
    const auto* asked = command ? std::get_if<consensus::decide>(&command->what) : nullptr;
    if (asked == nullptr || asked->header.id != decided.proposal) continue;
    const auto& stakes = asked->header.stakes;
    if (const auto count = consensus::count_merit(asked->evidence.votes, stakes, members, log.credits()))
      out.accepted_weight = count->accepted.value, out.total_weight = count->total.value,
      out.theta_permille = count->theta.value;
    for (const auto& member : members.electors())
      out.weights.emplace_back(member.site, consensus::merit_of(member.site, stakes, log.credits()).value);
  }
  return out;
}

/// What people are told of the log's other effects: of most nothing. `say` takes an alternative of a note.
template <class Say>
void tell_people_of(const consensus::authority_changed& e, const Say& say) {
  if (e.now.state == consensus::authority_state::active)
    say(ports::authority_passed{e.what, e.now.owner, e.now.token});
}
template <class Say>
void tell_people_of(const consensus::credits_changed& e, const Say& say) {
  say(ports::credits_updated{e.version});
}
template <class Say>
void tell_people_of(const consensus::credits_refused& e, const Say& say) {
  say(ports::alarm{"the credits on class " + std::to_string(e.blocked.value) +
                   " stay: with those that the log leads to, silent sites could block every vote"});
}
template <class Say>
void tell_people_of(const consensus::command_done& e, const Say& say) {
  if (e.reason == consensus::refusal::credits_computed && !e.duplicate)
    say(ports::alarm{"site " + std::to_string(e.command.client.value) +
                     " has submitted credits: refused, they follow from the log"});
}
template <class Effect, class Say>
void tell_people_of(const Effect&, const Say&) {}

/// Who reports on the sponsor's own claims: the next member after it. @pre there is a member
[[nodiscard]] inline site_id auditor_of(site_id sponsor, std::span<const consensus::elector> members) {
  FORESHIFT_EXPECT(!members.empty());
  for (const auto& m : members)
    if (m.site > sponsor) return m.site;
  return members.front().site;
}

}  // namespace foreshift::inline FORESHIFT_ABI::driver
