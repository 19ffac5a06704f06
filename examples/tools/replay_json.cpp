// The results of a replay for programs.
//
//   version, seed             of the program and of everything drawn at random
//   trace                     source, start, step_minutes, steps, workloads
//   scenario                  the rules of the replay:
//     sites, hosts, host_capacity, limit, start_fill, warm_up_minutes, move_cost, moves_per_hour,
//     judged_within_minutes, ping_pong_within_minutes
//   policies                  a list in the order asked for, each with
//     name
//     overload_minutes        host-minutes with demand above the limit, costs of moves included
//     avoided_share           1 - overload_minutes / those of `none`; null where `none` had no overload
//     moves                   all of them
//     false_moves             those without which there would not have been any overload in time
//     episodes                times a host went over the limit
//     prevented_episodes      times a host would have gone over the limit and did not
//     lead_minutes_median     from the decision to the begin of a prevented episode; null without one
//     destination_overload_minutes
//                             host-minutes over the limit because of what the host had taken
//     ping_pong               moves of a workload moved shortly before
//     rollbacks               moves taken back
//     proposals               of foreshift with --save-proposals: moves and adjustments in the order of their
//                             making, each with file and digest (SHA-256 of the file)
//     adjustments             recommended sizes and copies, which nothing carries out; a list in the order of
//                             their making, each with step, site, workload, class, what, cores_before,
//                             cores_after, risk_before and risk_after (shares of the coming day with demand
//                             above them), in_favour and against (sites), fate (open, refused, agreed), and
//                             the first objection, empty without one
//
// The exact definitions are those of foreshift::sim::run_figures. Nothing depends on the time of day.

#include "replay_run.hpp"

#include <foreshift/core/config.hpp>
#include <foreshift/core/time.hpp>

#include <nlohmann/json.hpp>

#include <optional>

namespace tool {

namespace {

using json = nlohmann::ordered_json;

double minutes(foreshift::duration d) { return foreshift::to_seconds(d) / 60.0; }
json or_null(std::optional<double> x) { return x ? json(*x) : json(nullptr); }

json adjustments_of(const policy_run& run, const replay_input& input) {
  json out = json::array();
  for (const auto& a : run.notes.adjustments)
    out.push_back({{"step", a.step},
                   {"site", a.sponsor.value},
                   {"workload", input.trace.workloads[a.workload.value].name},
                   {"class", a.of_class},
                   {"what", a.what},
                   {"cores_before", a.cores_before},
                   {"cores_after", a.cores_after},
                   {"risk_before", a.risk_before},
                   {"risk_after", a.risk_after},
                   {"in_favour", a.in_favour},
                   {"against", a.against},
                   {"fate", a.fate == proposal_fate::agreed    ? "agreed"
                            : a.fate == proposal_fate::refused ? "refused"
                                                               : "open"},
                   {"objection", a.objection}});
  return out;
}

}  // namespace

std::string replay_json(const replay_input& input, std::span<const policy_run> runs) {
  json out;
  out["version"] = FORESHIFT_VERSION;
  out["seed"] = input.seed;
  out["trace"] = {{"source", input.source},
                  {"start", foreshift::format_time(input.trace.start)},
                  {"step_minutes", minutes(input.trace.step)},
                  {"steps", input.trace.steps()},
                  {"workloads", input.trace.workloads.size()}};
  const auto& rules = input.rules;
  out["scenario"] = {{"sites", rules.sites},
                     {"hosts", rules.hosts},
                     {"host_capacity", rules.host_capacity},
                     {"limit", rules.limit},
                     {"start_fill", rules.start_fill},
                     {"warm_up_minutes", minutes(rules.warm_up)},
                     {"move_cost", rules.move_cost},
                     {"moves_per_hour", rules.moves_per_hour},
                     {"judged_within_minutes", minutes(rules.judged_within)},
                     {"ping_pong_within_minutes", minutes(rules.ping_pong_within)}};
  out["policies"] = json::array();
  for (const auto& run : runs) {
    const auto& f = run.figures;
    out["policies"].push_back({{"name", run.name},
                               {"overload_minutes", f.overload_minutes},
                               {"avoided_share", or_null(f.avoided_share)},
                               {"moves", f.moves},
                               {"false_moves", f.false_moves},
                               {"episodes", f.episodes},
                               {"prevented_episodes", f.prevented_episodes},
                               {"lead_minutes_median", or_null(f.lead_minutes_median)},
                               {"destination_overload_minutes", f.destination_overload_minutes},
                               {"ping_pong", f.ping_pong},
                               {"rollbacks", f.rollbacks},
                               {"adjustments", adjustments_of(run, input)}});
    if (input.folder == nullptr || run.name != "foreshift") continue;
    auto& saved = out["policies"].back()["proposals"] = json::array();
    for (const auto& one : input.folder->saved())
      saved.push_back({{"file", one.file}, {"digest", foreshift::to_hex(one.digest)}});
  }
  // A name from a file may not be UTF-8; what is not is replaced.
  return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace tool
