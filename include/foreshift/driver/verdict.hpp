#pragma once
/// @file
/// What the log's verdict on a proposal tells people, and who has to report on what became of it.

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

/// Who reports on the sponsor's own claims: the next member after it. @pre there is a member
[[nodiscard]] inline site_id auditor_of(site_id sponsor, std::span<const consensus::elector> members) {
  FORESHIFT_EXPECT(!members.empty());
  for (const auto& m : members)
    if (m.site > sponsor) return m.site;
  return members.front().site;
}

}  // namespace foreshift::inline FORESHIFT_ABI::driver
