// `foreshift sim`: seeds of the simulated cluster under faults, and which promise broke.

#include "command.hpp"
#include "files.hpp"
#include "option_checks.hpp"
#include "progress.hpp"
#include "sim_options.hpp"
#include "sim_report.hpp"
#include "sim_worlds.hpp"

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>

#include <cstdio>
#include <memory>
#include <optional>

namespace tool {

namespace {

using foreshift::diagnostic;
using foreshift::failure;
using foreshift::result;
using namespace foreshift::sim;

/// Leaves out one class of faults after the other, as long as something still breaks.
sim_failure narrowed(const sim_plan& plan, std::uint64_t seed, trial_outcome outcome) {
  sim_failure out{seed, std::move(outcome), plan.options.faults};
  for (const nemesis n : every_nemesis()) {
    if (!out.faults.has(n)) continue;
    auto options = plan.options;
    options.faults = out.faults;
    options.faults.erase(n);
    if (!plan.run(seed, options).broken.empty()) out.faults = options.faults;
  }
  return out;
}

result<int, diagnostic> run(const sim_options& said) {
  const auto plan = read_plan(said);
  if (!plan) return failure{plan.error()};
  if (!said.json.empty())
    if (const auto possible = can_write(said.json); !possible) return failure{possible.error()};

  trial_totals totals;
  std::optional<sim_failure> failed;
  {
    progress bar{"sim"};
    for (std::uint64_t seed = plan->first; seed <= plan->last && !failed; ++seed) {
      bar.at(seed - plan->first, plan->last - plan->first + 1);
      auto outcome = plan->run(seed, plan->options);
      totals += outcome;
      if (!outcome.broken.empty()) failed = narrowed(*plan, seed, std::move(outcome));
      if (seed == plan->last) break;  // the last number there is has no successor
    }
  }
  if (!said.json.empty())
    if (const auto written = write_text(said.json, sim_json(*plan, totals, failed)); !written)
      return failure{written.error()};
  std::fputs(sim_table(*plan, totals, failed).c_str(), stdout);
  return failed ? exit_no : exit_fine;
}

}  // namespace

void add_sim(CLI::App& app, int& exit_status) {
  auto options = std::make_shared<sim_options>();
  auto& o = *options;
  o.disk = known_disks().front().name;
  auto& c =
      *app.add_subcommand("sim", "Runs simulated sites under faults, by seed, and says which promise broke");
  c.footer(
      "Each seed runs whole sites - agreement, votes, transfers, migrations, clients - on a simulated "
      "network, "
      "disks and\n"
      "clocks, with some of the faults on, then waits for them to come to rest. The same seed tells the same "
      "story.\n"
      "The disks hold files, which the write-ahead log that hosts use writes; or, simpler, records.\n"
      "Faults: " +
      list_of(nemesis_set::all()) +
      ".\n\n"
      "  foreshift sim --seeds 1..1000 --sites 5 --faults partition,crash\n\n"
      "Exit code 0: every promise held; 1: one broke, and the output says which, with the seed, the last "
      "events and the\n"
      "command to see it again; 2: something given was wrong.");
  c.add_option("--seeds", o.seeds, "which ones, first..last")->type_name("A..B")->capture_default_str();
  c.add_option("--sites", o.sites, "members of the agreement, 3 to 7")
      ->check(within(std::size_t{3}, std::size_t{7}))
      ->type_name("N")
      ->capture_default_str();
  c.add_option("--minutes", o.minutes, "of simulated trouble for each seed, 0.05 to 600")
      ->check(within(0.05, 600.0))
      ->type_name("M")
      ->capture_default_str();
  c.add_option("--faults", o.faults, "the classes that may strike, separated by commas; by default all")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("LIST");
  c.add_option("--disk", o.disk, "what sites write on: files, or records")
      ->type_name("KIND")
      ->capture_default_str();
  c.add_option("--mutant", o.mutant, "a seeded bug to be caught; only in the program of the tests")
      ->type_name("NAME");
  c.add_option("--json", o.json, "writes the counts for programs")->type_name("FILE");
  c.callback([options, &exit_status] {
    const auto done = run(*options);
    exit_status = done ? *done : refuse("sim: " + to_string(done.error()));
  });
}

}  // namespace tool
