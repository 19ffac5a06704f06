#pragma once
/// @file
/// Sees members off that an epoch leaves out, and in again.

#include <foreshift/consensus/state_machine.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/sim/coverage.hpp>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// How those are seen off who may not leave yet, for others do not hold what they know.
enum class manners : std::uint8_t {
  waits,  ///< until they may
  hasty,  ///< stops them at once
  calm,   ///< waits, and brings back those that were stopped at once: they may be needed
};

/// Stops a site that has left, for good as far as it can tell, and starts it when it is to be a member again.
class usher {
 public:
  explicit usher(coverage& seen) : seen_(&seen) {}

  /// @param chosen what is known to be in the log
  /// @returns whether the site has been stopped
  template <class Cluster, class Machine>
  bool look_after(Cluster& sites, site_id site, const Machine& chosen, manners how) {
    const bool wanted = chosen.members().has(site) || chosen.epochs().newest().members.has(site);
    if (const auto* d = sites.driver(site); d != nullptr) {
      const bool may = !d->halted() && d->replica().may_leave();
      gone_.erase(site);
      if (wanted || d->halted() || (!may && how != manners::hasty)) return false;
      seen_->note(may ? occasion::member_left : occasion::member_cut_short);
      gone_[site] = may;
      sites.crash(site);
      return true;
    }
    const auto* might = gone_.find(site);
    if (might == nullptr || !(wanted || (how == manners::calm && !*might))) return false;
    if (wanted) seen_->note(occasion::member_returned);
    gone_.erase(site);
    sites.restart(site);
    return false;
  }

 private:
  flat_map<site_id, bool> gone_;  // stopped since they left; whether they might
  coverage* seen_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::sim
