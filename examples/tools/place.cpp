// `foreshift place`: a fleet in, a better assignment of its workloads out, by the files of the machine
// reassignment challenge.

#include "command.hpp"
#include "files.hpp"
#include "fleet_reader.hpp"
#include "option_checks.hpp"
#include "option_error.hpp"
#include "place_report.hpp"
#include "tbb_executor.hpp"

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/placement/annealing.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

namespace tool {

namespace {

using foreshift::diagnostic;
using foreshift::failure;
using foreshift::result;
namespace placement = foreshift::placement;

struct place_options {
  std::string model, start, output, explain;
  double seconds = 10;
  std::uint64_t seed = 1, evaluations = 0;
  std::size_t threads = 1;
};

using instant = std::chrono::steady_clock::time_point;

placement::annealing_outcome search(const placement::reassignment& fleet, const place_options& o,
                                    instant begun) {
  const auto spent = [&](std::uint64_t made) {
    if (o.evaluations > 0) return static_cast<double>(made) / static_cast<double>(o.evaluations);
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begun;
    return passed.count() / o.seconds;
  };
  tbb_executor executor{o.threads};
  return placement::best_annealing(placement::annealing{}, fleet, o.seed, executor.threads(), executor,
                                   spent);
}

result<int, diagnostic> run(const place_options& o) {
  const auto begun = std::chrono::steady_clock::now();
  if (o.model.empty()) return wrong("-p", "which fleet? Name the model's file");
  if (o.start.empty()) return wrong("-i", "where does it run now? Name the assignment's file");
  if (o.output.empty()) return wrong("-o", "where is the new assignment to go?");
  if (o.output == "-" && o.explain == "-")
    return wrong("--explain", "not to standard output too: the assignment goes there");
  for (const auto* path : {&o.output, &o.explain})
    if (!path->empty())
      if (const auto possible = can_write(*path); !possible) return failure{possible.error()};
  const auto fleet = read_fleet(o.model, o.start);
  if (!fleet) return failure{fleet.error()};
  const auto found = search(*fleet, o, begun);
  if (const auto untrue = untrue_of(*fleet, found))
    return wrong("", "the search has gone wrong, and nothing is written: " + *untrue +
                         "; please report it with both files and the seed");
  std::string text;
  for (const auto host : found.where) text += (text.empty() ? "" : " ") + std::to_string(host);
  if (const auto written = write_result(o.output, text + "\n"); !written) return failure{written.error()};
  if (!o.explain.empty())
    if (const auto written = write_result(o.explain, explain_moves(*fleet, found.where)); !written)
      return failure{written.error()};
  const bool piped = o.output == "-" || o.explain == "-";
  std::fputs(describe_placement(*fleet, found).c_str(), piped ? stderr : stdout);
  return exit_fine;
}

}  // namespace

void add_place(CLI::App& app, int& exit_status) {
  auto options = std::make_shared<place_options>();
  auto& o = *options;
  auto& c =
      *app.add_subcommand("place", "Rearranges a whole fleet: where to, at what cost, and how good that is");
  c.footer(
      "The files are those of the ROADEF/EURO challenge 2012, machine reassignment: whole numbers between\n"
      "white space. The new assignment breaks no rule: capacities, also of what a moved workload still "
      "holds\n"
      "of transient resources at the host it leaves; services apart, spread over locations and beside what\n"
      "they depend on. It is checked anew before it is written. In which order to move is left open: two\n"
      "workloads that change places may need more of what is not transient, or stand beside another of "
      "their\n"
      "service, until both have moved.\n\n"
      "The gap is held against a bound that no assignment can be below: loads and balances as if all hosts\n"
      "were one. --explain writes a row for each move: what it saves, what forbids to take it back, the "
      "next\n"
      "best host and what that would cost more, and how many hosts each rule refuses. It looks at every "
      "host\n"
      "for every move, once the time is up: seconds where thousands move among thousands.\n\n"
      "With --evaluations, the same files, seed and threads give the same outcome each time the program "
      "runs;\n"
      "built for another kind of processor, whose sums may round differently, it may find another.\n\n"
      "  foreshift place -t 60 -p model_a1_2.txt -i assignment_a1_2.txt -o new.txt -s 1\n\n"
      "Exit code 0: fine; 2: something given was wrong. The reason stands on standard error.");
  const auto say = [&c](const char* group, const std::string& name, auto& value, const std::string& help,
                        const char* type) {
    return c.add_option(name, value, help)->type_name(type)->group(group);
  };
  say("Files", "-p,--model", o.model, "the fleet", "FILE");
  say("Files", "-i,--start", o.start, "where everything runs now", "FILE");
  say("Files", "-o,--output", o.output, "where the new assignment goes; - is standard output", "FILE");
  say("Files", "--explain", o.explain, "a row for each move, as CSV; - is standard output", "FILE");
  auto* seconds = say("Search", "-t,--time", o.seconds, "by the clock, reading the files included", "SECONDS")
                      ->check(within(0.01, 1e6))
                      ->capture_default_str();
  say("Search", "--evaluations", o.evaluations,
      "proposals to try in place of a time: the same outcome each time", "N")
      ->check(within(std::uint64_t{1}, std::uint64_t{1} << 50))
      ->excludes(seconds);
  say("Search", "-s,--seed", o.seed, "of the search; each thread takes the next", "N")
      ->check(any_seed())
      ->capture_default_str();
  say("Search", "--threads", o.threads, "searches side by side, of which the best is taken", "N")
      ->check(within(std::size_t{1}, std::size_t{1024}))
      ->capture_default_str();
  c.callback([options, &exit_status] {
    const auto done = run(*options);
    exit_status = done ? *done : refuse("place: " + to_string(done.error()));
  });
}

}  // namespace tool
