// The results of simulated seeds for people and for programs.
//
//   version, seeds {first, last, run}, sites, minutes, disk, mutant, faults_allowed
//   slots, messages           decided in the log, sent on the wire; of all seeds
//   recovery_seconds_max      of calm, until every site whose disk is whole had applied something new
//   faults                    how often each class struck
//   sometimes                 how often each occasion came up that has to come up now and then
//   broken                    null, or the seed, the promise, the smallest set of faults it breaks under, the
//                             command that runs it again, and the last events
//
// Nothing depends on the time of day.

#include "sim_report.hpp"
#include "text.hpp"

#include <foreshift/core/config.hpp>

#include <nlohmann/json.hpp>

#include <cstdio>

namespace tool {

using namespace foreshift::sim;

namespace {

std::string row(std::string_view name, std::uint64_t count) {
  char text[80];
  std::snprintf(text, sizeof text, "  %-24.*s %12llu\n", static_cast<int>(name.size()), name.data(),
                static_cast<unsigned long long>(count));
  return text;
}
double minutes_of(const sim_plan& plan) { return foreshift::to_seconds(plan.options.trouble) / 60; }

}  // namespace

std::string sim_table(const sim_plan& plan, const trial_totals& totals,
                      const std::optional<sim_failure>& failed) {
  std::string out = std::to_string(totals.seeds) + (totals.seeds == 1 ? " seed" : " seeds") + " from " +
                    std::to_string(plan.first) + ", " + std::to_string(plan.options.sites) + " sites, " +
                    format_number(minutes_of(plan), 6) + " min of faults each\n";
  out += row("slots decided", totals.slots) + row("messages sent", totals.messages);
  out += "  recovered within         " + format_number(foreshift::to_seconds(totals.recovery_max), 1) +
         " s of calm\n";
  out += "faults\n";
  for (const nemesis n : every_nemesis()) out += row(name_of(n), totals.faults[static_cast<std::size_t>(n)]);
  out += "sometimes\n";
  std::string missing;
  for (std::size_t i = 0; i < occasion_count; ++i) {
    const auto o = static_cast<occasion>(i);
    out += row(name_of(o), totals.seen.of(o));
    if (totals.seen.of(o) == 0) missing += (missing.empty() ? "" : ", ") + std::string{name_of(o)};
  }
  if (!missing.empty()) out += "never seen: " + missing + "\n";
  if (!failed) return out + "every promise held\n";
  out += "the last events of seed " + std::to_string(failed->seed) + "\n" + failed->outcome.story;
  out += "BROKEN in seed " + std::to_string(failed->seed) + ": " + failed->outcome.broken + "\n";
  out += "again: " + again(plan, failed->seed, plan.options.faults) + "\n";
  if (failed->faults != plan.options.faults)
    out += "fewer faults: " + again(plan, failed->seed, failed->faults) + "\n";
  return out;
}

std::string sim_json(const sim_plan& plan, const trial_totals& totals,
                     const std::optional<sim_failure>& failed) {
  using json = nlohmann::ordered_json;
  json out;
  out["version"] = FORESHIFT_VERSION;
  out["seeds"] = {{"first", plan.first}, {"last", plan.last}, {"run", totals.seeds}};
  out["sites"] = plan.options.sites;
  out["minutes"] = minutes_of(plan);
  out["disk"] = plan.disk;
  out["mutant"] = plan.mutant.empty() ? json(nullptr) : json(plan.mutant);
  out["faults_allowed"] = list_of(plan.options.faults);
  out["slots"] = totals.slots;
  out["messages"] = totals.messages;
  out["recovery_seconds_max"] = foreshift::to_seconds(totals.recovery_max);
  for (const nemesis n : every_nemesis())
    out["faults"][std::string{name_of(n)}] = totals.faults[static_cast<std::size_t>(n)];
  for (std::size_t i = 0; i < occasion_count; ++i)
    out["sometimes"][std::string{name_of(static_cast<occasion>(i))}] =
        totals.seen.of(static_cast<occasion>(i));
  out["broken"] = nullptr;
  if (failed)
    out["broken"] = {{"seed", failed->seed},
                     {"promise", failed->outcome.broken},
                     {"faults", list_of(failed->faults)},
                     {"again", again(plan, failed->seed, failed->faults)},
                     {"trace", failed->outcome.story}};
  return out.dump(2) + "\n";
}

}  // namespace tool
