#include "replay_story.hpp"

#include "replay_run.hpp"
#include "text.hpp"

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <tuple>
#include <utility>

namespace tool {

namespace {

/// @pre it was agreed
std::string_view outcome_of(const proposal_story& p) {
  switch (p.fate) {
    case proposal_fate::migrated:
      return "migrated";
    case proposal_fate::failed:
      return "failed: the workload stayed where it was";
    case proposal_fate::rolled_back:
      return "rolled back";
    default:
      return std::ranges::any_of(p.events, &event_story::migration) ? "under way when the replay ended"
                                                                    : "not begun";
  }
}

std::string percent(double share) { return format_number(100.0 * share, 0) + " %"; }

/// What kept a proposal from being agreed, besides votes, in a sentence of its own.
std::string sentence_of(std::string_view refusal) {
  constexpr std::pair<std::string_view, std::string_view> known[] = {
      {"already_decided", "it had been decided before"},
      {"deadline_passed", "its time was over before the vote was"},
      {"evidence_falls_short", "the votes do not add up to what they were said to"},
      {"stale_epoch", "the members had changed since it was voted on"},
      {"stale_credit", "the weights had changed since it was voted on"},
      {"subset_moved_on", "authority over the workload had changed since it was made"},
      {"host_reserved", "another move to the same host was agreed first"},
      {"workload_moving", "an earlier move of the workload was still under way"}};
  for (const auto& [name, sentence] : known)
    if (name == refusal) return std::string{sentence};
  return spaced(refusal);
}

/// How the vote ended and what the log made of it: one is not the other, a late approval is a refusal.
std::string verdict_of(const proposal_story& p) {
  if (p.fate == proposal_fate::open) return "none: not decided when the replay ended";
  const std::string count = std::to_string(p.weight_in_favour) + " of " + std::to_string(p.weight_total) +
                            " in favour when the vote closed";
  const std::string needed = std::to_string(p.weight_needed) + " needed";
  std::string out;
  if (p.fate != proposal_fate::refused)
    out = "agreed: " + count + ", " + needed;
  else if (p.refusal == "voted_down")
    out = "refused by the vote: " + count + ", " + needed;
  else
    out = "refused" + std::string{p.weight_in_favour >= p.weight_needed ? " all the same" : ""} + ": " +
          sentence_of(p.refusal) + " (" + count + ", " + needed + ")";
  if (p.log_slot) out += "; log slot " + std::to_string(*p.log_slot);
  if (p.authority) out += ", authority token " + std::to_string(*p.authority);
  return out;
}

/// The vote in a word, and its reason without the word that it begins with.
std::string said(const vote_story& v) {
  constexpr std::pair<std::string_view, std::string_view> verdicts[] = {
      {"Accepted: ", "yes: "}, {"Rejected: ", "no: "}, {"Abstains: ", "abstains: "}};
  for (const auto& [verdict, word] : verdicts)
    if (v.reason.starts_with(verdict)) return std::string{word} + v.reason.substr(verdict.size());
  return (v.in_favour ? "yes: " : "no: ") + v.reason;
}

}  // namespace

std::string gap_note(const foreshift::placement::proposal& what) {
  const std::size_t hosts = what.wave.sources.size();
  const std::string together =
      hosts < 2 ? "" : "settled together for " + std::to_string(hosts) + " hosts in danger: ";
  if (what.gap < 5e-4)
    return together + (hosts < 2 ? "no admitted move costs less" : "no other choice costs less");
  if (what.gap > 0.995) return together + "no bound on what a better placement would save";
  char note[96];
  std::snprintf(note, sizeof note, "within %.1f %% of the best placement known to be possible",
                100 * what.gap);
  return together + note;
}

const proposal_story* most_telling(const policy_notes& notes, bool refused) {
  const proposal_story* best = nullptr;
  const auto better = [](const proposal_story& a, const proposal_story& b) {
    const bool vote_a = a.refusal == "voted_down", vote_b = b.refusal == "voted_down";
    if (vote_a != vote_b) return vote_a;
    const double avoided_a = a.avoided_minutes.value_or(0), avoided_b = b.avoided_minutes.value_or(0);
    if (avoided_a != avoided_b) return avoided_a > avoided_b;
    return a.expected_overload_minutes > b.expected_overload_minutes;
  };
  const auto contested = [](const proposal_story& p) {
    return std::any_of(p.votes.begin(), p.votes.end(), [](const vote_story& v) { return !v.in_favour; });
  };
  for (const auto& p : notes.proposals)
    if ((p.fate == proposal_fate::refused) == refused && p.fate != proposal_fate::open &&
        (!refused || contested(p)) && (best == nullptr || better(p, *best)))
      best = &p;
  return best;
}

std::vector<std::string> tell(const proposal_story& p, const replay_input& input) {
  const auto at = [&](std::size_t step) {
    const auto t = input.trace.start + static_cast<foreshift::duration::rep>(step + 1) * input.trace.step;
    std::string text = foreshift::format_time(t).substr(0, 16);
    text[10] = ' ';
    return text;
  };
  const auto host = [](foreshift::host_id h) { return "host " + std::to_string(h.value); };
  const auto site = [](foreshift::site_id s) { return "site " + std::to_string(s.value); };
  const auto site_of = [&](foreshift::host_id h) { return site({h.value % input.rules.sites}); };

  std::string names;
  for (std::size_t i = 0; i < p.workloads.size() && i < 5; ++i)
    names += (i > 0 ? ", " : "") + input.trace.workloads[p.workloads[i].value].name;
  if (p.workloads.size() > 5) names += " and " + std::to_string(p.workloads.size() - 5) + " more";

  std::vector<std::string> lines;
  lines.push_back(at(p.step) + "  " + site(p.sponsor) + " proposes (" + p.id + ") to move " + names +
                  " from " + host(p.from) + " (" + site_of(p.from) + ") to " + host(p.to) + " (" +
                  site_of(p.to) + ")");
  lines.push_back("forecast          " + host(p.from) + " overloaded with probability " +
                  percent(p.probability) + ", " + format_number(p.expected_overload_minutes, 0) +
                  " min expected" + (p.expected_first_step ? ", from " + at(*p.expected_first_step) : "") +
                  "; priority " + format_number(p.priority, 3));
  if (!p.placement_note.empty()) lines.push_back("placement         " + p.placement_note);
  for (std::size_t i = 0; i < p.rejected.size() && i < 3; ++i)
    lines.push_back("not taken         " + host(p.rejected[i].host) + ": " + p.rejected[i].reason);
  for (const auto& v : p.votes)
    lines.push_back("vote              " + site(v.site) + ", weight " + std::to_string(v.weight) + ": " +
                    said(v));
  lines.push_back("verdict           " + verdict_of(p));
  for (const auto& e : p.events) lines.push_back(at(e.step) + "  " + e.what);
  if (p.fate != proposal_fate::refused && p.fate != proposal_fate::open) {
    std::string end = "outcome           " + std::string{outcome_of(p)};
    if (p.promised_minutes)
      end += "; promised to avoid " + format_number(*p.promised_minutes, 0) + " min (" +
             format_number(p.promised_low, 0) + " to " + format_number(p.promised_high, 0) + ")";
    if (p.avoided_minutes) end += ", avoided " + format_number(*p.avoided_minutes, 0) + " min";
    lines.push_back(end);
  }
  return lines;
}

std::vector<const adjustment_story*> agreed_adjustments(const std::vector<adjustment_story>& all) {
  std::vector<const adjustment_story*> out;
  for (const auto& a : all)
    if (a.fate == proposal_fate::agreed) out.push_back(&a);
  std::ranges::stable_sort(out, {}, [](const adjustment_story* a) {
    const bool grows = a->cores_after > a->cores_before;
    return std::tuple{!grows, grows ? -a->risk_before : a->cores_after - a->cores_before};
  });
  return out;
}

}  // namespace tool
