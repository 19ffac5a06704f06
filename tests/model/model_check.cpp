/// Checks the agreement exhaustively within bounds, on the library's own classes.
///
/// Who opens which ballot is a schedule; all of them are searched, but for those that only rename sites of
/// equal weight. Prints the bounds, how many states there are, how fast they were found, and the verdict; on
/// a violation the shortest story that leads to it. Exit code 0: nothing broke and every state was seen; 1:
/// something broke; 2: bad use; 3: stopped at --states-max with nothing broken.

#include "mutation_table.hpp"
#include "search.hpp"
#include "stages.hpp"

#include "../consensus/mutants.hpp"

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

namespace {

constexpr const char* help = R"(model_check: every state of a small cluster of real replicas

  --sites N          2 to 4 (3)
  --weights W,W,..   one for each site (all 1)
  --ballots N        ballots opened by all sites together, by whom is searched (3)
  --schedule S,S,..  only: which site opens ballot 1, 2, ...
  --slots N          slots that clients use (1)
  --alpha N          slots open at a time (1)
  --crashes N        crashes of all sites together (0)
  --beats N          retransmission timers that run out (0)
  --prompt-disks     a sync completes at once
  --lazy-apply       applying what is chosen is an action, not done at once
  --partial-syncs    a sync may complete for a part of what is written
  --nacks --signs    also deliver refusals; signs of life that carry no news
  --no-news --no-catch-up  lose what tells of choices; what catches up with them
  --stage NAME       one of the bounded searches that the tests run; `list` lists them
  --quick            all of those that are small
  --table            each seeded bug: which checker finds it, after how many states or seeds
  --mutant NAME      seed a bug; `list` lists them
  --states-max N     stop there (1e9)
  --no-reduction     without the partial-order reduction
  --quiet            no story
)";

[[noreturn]] void refuse(const std::string& why) {
  std::cerr << "model_check: " << why << "; see --help\n";
  std::exit(2);
}
std::uint64_t whole(const std::string& text, std::uint64_t most) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);  // 1e8 is welcome
  if (text.empty() || *end != 0 || value < 0 || value > static_cast<double>(most))
    refuse("'" + text + "' is no number from 0 to " + std::to_string(most));
  return static_cast<std::uint64_t>(value);
}

std::vector<std::uint64_t> list(std::string text, std::uint64_t most) {
  std::vector<std::uint64_t> found;
  text += ',';
  for (std::size_t at = 0; at < text.size(); at = text.find(',', at) + 1)
    found.push_back(whole(text.substr(at, text.find(',', at) - at), most));
  return found;
}

/// One search per schedule, and what came of them.
model::findings check(const model::stage& one, const std::vector<std::uint64_t>& schedule,
                      std::size_t states_max, bool reduce, bool quiet) {
  using namespace model;
  bounds limits = limits_of(one);
  auto schedules = schedules_of(one);
  if (!schedule.empty()) schedules.assign(1, {});
  for (const auto site : schedule) {
    if (site < 1 || site > limits.electors.size()) refuse("a schedule names sites from 1 on");
    schedules[0].push_back(site - 1);
  }
  std::printf(
      "stage %s: %zu sites, %zu ballots, %llu slots, alpha %u, %llu crashes, %llu beats%s%s%s, mutant %s\n",
      one.name.data(), limits.electors.size(), schedules[0].size(),
      static_cast<unsigned long long>(limits.slots), limits.alpha,
      static_cast<unsigned long long>(limits.crashes), static_cast<unsigned long long>(limits.beats),
      limits.prompt_disks ? ", prompt disks" : "", limits.partial_syncs ? ", partial syncs" : "",
      limits.lazy_apply ? ", lazy apply" : "",
      consensus_test::info_of(consensus_test::detail::seeded).name.data());
  findings all;
  all.complete = true;
  for (const auto& who : schedules) {
    limits.schedule = who;
    const auto found = search<consensus_test::breakable_replica>{limits, reduce}.run(
        states_max - std::min(states_max, all.states), [&](std::size_t n) {
          if (!quiet) std::fprintf(stderr, "%zu states\r", n);
        });
    std::printf("  ballots of sites");
    for (const auto site : who) std::printf(" %zu", site + 1);
    std::printf(
        ": %zu states, depth %zu, %zu with a choice; %zu site states, %zu replicas, %zu messages, %zu "
        "steps; %.2f s\n",
        found.states, found.depth, found.choices, found.sites, found.replicas, found.letters, found.steps,
        found.seconds);
    std::fflush(stdout);
    all.states += found.states, all.seconds += found.seconds;
    all.complete &= found.complete;
    all.broken = found.broken, all.story = found.story;
    if (!all.broken.empty()) break;
  }
  for (std::size_t i = 0; !quiet && i < all.story.size(); ++i)
    std::printf("%3zu  %s\n", i + 1, all.story[i].c_str());
  std::printf("  %zu states, %.2f s, %.0f states/s: %s\n", all.states, all.seconds,
              static_cast<double>(all.states) / all.seconds,
              !all.broken.empty() ? all.broken.c_str()
              : all.complete      ? "nothing breaks"
                                  : "nothing broke as far as the search went");
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace model;
  bounds limits;
  std::size_t sites = 3, states_max = 1'000'000'000;
  std::uint64_t ballots = 3;
  std::vector<std::uint64_t> weights, schedule;
  std::string stage_name;
  bool reduce = true, quiet = false, quick = false, table = false;
  mutant bug = mutant::none;
  for (int k = 1; k < argc; ++k) {
    const std::string name = argv[k];
    const auto value = [&]() -> std::string {
      if (++k == argc) refuse(name + " needs a value");
      return argv[k];
    };
    if (name == "--help") return std::fputs(help, stdout), 0;
    if (name == "--sites")
      sites = whole(value(), sites_max);
    else if (name == "--weights")
      weights = list(value(), 1000);
    else if (name == "--schedule")
      schedule = list(value(), sites_max);
    else if (name == "--ballots")
      ballots = whole(value(), 8);
    else if (name == "--slots")
      limits.slots = whole(value(), 4);
    else if (name == "--alpha")
      limits.alpha = static_cast<std::uint32_t>(whole(value(), 4));
    else if (name == "--crashes")
      limits.crashes = whole(value(), 9);
    else if (name == "--beats")
      limits.beats = whole(value(), 9);
    else if (name == "--prompt-disks")
      limits.prompt_disks = true;
    else if (name == "--partial-syncs")
      limits.partial_syncs = true;
    else if (name == "--lazy-apply")
      limits.lazy_apply = true;
    else if (name == "--nacks")
      limits.network.nacks = true;
    else if (name == "--signs")
      limits.network.beats = true;
    else if (name == "--no-news")
      limits.network.news = false;
    else if (name == "--no-catch-up")
      limits.network.catch_up = false;
    else if (name == "--states-max")
      states_max = whole(value(), 4'000'000'000);
    else if (name == "--no-reduction")
      reduce = false;
    else if (name == "--quiet")
      quiet = true;
    else if (name == "--quick")
      quick = true;
    else if (name == "--table")
      table = true;
    else if (name == "--stage")
      stage_name = value();
    else if (name == "--mutant") {
      const auto asked = value();
      if (asked == "list") {
        for (const auto& one : consensus_test::mutants)
          std::printf("%-36s %s\n", std::string{one.name}.c_str(), std::string{one.says}.c_str());
        return 0;
      }
      const auto* known = consensus_test::find_mutant(asked);
      if (known == nullptr) refuse("no mutant is called '" + asked + "'");
      bug = known->what;
    } else
      refuse("'" + name + "' is no option");
  }
  const consensus_test::seed_bug seed{bug};
  if (table) return print_table();
  std::vector<stage> wanted;
  if (!stage_name.empty() || quick) {
    for (const auto& one : stages()) {
      if (stage_name == "list") std::printf("%-10s %s\n", one.name.data(), one.bounds.data());
      if (one.name == stage_name || (quick && one.quick)) wanted.push_back(one);
    }
    if (stage_name == "list") return 0;
    if (wanted.empty()) refuse("no stage is called '" + stage_name + "'");
  } else {
    if (weights.empty()) weights.assign(sites, 1);
    if (sites < 2 || weights.size() != sites) refuse("2 to 4 sites, and a weight for each");
    wanted.push_back({"given", "as given", weights, ballots, limits});
  }
  bool complete = true;
  for (const auto& one : wanted) {
    const auto found = check(one, schedule, states_max, reduce, quiet);
    complete &= found.complete;
    if (!found.broken.empty()) return 1;
  }
  return complete ? 0 : 3;
}
