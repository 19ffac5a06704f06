/// Checks authority, fencing and migration intents exhaustively within bounds, on the library's own classes.
///
/// authority_check                                         what every run of the tests checks: each style
/// with
///                                                         all rules, and each rule left out, which must show
/// authority_check STYLE GRANTS RETRIES CRASHES RULE MOST  one search, with its story; RULE `none`: all rules
///
/// Exit code 0: as it should be; 1: not; 2: bad use.

#include "authority_model.hpp"

#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace {

using namespace model::authority;

bool check(bounds limits, std::size_t states_max, std::string_view name, bool tell) {
  const auto begin = std::clock();
  search all{limits};
  const auto found = all.run(states_max);
  const bool expected = (limits.rule == left_out::nothing) == found.broken.empty();
  std::printf(
      "%s, %d grants, %d retries a site, %d crashes, left out: %s: %zu states%s, %zu settled, %zu suspect, "
      "%s%.1f s: %s%s\n",
      limits.how == foreshift::migration::style::one_step ? "one_step" : "two_step", limits.grants,
      limits.ticks, limits.crashes, name.data(), found.states, found.complete ? " (all)" : "", found.settled,
      found.suspect, found.complete && found.stuck == 0 ? "every state can settle, " : "",
      static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC,
      found.broken.empty() ? "nothing breaks" : found.broken.c_str(), expected ? "" : "  UNEXPECTED");
  std::fflush(stdout);
  if (!expected || tell)
    for (const auto& line : found.story) std::printf("    %s\n", line.c_str());
  return expected;
}

}  // namespace

int main(int argc, char** argv) {
  using foreshift::migration::style;
  if (argc == 7) {
    const std::string_view how = argv[1], rule = argv[5];
    bounds limits{how == "one_step" ? style::one_step : style::two_step, std::atoi(argv[2]),
                  std::atoi(argv[3]), std::atoi(argv[4]), left_out::nothing};
    for (const auto& one : rules)
      if (one.name == rule) limits.rule = one.what;
    if (how != "one_step" && how != "two_step") return std::puts("authority_check: one_step or two_step"), 2;
    if (limits.rule == left_out::nothing && rule != "none")
      return std::puts("authority_check: no such rule"), 2;
    return check(limits, static_cast<std::size_t>(std::atof(argv[6])), rule, true) ? 0 : 1;
  }
  if (argc != 1) return std::puts("authority_check [STYLE GRANTS RETRIES CRASHES RULE MOST]"), 2;
  bool fine = true;
  for (const auto how : {style::one_step, style::two_step}) {
    fine &= check({how, 1, 0, 0, left_out::nothing}, 1'000'000, "none", false);  // to the end
    fine &= check({how, 2, 0, 0, left_out::nothing}, 1'000'000, "none", false);  // as far as it goes
    fine &= check({how, 1, 0, 1, left_out::nothing}, 300'000, "none", false);    // its owner crashes
    fine &=
        check({how, 2, 1, 0, left_out::nothing, true}, 300'000, "none", false);  // owners that do not wait
  }
  for (const auto& rule : rules) {
    // That something cannot end is seen when everything has been.
    const int grants = rule.what == left_out::every_query_answered ? 1 : 2;
    fine &= check({style::two_step, grants, 0, 0, rule.what}, 1'000'000, rule.name, false);
  }
  return fine ? 0 : 1;
}
