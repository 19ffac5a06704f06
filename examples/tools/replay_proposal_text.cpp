// A proposal in sentences, for people at a terminal.

#include "replay_proposal.hpp"
#include "text.hpp"

#include <foreshift/core/time.hpp>
#include <foreshift/placement/proposal_codec.hpp>
#include <foreshift/placement/workload_kind.hpp>

#include <algorithm>
#include <string_view>
#include <variant>
#include <vector>

namespace tool {

using namespace foreshift;
using placement::proposal;

namespace {

std::string minutes(duration d) { return format_number(to_seconds(d) / 60, 1) + " min"; }
std::string percent(double share) { return format_number(100 * share, 2) + " %"; }
std::string site(site_id s) { return "site " + std::to_string(s.value); }
std::string host(const placement::location& at) { return "host " + std::to_string(at.host.value); }
std::string place(const placement::location& at) { return host(at) + " (" + site(at.site) + ")"; }
std::string moment(time_point t) {
  std::string text = format_time(t).substr(0, 16);
  std::ranges::replace(text, 'T', ' ');
  return text;
}
std::string amount(double x, resource what) {
  constexpr std::string_view units[] = {" cores", " bytes of memory", " bytes/s of network",
                                        " bytes/s of io"};
  return format_number(x, 3) + std::string{units[static_cast<std::size_t>(what)]};
}
std::string name_of_proposal(proposal_id id) {
  return site(id.sponsor) + " / " + std::to_string(id.sequence & 0xFFFFFFFFU);
}

/// Lines of `label  sentence`; a label that repeats stands once.
class lines {
 public:
  void add(std::string_view label, const std::string& sentence) {
    std::string start{label == last_ ? "" : label};
    last_ = label;
    text_ += start + std::string(start.size() < 18 ? 18 - start.size() : 1, ' ') + sentence + "\n";
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_, last_;
};

std::string action_of(const proposal& p, const std::string& workload) {
  if (const auto* m = std::get_if<placement::migrate>(&p.what))
    return "move " + workload + " from " + place(m->from) + " to " + place(m->to);
  if (const auto* s = std::get_if<placement::scale>(&p.what))
    return "run " + std::to_string(s->replicas) + " copies of " + workload + " of " +
           amount(p.why.limit, p.why.what) + " each, on " + place(s->at);
  const auto& r = std::get<placement::resize>(p.what);
  std::string out = "let " + workload + " on " + place(r.at) + " use";
  for (std::size_t i = 0; i < resource_count; ++i)
    if (const auto what = static_cast<resource>(i); r.limits[what] > 0 || r.requests[what] > 0)
      out += " " + amount(r.limits[what], what) + ", " + format_number(r.requests[what], 3) + " set aside;";
  if (out.back() == ';') out.pop_back();
  return out;
}

void tell_why(const proposal& p, const std::string& workload, lines& out) {
  const auto& w = p.why;
  if (const auto* m = std::get_if<placement::migrate>(&p.what)) {
    out.add("why", host(m->from) + " is over its limit of " + amount(w.limit, w.what) +
                       " within the horizon with probability " + percent(w.probability) + ", " +
                       minutes(w.expected_overload) + " expected, the first at about " + moment(w.breach_at));
    out.add("afterwards", host(m->from) + " with probability " + percent(w.probability_after) + ", " +
                              host(m->to) + ", by its paths, with " +
                              percent(w.destination_probability_after));
  } else {
    out.add("why", workload + " demands more than the " + amount(w.limit, w.what) + " that there are for " +
                       percent(w.probability) + " of the coming day, " + minutes(w.expected_overload));
    out.add("afterwards", "more than it may use then for " + percent(w.probability_after) + " of the day");
  }
  const auto& seen = w.recent;
  if (seen.values.empty())
    out.add("evidence", "no observations");
  else
    out.add("evidence", std::to_string(seen.size()) + " observations of " + workload + ", one every " +
                            format_duration(seen.step) + ", from " + moment(seen.start) + " to " +
                            moment(seen.end()) + "; the last is " + amount(seen.values.back(), w.what));
}

/// What was settled together, and whether the proof that the proposal carries adds up.
void tell_wave(const placement::relief_wave& w, lines& out) {
  if (w.sources.empty()) return;
  if (const auto fault = placement::fault_of(w)) {
    out.add("wave", "its proof does not hold: " + *fault);
    return;
  }
  out.add("wave", std::to_string(w.offers.size()) + " offers for " + std::to_string(w.sources.size()) +
                      (w.sources.size() == 1 ? " host" : " hosts") + " in danger: cost " +
                      format_number(w.cost, 4) + ", and by their prices none is below " +
                      format_number(w.bound, 4));
  for (const auto& s : w.sources) {
    std::string end = "stays as it is, at " + format_number(s.staying, 4);
    if (s.chosen != placement::relief_wave::stays) {
      const auto& o = w.offers[s.chosen];
      end = "workload " + std::to_string(o.workload.value) + " to host " +
            std::to_string(w.destinations[o.destination].host.value) + ", at " + format_number(o.cost, 4);
    }
    out.add("wave", "host " + std::to_string(s.host.value) + ": " + end);
  }
}

void tell_promise(const proposal& p, lines& out) {
  const auto& e = p.expected;
  std::string promised = minutes(e.overload_avoided) + " of overload avoided";
  if (sim::states_interval(e))
    promised +=
        ", between " + minutes(e.avoided_low) + " and " + minutes(e.avoided_high) +
        (std::holds_alternative<placement::migrate>(p.what) ? " in eight of ten of the sponsor's paths"
                                                            : " by the days that the sponsor has seen");
  else
    promised += " on the mean; no interval is stated";
  out.add("promise", promised + "; to be checked at " + moment(e.check_at));
  if (!std::holds_alternative<placement::migrate>(p.what)) return;
  out.add("gap", gap_note(p));
  tell_wave(p.wave, out);
  if (p.alternatives.empty()) out.add("not taken", "no other host was looked at");
  for (const auto& a : p.alternatives)
    out.add("not taken",
            place(a.to) + ": " + spaced(placement::name_of(a.why)) +
                (a.why == placement::rejection::costlier ? ", its cost is " + format_number(a.cost, 4) : ""));
}

std::string right(const std::string& text, std::size_t width) {
  return std::string(text.size() < width ? width - text.size() : 0, ' ') + text;
}

void tell_found(const proposal& p, const sim::proposal_check& found, const sim::move_check& moved,
                lines& out) {
  const auto& way = std::get<placement::migrate>(p.what);
  const auto row = [&](const std::string& name, duration sim::overload_time::*of) {
    std::string text = name + std::string(name.size() < 24 ? 24 - name.size() : 1, ' ');
    for (const auto* part : {&moved.horizon, &moved.rest})
      for (const auto* run : {&part->without, &part->with})
        text += right(format_number(to_seconds(run->*of) / 60, 1), 10);
    out.add("overload", text);
  };
  out.add("overload",
          std::string(24, ' ') + right("until the check,", 20) + right("to the trace's end,", 20));
  out.add("overload", "host-minutes            " + right("without", 10) + right("with", 10) +
                          right("without", 10) + right("with", 10));
  row(host(way.from) + ", source", &sim::overload_time::source);
  row(host(way.to) + ", destination", &sim::overload_time::destination);
  row("all hosts", &sim::overload_time::all);

  const auto avoided = moved.horizon.avoided();
  const auto& e = p.expected;
  std::string end =
      minutes(avoided) + " avoided at both ends, " + minutes(e.overload_avoided) + " promised: ";
  if (!found.whole)
    end += "the trace covers " + (found.judged > duration::zero() ? format_duration(found.judged) : "none") +
           " of the promise's time, so it cannot be said whether it was kept";
  else if (!found.kept)
    end += "no interval was promised that it could be held to";
  else
    end += std::string{"the promise was "} + (*found.kept ? "kept" : "not kept") + ", " +
           (avoided < e.avoided_low    ? "less than "
            : avoided > e.avoided_high ? "more than "
                                       : "within ") +
           minutes(e.avoided_low) + " to " + minutes(e.avoided_high);
  out.add("outcome", end);
}

void tell_found(const proposal& p, const sim::proposal_check& found, const sim::size_check& size,
                const std::string& workload, lines& out) {
  out.add("outcome", (found.whole ? "" : "as far as the trace goes, ") + workload + " demanded more than " +
                         amount(size.before, p.why.what) + " for " + minutes(size.above_before) +
                         ", and more than " + amount(size.after, p.why.what) + " for " +
                         minutes(size.above_after) + ": " + minutes(size.avoided()) + " avoided, " +
                         minutes(p.expected.overload_avoided) + " promised");
  out.add("outcome",
          "the replay holds no workload to its size: every host has the same load with and without");
}

void tell_trial(const proposal& p, const proposal_trial& trial, const std::string& workload, lines& out) {
  const auto& input = trial.input;
  const auto& found = trial.found;
  const auto at = input.trace.start + static_cast<duration::rep>(found.decided + 1) * input.trace.step;
  out.add("replay", input.source + ", seed " + std::to_string(input.seed) + ", " + moment(at) + ": " +
                        (trial.policy_before == "none" ? "nothing has moved before"
                                                       : "after " + std::to_string(trial.moves_before) +
                                                             " moves of " + trial.policy_before) +
                        "; this action is taken and no other");
  if (const auto* moved = std::get_if<sim::move_check>(&found.found))
    tell_found(p, found, *moved, out);
  else
    tell_found(p, found, std::get<sim::size_check>(found.found), workload, out);
}

}  // namespace

std::string proposal_text(const proposal& p, const proposal_trial* trial) {
  const auto workload = trial != nullptr ? trial->input.trace.workloads[p.workload.value].name
                                         : "workload " + std::to_string(p.workload.value);
  lines out;
  out.add("proposal", to_hex(placement::proposal_digest(p)));
  out.add("who", site(p.id.sponsor) + ", its proposal " + std::to_string(p.id.sequence & 0xFFFFFFFFU) +
                     ", for subset " + std::to_string(p.subset.value) +
                     (p.reverses.sequence == 0
                          ? ""
                          : "; it takes back or sends on what " + name_of_proposal(p.reverses) + " moved"));
  out.add("when", moment(p.made_at) + format_time(p.made_at).substr(16, 3));
  out.add("what", action_of(p, workload));
  out.add("urgency", "priority " + format_number(p.priority, 3) + ", criticality " +
                         std::to_string(p.criticality) +
                         (p.workload_class == class_id{}
                              ? ""
                              : "; " + workload + " is of class " + placement::class_name(p.workload_class)));
  tell_why(p, workload, out);
  tell_promise(p, out);
  if (trial != nullptr)
    tell_trial(p, *trial, workload, out);
  else
    out.add("replay", "none: say which fleet it is of, --trace FILE or --seed N, to see what came of it");
  return out.text();
}

}  // namespace tool
