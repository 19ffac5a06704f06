// From what was said to `foreshift sim` to what it runs.

#include "option_error.hpp"
#include "sim_options.hpp"
#include "sim_worlds.hpp"
#include "text.hpp"

#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

namespace tool {

using foreshift::diagnostic;
using foreshift::excerpt;
using foreshift::failure;
using foreshift::result;
using foreshift::sim::every_nemesis;
using foreshift::sim::nemesis_set;

namespace {

constexpr std::uint64_t seeds_max = 10'000'000;

std::optional<std::uint64_t> parse_count(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional{value} : std::nullopt;
}

/// `7` or `1..100`.
std::optional<std::pair<std::uint64_t, std::uint64_t>> parse_range(std::string_view text) {
  const auto dots = text.find("..");
  const auto first = parse_count(text.substr(0, dots));
  const auto last = dots == std::string_view::npos ? first : parse_count(text.substr(dots + 2));
  if (!first || !last || *last < *first) return std::nullopt;
  return std::pair{*first, *last};
}

result<nemesis_set, diagnostic> parse_faults(const std::vector<std::string>& names) {
  if (names.empty()) return nemesis_set::all();
  nemesis_set out;
  for (const auto& name : names) {
    if (name == "none") {
      if (names.size() > 1) return wrong("--faults", "none and others cannot both be: leave one of them out");
      continue;
    }
    bool known = name == "all";
    if (known) out = nemesis_set::all();
    for (const auto n : every_nemesis())
      if (name == name_of(n)) out.insert(n), known = true;
    if (!known)
      return wrong("--faults",
                   "unknown: " + excerpt(name) + ": there is all, none, " + list_of(nemesis_set::all()));
  }
  return out;
}

}  // namespace

std::string list_of(nemesis_set faults) {
  std::string out;
  for (const auto n : every_nemesis())
    if (faults.has(n)) out += (out.empty() ? "" : ",") + std::string{name_of(n)};
  return out.empty() ? "none" : out;
}

std::string again(const sim_plan& plan, std::uint64_t seed, nemesis_set faults) {
  const double minutes = foreshift::to_seconds(plan.options.trouble) / 60;
  std::string out = "foreshift sim --seeds " + std::to_string(seed) + " --sites " +
                    std::to_string(plan.options.sites) + " --minutes " + format_number(minutes, 6);
  if (faults != nemesis_set::all()) out += " --faults " + list_of(faults);
  if (plan.disk != known_disks().front().name) out += " --disk " + plan.disk;
  if (!plan.mutant.empty()) out += " --mutant " + plan.mutant;
  return out;
}

result<sim_plan, diagnostic> read_plan(const sim_options& said) {
  sim_plan out;
  const auto range = parse_range(said.seeds);
  if (!range)
    return wrong("--seeds", "not a range of seeds: " + excerpt(said.seeds) +
                                ": write 1..100, or 7 for one, of 0 to 18446744073709551615");
  std::tie(out.first, out.last) = *range;
  if (out.last - out.first >= seeds_max)
    return wrong("--seeds", "more than " + std::to_string(seeds_max) + " seeds: run parts of the range");
  out.options.sites = said.sites;
  out.options.trouble = foreshift::duration{static_cast<std::int64_t>(std::llround(said.minutes * 60e9))};
  const auto faults = parse_faults(said.faults);
  if (!faults) return failure{faults.error()};
  out.options.faults = *faults;
  out.disk = said.disk;
  std::string names;
  for (const auto& d : known_disks()) {
    if (d.name == said.disk) out.run = d.run;
    names += (names.empty() ? "" : ", ") + std::string{d.name};
  }
  if (out.run == nullptr) return wrong("--disk", "unknown: " + excerpt(said.disk) + ": there is " + names);
  out.mutant = said.mutant;
  if (said.mutant.empty()) return out;
  names.clear();
  for (const auto& m : known_mutants()) {
    if (m.name == said.mutant) return out.run = m.run, out;
    names += (names.empty() ? "" : ", ") + std::string{m.name};
  }
  if (names.empty())
    return wrong("--mutant",
                 "this program holds no seeded bugs: run foreshift_sim_mutants, which the tests build");
  return wrong("--mutant", "unknown: " + excerpt(said.mutant) + ": there is " + names);
}

}  // namespace tool
