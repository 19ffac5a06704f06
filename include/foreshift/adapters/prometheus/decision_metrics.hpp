#pragma once
/// @file
/// What a site has decided so far, as counters: what it is told to observers, counted and written.

#include <foreshift/adapters/prometheus/exposition_writer.hpp>
#include <foreshift/migration/outcome.hpp>
#include <foreshift/migration/phase.hpp>
#include <foreshift/ports/null.hpp>
#include <foreshift/ports/observer.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

/// Since the process began. A regular value.
struct decision_counts {
  std::uint64_t risks_warned = 0, risks_raised = 0;
  std::uint64_t hosts_suspected = 0, sites_suspected = 0;
  std::uint64_t alerts_of_hosts = 0, alerts_of_workloads = 0;
  std::array<std::uint64_t, std::variant_size_v<placement::action>> proposals{};  ///< own, by action
  std::uint64_t accepted = 0, rejected = 0;                                       ///< own votes
  std::uint64_t approved = 0, refused = 0;                                        ///< verdicts of all
  std::uint64_t authority_passed = 0;
  std::array<std::uint64_t, migration::phase_count> phases{};  ///< entered, by phase
  std::array<std::uint64_t, 5> outcomes{};                     ///< of own moves, by verdict
  std::uint64_t rolled_back = 0;
  duration promised{}, overload_without{}, overload_with{};  ///< of own moves that were judged
  std::uint64_t credit_updates = 0;
  std::uint64_t alarms = 0;

  /// Counts one thing that happened. O(1).
  void add(const ports::note& note) {
    std::visit([this](const auto& what) { count(what); }, note.what);
  }

  friend bool operator==(const decision_counts&, const decision_counts&) = default;

 private:
  void count(const ports::risk_raised&) { ++risks_raised; }
  void count(const ports::risk_warned&) { ++risks_warned; }
  void count(const ports::failure_suspected& n) { ++(n.host ? hosts_suspected : sites_suspected); }
  void count(const ports::anomaly_alerted& n) {
    ++(n.of.what == telemetry::entity::kind::host ? alerts_of_hosts : alerts_of_workloads);
  }
  void count(const ports::proposed& n) { ++proposals[n.what.what.index()]; }
  void count(const ports::voted& n) { ++(n.accepted ? accepted : rejected); }
  void count(const ports::agreed& n) { ++(n.approved ? approved : refused); }
  void count(const ports::authority_passed&) { ++authority_passed; }
  void count(const ports::migration_advanced& n) {
    for (std::size_t i = 0; i < phases.size(); ++i)
      if (n.phase == name_of(static_cast<migration::phase>(i))) ++phases[i];
  }
  void count(const ports::outcome_judged& n) {
    ++outcomes[static_cast<std::size_t>(n.what.what)];
    rolled_back += n.what.rolled_back ? 1 : 0;
    promised += n.what.promised;
    overload_without += n.what.overload_without;
    overload_with += n.what.overload_source + n.what.overload_destination;
  }
  void count(const ports::credits_updated&) { ++credit_updates; }
  void count(const ports::alarm&) { ++alarms; }
};

/// An observer that counts, and tells the next one. @pre the counts outlive it
template <ports::Observer Next = ports::null_observer>
struct counting_observer {
  decision_counts* counts;
  Next next{};
  void observe(const ports::note& what) {
    counts->add(what);
    next.observe(what);
  }
};
static_assert(ports::Observer<counting_observer<>>);

inline void write(exposition_writer& out, const decision_counts& n) {
  using enum metric_type;
  const auto rows = [&](std::string_view label,
                        std::initializer_list<std::pair<std::string_view, std::uint64_t>> all) {
    for (const auto& [value, count] : all) out.sample({{label, value}}, static_cast<double>(count));
  };
  const auto one = [&](std::string_view name, std::string_view help, std::uint64_t count) {
    out.family({name, counter, "", help});
    out.sample({}, static_cast<double>(count));
  };
  out.family({"foreshift_risks", counter, "",
              "Dangers of an overload that were told: warned of, or raised with a proposal."});
  rows("advice", {{"warn", n.risks_warned}, {"migrate", n.risks_raised}});
  out.family({"foreshift_failures_suspected", counter, "",
              "Own hosts and other sites that came to be suspected of failing."});
  rows("of", {{"host", n.hosts_suspected}, {"site", n.sites_suspected}});
  out.family({"foreshift_anomaly_alerts", counter, "", "Values that a detector took for an anomaly."});
  rows("of", {{"host", n.alerts_of_hosts}, {"workload", n.alerts_of_workloads}});
  out.family({"foreshift_proposals", counter, "", "Proposals that this site has sponsored."});
  rows("action", {{"migrate", n.proposals[0]}, {"resize", n.proposals[1]}, {"scale", n.proposals[2]}});
  out.family({"foreshift_votes", counter, "", "Votes that this site has cast."});
  rows("vote", {{"accept", n.accepted}, {"reject", n.rejected}});
  out.family({"foreshift_verdicts", counter, "", "Verdicts in the log, of all sites' proposals."});
  rows("verdict", {{"approved", n.approved}, {"refused", n.refused}});
  one("foreshift_authority_passages", "Times that authority over a subset came to an owner or a new token.",
      n.authority_passed);
  out.family({"foreshift_migration_phases", counter, "", "Migrations that entered a phase at this site."});
  for (std::size_t i = 0; i < n.phases.size(); ++i)
    out.sample({{"phase", name_of(static_cast<migration::phase>(i))}}, static_cast<double>(n.phases[i]));
  out.family({"foreshift_outcomes", counter, "", "Moves that this site sponsored, by what became of them."});
  for (std::size_t i = 0; i < n.outcomes.size(); ++i)
    out.sample({{"outcome", name_of(static_cast<migration::verdict>(i))}},
               static_cast<double>(n.outcomes[i]));
  one("foreshift_rollbacks", "Judged moves that are taken back or sent on.", n.rolled_back);
  out.family({"foreshift_judged_overload_seconds", counter, "seconds",
              "Overload at both ends of judged moves: expected had nothing moved, as it was, and promised to "
              "be avoided."});
  out.sample({{"case", "without"}}, to_seconds(n.overload_without));
  out.sample({{"case", "with"}}, to_seconds(n.overload_with));
  out.sample({{"case", "promised"}}, to_seconds(n.promised));
  one("foreshift_credit_updates", "Changes of the credits that votes weigh by.", n.credit_updates);
  one("foreshift_alarms", "Things that must not happen and did: a person should look.", n.alarms);
}

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
