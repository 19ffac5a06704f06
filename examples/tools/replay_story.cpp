#include "replay_story.hpp"

#include "replay_run.hpp"
#include "text.hpp"

#include <algorithm>
#include <string_view>

namespace tool {

namespace {

std::string_view name_of(proposal_fate fate) {
  constexpr std::string_view names[] = {"refused", "agreed, not begun", "migrated", "failed", "rolled back"};
  return names[static_cast<std::size_t>(fate)];
}

std::string percent(double share) { return format_number(100.0 * share, 0) + " %"; }

}  // namespace

const proposal_story* most_telling(const policy_notes& notes, bool refused) {
  const proposal_story* best = nullptr;
  const auto better = [](const proposal_story& a, const proposal_story& b) {
    const double avoided_a = a.avoided_minutes.value_or(0), avoided_b = b.avoided_minutes.value_or(0);
    if (avoided_a != avoided_b) return avoided_a > avoided_b;
    return a.expected_overload_minutes > b.expected_overload_minutes;
  };
  const auto voted_down = [](const proposal_story& p) {
    return std::any_of(p.votes.begin(), p.votes.end(), [](const vote_story& v) { return !v.in_favour; });
  };
  for (const auto& p : notes.proposals)
    if ((p.fate == proposal_fate::refused) == refused && (!refused || voted_down(p)) &&
        (best == nullptr || better(p, *best)))
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
                    (v.in_favour ? "yes, " : "no, ") + v.reason);
  lines.push_back("verdict           " + std::to_string(p.weight_in_favour) + " of " +
                  std::to_string(p.weight_total) + " in favour, " + std::to_string(p.weight_needed) +
                  " needed: " + (p.fate == proposal_fate::refused ? "refused" : "agreed") +
                  (p.log_slot ? ", log slot " + std::to_string(*p.log_slot) : "") +
                  (p.authority ? ", authority token " + std::to_string(*p.authority) : ""));
  for (const auto& e : p.events) lines.push_back(at(e.step) + "  " + e.what);
  if (p.fate != proposal_fate::refused) {
    std::string end = "outcome           " + std::string{name_of(p.fate)};
    if (p.promised_minutes) end += "; promised to avoid " + format_number(*p.promised_minutes, 0) + " min";
    if (p.avoided_minutes) end += ", avoided " + format_number(*p.avoided_minutes, 0) + " min";
    lines.push_back(end + (p.check.empty() ? "" : ": " + p.check));
  }
  return lines;
}

}  // namespace tool
