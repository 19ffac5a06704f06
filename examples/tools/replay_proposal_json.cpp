// A proposal and its replay for programs.
//
//   version               of the program
//   proposal
//     digest              SHA-256 of the file
//     site, number        who made it; reverses: the proposal it takes back or sends on (site, number), or
//     null made_at, subset, workload (id, name: null without a fleet), class (null: not known), criticality,
//     priority action              kind: migrate (from, to), resize (at, limits, requests by resource), scale
//     (at,
//                         replicas); a place is site and host
//     why                 probability, expected_overload_minutes, breach_at, limit, resource,
//                         probability_after, destination_probability_after; recent: start, step_minutes,
//                         values
//     promise             avoided_minutes, low, high (null without an interval), check_at
//     gap
//     wave                null where it was chosen alone; cost, bound, fault (of the proof, null: none);
//     sources:
//                         host, staying, floor, chosen (an offer, null: stays); destinations: host, price;
//                         offers: source, destination, workload, cost (the first two count from 0)

//     alternatives        a list: site, host, reason, cost (null unless costlier)
//   replay                null without a fleet
//     source, seed, moves_before (policy, moves), decided (step), judged_minutes, whole (the trace covers the
//     promise's time), kept (null: cannot be said)
//     of a move           until_check and to_end, each with overload_minutes without and with (source,
//                         destination, all) and avoided_minutes (at both ends)
//     of a size           cores_before, cores_after, above_before_minutes, above_after_minutes

#include "replay_proposal.hpp"

#include <foreshift/core/config.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/placement/proposal_codec.hpp>
#include <foreshift/placement/workload_kind.hpp>

#include <nlohmann/json.hpp>

#include <cmath>
#include <variant>

namespace tool {

using namespace foreshift;
using placement::proposal;

namespace {

using json = nlohmann::ordered_json;

double minutes(duration d) { return to_seconds(d) / 60.0; }
json place(const placement::location& at) { return {{"site", at.site.value}, {"host", at.host.value}}; }
json id_of(proposal_id id) { return {{"site", id.sponsor.value}, {"number", id.sequence & 0xFFFFFFFFU}}; }
json amounts(const resources& of) {
  json out;
  for (std::size_t i = 0; i < resource_count; ++i)
    out[std::string{name_of(static_cast<resource>(i))}] = of.amount[i];
  return out;
}

json action_of(const proposal& p) {
  if (const auto* m = std::get_if<placement::migrate>(&p.what))
    return {{"kind", "migrate"}, {"from", place(m->from)}, {"to", place(m->to)}};
  if (const auto* s = std::get_if<placement::scale>(&p.what))
    return {{"kind", "scale"}, {"at", place(s->at)}, {"replicas", s->replicas}};
  const auto& r = std::get<placement::resize>(p.what);
  return {{"kind", "resize"},
          {"at", place(r.at)},
          {"limits", amounts(r.limits)},
          {"requests", amounts(r.requests)}};
}

json why_of(const placement::evidence& w) {
  json values = json::array();
  for (const double x : w.recent.values) values.push_back(std::isnan(x) ? json(nullptr) : json(x));
  return {{"probability", w.probability},
          {"expected_overload_minutes", minutes(w.expected_overload)},
          {"breach_at", format_time(w.breach_at)},
          {"limit", w.limit},
          {"resource", name_of(w.what)},
          {"probability_after", w.probability_after},
          {"destination_probability_after", w.destination_probability_after},
          {"recent",
           {{"start", format_time(w.recent.start)},
            {"step_minutes", minutes(w.recent.step)},
            {"values", std::move(values)}}}};
}

json wave_of(const placement::relief_wave& w) {
  if (w.sources.empty()) return nullptr;
  const auto fault = placement::fault_of(w);
  json out = {{"cost", w.cost}, {"bound", w.bound}, {"fault", fault ? json(*fault) : json(nullptr)}};
  out["sources"] = out["destinations"] = out["offers"] = json::array();
  for (const auto& s : w.sources)
    out["sources"].push_back(
        {{"host", s.host.value},
         {"staying", s.staying},
         {"floor", s.floor},
         {"chosen", s.chosen == placement::relief_wave::stays ? json(nullptr) : json(s.chosen)}});
  for (const auto& d : w.destinations)
    out["destinations"].push_back({{"host", d.host.value}, {"price", d.price}});
  for (const auto& o : w.offers)
    out["offers"].push_back({{"source", o.source},
                             {"destination", o.destination},
                             {"workload", o.workload.value},
                             {"cost", o.cost}});
  return out;
}

json proposal_of(const proposal& p, const proposal_trial* trial) {
  json workload = {{"id", p.workload.value}, {"name", nullptr}};
  if (trial != nullptr) workload["name"] = trial->input.trace.workloads[p.workload.value].name;
  const bool interval = sim::states_interval(p.expected);
  const auto bound = [&](duration d) { return interval ? json(minutes(d)) : json(nullptr); };
  json out = {{"digest", to_hex(placement::proposal_digest(p))}};
  out.update(id_of(p.id));
  out["reverses"] = p.reverses.sequence == 0 ? json(nullptr) : id_of(p.reverses);
  out["made_at"] = format_time(p.made_at);
  out["subset"] = p.subset.value;
  out["workload"] = std::move(workload);
  out["class"] =
      p.workload_class == class_id{} ? json(nullptr) : json(placement::class_name(p.workload_class));
  out["criticality"] = p.criticality;
  out["priority"] = p.priority;
  out["action"] = action_of(p);
  out["why"] = why_of(p.why);
  out["promise"] = {{"avoided_minutes", minutes(p.expected.overload_avoided)},
                    {"low", bound(p.expected.avoided_low)},
                    {"high", bound(p.expected.avoided_high)},
                    {"check_at", format_time(p.expected.check_at)}};
  out["gap"] = p.gap;
  out["wave"] = wave_of(p.wave);
  out["alternatives"] = json::array();
  for (const auto& a : p.alternatives) {
    json one = place(a.to);
    one["reason"] = placement::name_of(a.why);
    one["cost"] = a.why == placement::rejection::costlier ? json(a.cost) : json(nullptr);
    out["alternatives"].push_back(std::move(one));
  }
  return out;
}

json compared(const sim::overload_compared& c) {
  const auto all = [](const sim::overload_time& t) -> json {
    return {{"source", minutes(t.source)}, {"destination", minutes(t.destination)}, {"all", minutes(t.all)}};
  };
  return {{"without", all(c.without)}, {"with", all(c.with)}, {"avoided_minutes", minutes(c.avoided())}};
}

json trial_of(const proposal_trial& t) {
  const auto& found = t.found;
  json out = {{"source", t.input.source},
              {"seed", t.input.seed},
              {"moves_before", {{"policy", t.policy_before}, {"moves", t.moves_before}}},
              {"decided", found.decided},
              {"judged_minutes", minutes(found.judged)},
              {"whole", found.whole},
              {"kept", found.kept ? json(*found.kept) : json(nullptr)}};
  if (const auto* moved = std::get_if<sim::move_check>(&found.found)) {
    out["until_check"] = compared(moved->horizon);
    out["to_end"] = compared(moved->rest);
  } else {
    const auto& size = std::get<sim::size_check>(found.found);
    out["cores_before"] = size.before;
    out["cores_after"] = size.after;
    out["above_before_minutes"] = minutes(size.above_before);
    out["above_after_minutes"] = minutes(size.above_after);
  }
  return out;
}

}  // namespace

std::string proposal_json(const proposal& p, const proposal_trial* trial) {
  json out;
  out["version"] = FORESHIFT_VERSION;
  out["proposal"] = proposal_of(p, trial);
  out["replay"] = trial == nullptr ? json(nullptr) : trial_of(*trial);
  // A name from a file may not be UTF-8; what is not is replaced.
  return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace tool
