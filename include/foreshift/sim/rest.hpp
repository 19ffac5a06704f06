#pragma once
/// @file
/// Whether a cluster without faults has come to rest, and what keeps it from that.

#include <foreshift/consensus/quorum.hpp>
#include <foreshift/consensus/state_machine.hpp>
#include <foreshift/core/id.hpp>

#include <algorithm>
#include <string>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// Looks at a cluster and at what is known to be chosen. A site that is lost, or no member, need do nothing.
template <class Cluster, class Machine = consensus::state_machine>
class rest {
 public:
  /// @pre both outlive it
  rest(Cluster& sites, const Machine& chosen) : cluster_(&sites), chosen_(&chosen) {}

  [[nodiscard]] bool member(site_id site) const { return chosen_->members().has(site); }
  /// Whether the sites that are not lost are quorums of the epochs in force and to come. Without, nothing can
  /// be decided any more, and nobody may help the damaged ones: the cluster stands still, and must.
  [[nodiscard]] bool possible() const {
    const auto sites = cluster_->sites();
    const auto whole_quorum = [&](const consensus::electorate& all) {
      consensus::tally whole;
      for (const site_id site : sites)
        if (!cluster_->lost(site)) whole.record(all.electors, site);
      return whole.won_promises(all) && whole.won_accepts(all);
    };
    return whole_quorum(chosen_->members().voters()) &&
           whole_quorum(chosen_->epochs().newest().members.voters());
  }
  /// Whether every site has applied more than this.
  [[nodiscard]] bool everybody_beyond(slot old) const {
    const auto sites = cluster_->sites();
    return std::all_of(sites.begin(), sites.end(), [&](site_id site) {
      return !counts(site) ||
             (cluster_->up(site) != nullptr && cluster_->up(site)->machine().applied() > old);
    });
  }
  /// What is under way, but for what only a lost site could end; empty: nothing.
  [[nodiscard]] std::string business() const {
    const auto& table = chosen_->authorities();
    for (const auto& [id, held] : table.authorities())
      if (held.state != consensus::authority_state::active)
        return "subset " + std::to_string(id.value) + " is " + std::string{name_of(held.state)};
    for (const auto& [id, intent] : table.intents())
      if (const site_id owner = table.find(intent.within)->owner; !cluster_->lost(owner))
        return "migration " + std::to_string(id.value) + " of site " + std::to_string(owner.value) + " is " +
               std::string{name_of(intent.state)};
    return {};
  }
  /// Who is down, behind or busy; empty: the cluster rests.
  [[nodiscard]] std::string disturbed_by() const {
    for (const site_id site : cluster_->sites()) {
      if (!counts(site)) continue;
      const auto* d = cluster_->up(site);
      const std::string who = "site " + std::to_string(site.value);
      if (d == nullptr) return who + " is down";
      if (d->replica().submitted() > 0) return who + " has commands that are not in the log";
      if (d->machine().applied() != chosen_->applied()) return who + " is behind";
    }
    return business();
  }

 private:
  [[nodiscard]] bool counts(site_id site) const { return !cluster_->lost(site) && member(site); }

  Cluster* cluster_;
  const Machine* chosen_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::sim
