// The results of a replay for people at a terminal.

#include "replay_run.hpp"
#include "text.hpp"

#include <foreshift/core/time.hpp>

#include <algorithm>
#include <functional>

namespace tool {

namespace {

std::string padded_left(std::string text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}
std::string padded_right(std::string text, std::size_t width) {
  return text.size() < width ? text + std::string(width - text.size(), ' ') : text;
}

std::string whole(double x) { return format_number(x, 1); }
std::string count(std::size_t n) { return std::to_string(n); }

struct line {
  const char* label;
  std::function<std::string(const policy_run&)> value;
};

const std::vector<line>& lines() {
  static const std::vector<line> all{
      {"overload, host-minutes", [](const auto& r) { return whole(r.figures.overload_minutes); }},
      {"avoided",
       [](const auto& r) {
         if (!r.figures.avoided_share || r.name == "none") return std::string{"-"};
         char text[32];
         std::snprintf(text, sizeof text, "%.1f %%", 100.0 * *r.figures.avoided_share);
         return std::string{text};
       }},
      {"episodes of overload", [](const auto& r) { return count(r.figures.episodes); }},
      {"prevented episodes", [](const auto& r) { return count(r.figures.prevented_episodes); }},
      {"median lead time, min",
       [](const auto& r) {
         const auto lead = r.figures.lead_minutes_median;
         return lead ? whole(*lead) : std::string{"-"};
       }},
      {"moves", [](const auto& r) { return count(r.figures.moves); }},
      {"  for nothing (false)", [](const auto& r) { return count(r.figures.false_moves); }},
      {"  ping-pong", [](const auto& r) { return count(r.figures.ping_pong); }},
      {"  rollbacks", [](const auto& r) { return count(r.figures.rollbacks); }},
      {"overload at destinations",
       [](const auto& r) { return whole(r.figures.destination_overload_minutes); }},
  };
  return all;
}

/// The agreed adjustments as a table, the first few.
std::string adjustments_table(const policy_run& run, const replay_input& input) {
  constexpr std::size_t rows_max = 8;
  const auto& all = run.notes.adjustments;
  if (all.empty()) return {};
  const auto agreed = agreed_adjustments(all);
  const auto share = [](double x) { return padded_left(format_number(100 * x, 2) + " %", 9); };
  std::size_t larger = 0, refused = 0;
  double before = 0, after = 0;
  for (const auto& a : all) refused += a.fate == proposal_fate::refused ? 1 : 0;
  for (const auto* a : agreed)
    larger += a->cores_after > a->cores_before ? 1 : 0, before += a->cores_before, after += a->cores_after;
  std::string out = "\nRecommended adjustments of " + run.name + ": " + count(agreed.size()) + " agreed (" +
                    count(larger) + " to more, " + count(agreed.size() - larger) + " to less), " +
                    count(refused) + " refused; " + format_number(before, 1) + " cores become " +
                    format_number(after, 1) + "; none is carried out\n";
  if (agreed.empty()) return out;
  out += "  " + padded_right("proposed", 18) + padded_right("workload", 16) + padded_right("class", 10) +
         padded_right("what it may use", 40) + "above it, share of the day: before, after\n";
  for (std::size_t i = 0; i < std::min(agreed.size(), rows_max); ++i) {
    const auto& a = *agreed[i];
    const auto at = input.trace.start + static_cast<foreshift::duration::rep>(a.step + 1) * input.trace.step;
    std::string moment = foreshift::format_time(at).substr(0, 16);
    std::ranges::replace(moment, 'T', ' ');
    out += "  " + padded_right(moment, 18) + padded_right(input.trace.workloads[a.workload.value].name, 16) +
           padded_right(a.of_class.empty() ? "-" : a.of_class, 10) + padded_right(a.what, 40) +
           share(a.risk_before) + share(a.risk_after) + "\n";
  }
  if (agreed.size() > rows_max) out += "  and " + count(agreed.size() - rows_max) + " more\n";
  return out;
}

}  // namespace

std::string replay_table(const replay_input& input, std::span<const policy_run> runs) {
  const auto& rules = input.rules;
  std::string out;
  out += input.source + ": " + count(input.trace.workloads.size()) + " workloads on " + count(rules.hosts) +
         " hosts in " + count(rules.sites) + (rules.sites == 1 ? " site, " : " sites, ") +
         count(input.trace.steps()) + " steps of " + format_duration(input.trace.step) + "\n";
  out += "overload: demand above " + format_number(100.0 * rules.limit, 1) + " % of " +
         format_number(rules.host_capacity, 3) + " cores; the first " + format_duration(rules.warm_up) +
         " are not scored; seed " + std::to_string(input.seed) + "\n\n";

  std::size_t label_width = 0;
  for (const auto& l : lines()) label_width = std::max(label_width, std::string_view{l.label}.size());
  const auto row = [&](const std::string& label, const auto& value) {
    std::string text = padded_right(label, label_width);
    for (const auto& run : runs) text += padded_left(value(run), 12);
    out += text + "\n";
  };
  row("", [](const policy_run& r) { return r.name; });
  for (const auto& l : lines()) row(l.label, l.value);

  for (const auto& run : runs)
    for (const bool refused : {false, true})
      if (const auto* story = most_telling(run.notes, refused)) {
        out += std::string{"\n"} + (refused ? "A refused" : "The most telling") + " proposal of " + run.name +
               "\n";
        for (const auto& text : tell(*story, input)) out += "  " + text + "\n";
      }
  for (const auto& run : runs) out += adjustments_table(run, input);
  return out;
}

}  // namespace tool
