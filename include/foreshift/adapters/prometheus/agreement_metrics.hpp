#pragma once
/// @file
/// Where a site stands in the agreement: credits in force, claims and skill of everybody, and whether its own
/// log is well.

#include <foreshift/adapters/prometheus/exposition_writer.hpp>
#include <foreshift/consensus/merit.hpp>
#include <foreshift/consensus/state_machine.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/driver/scorekeeper.hpp>
#include <foreshift/feedback/credit.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

/// The weights of votes. @param rows_max of sites and classes that have earned a credit or a skill; the rest
/// is counted
inline void write_credits(exposition_writer& out, const consensus::state_machine& log,
                          const driver::scorekeeper& score, std::size_t rows_max) {
  using enum metric_type;
  std::size_t hidden = 0;
  out.family({"foreshift_credit_standard", gauge, "", "Credit that votes weigh by where none is earned."});
  out.sample({}, static_cast<double>(log.credits().standard.value));
  out.family({"foreshift_credit", gauge, "",
              "Credit that votes on a class of workloads weigh by, where one is earned."});
  std::size_t rows = 0;
  for (const auto& [key, credit] : log.credits().earned) {
    if (rows++ >= rows_max && ++hidden > 0) continue;
    out.sample({{"voter", std::to_string(key.first.value)}, {"class", std::to_string(key.second.value)}},
               static_cast<double>(credit.value));
  }
  out.family({"foreshift_skill_ratio", gauge, "ratio",
              "How much of a base rate's Brier score a site's claims save, on a class of workloads."});
  rows = 0;
  for (const auto& [key, record] : score.book().records()) {
    if (rows++ >= rows_max && ++hidden > 0) continue;
    out.sample(
        {{"voter", std::to_string(key.site.value)}, {"class", std::to_string(key.workload_class.value)}},
        score.book().skill(key.site, key.workload_class).value / 10'000.0);
  }
  out.family(
      {"foreshift_credits_not_shown", gauge, "", "Rows of credit and skill beyond the most that are shown."});
  out.sample({}, static_cast<double>(hidden));
  out.family({"foreshift_claims", counter, "",
              "Probabilities of an overload that sites have claimed in the log, by what became of them."});
  for (const auto& member : log.members().electors()) {
    const auto n = score.ledger().counts(member.site);
    const auto row = [&](std::string_view state, std::uint64_t count) {
      out.sample({{"claimant", std::to_string(member.site.value)}, {"state", state}},
                 static_cast<double>(count));
    };
    row("settled", n.settled), row("expired", n.expired), row("refused", n.refused);
  }
  out.family({"foreshift_claims_open", gauge, "", "Claims whose time has not come."});
  for (const auto& member : log.members().electors())
    out.sample({{"claimant", std::to_string(member.site.value)}},
               static_cast<double>(score.ledger().counts(member.site).open));
}

/// How the log and the site's part in it are. @tparam Driver a `driver::replica_driver`
template <class Driver>
void write_log(exposition_writer& out, const consensus::state_machine& log, const Driver& driver) {
  using enum metric_type;
  const auto& replica = driver.replica();
  const auto one = [&](const family_head& head, double value) {
    out.family(head);
    out.sample({}, value);
  };
  one({"foreshift_members", gauge, "", "Sites that vote."},
      static_cast<double>(log.members().electors().size()));
  one({"foreshift_epoch", gauge, "", "Number of the membership in force."},
      static_cast<double>(log.members().number().value));
  one({"foreshift_log_applied", counter, "", "Entries of the log that this site has applied."},
      static_cast<double>(log.applied().value));
  one({"foreshift_log_chosen", counter, "",
       "Entries of the log that this site knows to be chosen, without a gap."},
      static_cast<double>(replica.chosen_through().value));
  one({"foreshift_log_timestamp_seconds", gauge, "seconds", "The log's own time, since 1970."},
      to_seconds(log.log_time().time_since_epoch()));
  one({"foreshift_commands_waiting", gauge, "", "Commands of this site that the log has not answered."},
      static_cast<double>(replica.submitted()));
  one({"foreshift_leads", gauge, "", "1: this site is the distinguished proposer."}, replica.leads() ? 1 : 0);
  one({"foreshift_abstains", gauge, "", "1: this site only learns, because its storage has lost promises."},
      replica.abstains().holds() ? 1 : 0);
  one({"foreshift_halted", gauge, "", "1: this site has stopped for good and must be restarted."},
      driver.halted() ? 1 : 0);
  one({"foreshift_storage_damaged", gauge, "", "1: the storage has lost records."}, driver.damage() ? 1 : 0);
  one({"foreshift_messages_garbled", counter, "", "Messages of other sites that could not be decoded."},
      static_cast<double>(driver.garbled().total()));
}

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
