// `foreshift replay`: one fleet, one scenario, several ways to decide who moves.

#include "command.hpp"
#include "files.hpp"
#include "option_checks.hpp"
#include "replay_options.hpp"
#include "replay_proposal.hpp"
#include "replay_run.hpp"
#include "text.hpp"

#include <foreshift/consensus/weight.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>

namespace tool {

namespace {

using foreshift::diagnostic;
using foreshift::excerpt;
using foreshift::failure;
using foreshift::result;

constexpr std::size_t hosts_max = 10'000;

}  // namespace

result<std::vector<policy_entry>, diagnostic> choose_policies(const std::vector<std::string>& names) {
  const auto known = known_policies();
  if (names.empty()) return std::vector<policy_entry>(known.begin(), known.end());
  std::vector<policy_entry> chosen;
  for (const auto& name : names) {
    const auto found =
        std::find_if(known.begin(), known.end(), [&](const auto& p) { return p.name == name; });
    if (found == known.end()) {
      std::string all;
      for (const auto& p : known) all += (all.empty() ? "" : ", ") + std::string{p.name};
      return wrong("--policy", "unknown: " + excerpt(name) + ": there is " + all);
    }
    const bool twice =
        std::any_of(chosen.begin(), chosen.end(), [&](const auto& p) { return p.name == name; });
    if (!twice) chosen.push_back(*found);
  }
  return chosen;
}

result<void, diagnostic> settle_hosts(replay_input& input, const foreshift::sim::demand_table& demand) {
  if (input.rules.hosts == 0) input.rules.hosts = foreshift::sim::hosts_needed(demand, input.rules);
  if (input.rules.hosts > hosts_max)
    return wrong("--capacity", "the fleet would need " + std::to_string(input.rules.hosts) +
                                   " hosts, more than " + std::to_string(hosts_max));
  if (const auto values = input.rules.hosts * demand.steps(); values > values_max)
    return wrong("--hosts", std::to_string(input.rules.hosts) + " over " + std::to_string(demand.steps()) +
                                " steps are " + std::to_string(values) + " values: at most " +
                                std::to_string(values_max));
  return {};
}

namespace {

/// An option of one kind of fleet, given with another, would be ignored: it is refused.
result<void, diagnostic> check_given(const CLI::App& c, const replay_options& o) {
  if (auto refused = refuse_without_prometheus(c); !refused) return refused;
  constexpr std::pair<const char*, const char*> of_recorded[] = {
      {"--step", "only for --trace: a generated fleet has steps of 5m"},
      {"--start", "only for --trace: a generated fleet has times of its own"},
      {"--size", "only for --trace: a generated fleet has sizes of its own"}};
  constexpr std::pair<const char*, const char*> of_generated[] = {
      {"--workloads", "not with --trace: the trace says which there are"},
      {"--days", "not with --trace: the trace says how long it is"},
      {"--white-noise", "not with --trace: it is for generated fleets"}};
  constexpr std::pair<const char*, const char*> not_of_a_server[] = {
      {"--trace", "not with --prometheus: one of them is the fleet"},
      {"--start", "not with --prometheus: --from says when it begins"},
      {"--workloads", "not with --prometheus: the server says which there are"},
      {"--days", "not with --prometheus: --from and --to say how long it is"},
      {"--white-noise", "not with --prometheus: it is for generated fleets"}};
  const auto refuse_given = [&](const auto& options) -> result<void, diagnostic> {
    for (const auto& [option, reason] : options)
      if (c.get_option(option)->count() > 0) return wrong(option, reason);
    return {};
  };
  if (!o.prometheus.url.empty()) return refuse_given(not_of_a_server);
  return o.trace.empty() ? refuse_given(of_recorded) : refuse_given(of_generated);
}

/// Whether an option of the group was given.
bool any_given(const CLI::App& c, const std::string& group) {
  return std::ranges::any_of(c.get_options(),
                             [&](const CLI::Option* o) { return o->get_group() == group && o->count() > 0; });
}

/// One proposal is replayed alone: what is said of a comparison would be ignored, and the other way round.
result<void, diagnostic> check_proposal_given(const CLI::App& c, bool one_proposal) {
  const auto given = [&](const char* option) { return c.get_option(option)->count() > 0; };
  for (const char* option :
       {"--policy", "--report", "--save-proposals", "--judged-within", "--ping-pong-within"})
    if (one_proposal && given(option))
      return wrong(option, "not with --proposal: it replays one proposal and compares no policies");
  if (one_proposal && given("--moves-per-hour") && !given("--moves-before"))
    return wrong("--moves-per-hour", "only with --moves-before: a proposal alone is always within it");
  if (!one_proposal && given("--moves-before"))
    return wrong("--moves-before", "only for --proposal: what moved before it");
  return {};
}

result<void, diagnostic> run(const replay_options& o) {
  const auto policies = choose_policies(o.policies);
  if (!policies) return failure{policies.error()};
  for (const auto* path : {&o.json, &o.report})
    if (!path->empty())
      if (const auto possible = can_write(*path); !possible) return possible;
  const bool foreshift_plays =
      std::ranges::any_of(*policies, [](const auto& p) { return p.name == "foreshift"; });
  if (!o.save_proposals.empty() && !foreshift_plays)
    return wrong("--save-proposals", "only the policy foreshift makes proposals: name it with --policy");
  auto input = read_input(o);
  if (!input) return failure{input.error()};

  const foreshift::sim::demand_table demand{input->trace};
  if (const auto settled = settle_hosts(*input, demand); !settled) return settled;
  if (!o.save_proposals.empty()) {
    auto folder = proposal_folder::open(o.save_proposals);
    if (!folder) return failure{folder.error()};
    input->folder = std::make_shared<proposal_folder>(*std::move(folder));
  }

  // Runs without moves first: the others are measured against it, asked for or not.
  policy_run without = known_policies().front().play(demand, *input, no_stop);
  without.figures = foreshift::sim::judge(without.record, demand, input->rules);
  std::vector<policy_run> runs;
  for (const auto& policy : *policies) {
    runs.push_back(policy.name == without.name ? without : policy.play(demand, *input, no_stop));
    runs.back().figures = foreshift::sim::judge(runs.back().record, demand, input->rules, &without.figures);
  }

  if (input->folder != nullptr && input->folder->error()) return failure{*input->folder->error()};
  if (!o.json.empty())
    if (const auto written = write_text(o.json, replay_json(*input, runs)); !written) return written;
  if (!o.report.empty())
    if (const auto written = write_text(o.report, replay_report(*input, runs)); !written) return written;
  std::fputs(replay_table(*input, runs).c_str(), stdout);
  return {};
}

}  // namespace

void add_replay(CLI::App& app, int& exit_status) {
  auto options = std::make_shared<replay_options>();
  auto& o = *options;
  auto& c =
      *app.add_subcommand("replay", "Replays a fleet's demand under several policies and compares them");
  c.footer(
      "Without --trace a fleet is generated from the seed: two weeks of daily and weekly patterns, noise, "
      "announced\n"
      "campaigns and maintenance, and memory leaks. A trace is CSV, name[,metric],v0,v1,..., a row for each "
      "workload\n"
      "and metric, in percent.\n\n"
      "  foreshift replay --trace trace.csv --report report.html\n"
      "  foreshift replay --prometheus http://localhost:9090 --from now-14d --map cadvisor\n\n"
      "Exit code 2: something given was wrong; the reason stands on standard error.");

  add_prometheus_options(c, o.prometheus);
  c.add_option("--trace", o.trace, "recorded fleet, - for standard input")->type_name("FILE")->group("Fleet");
  c.add_option("--step", o.step, "time between two values of the trace, or of what is asked for")
      ->type_name("TIME")
      ->capture_default_str()
      ->group("Fleet");
  c.add_option("--start", o.start, "time of the trace's first value, UTC")
      ->type_name("DATE")
      ->capture_default_str()
      ->group("Fleet");
  c.add_option("--size", o.size, "cores that 100 % in the trace stand for")
      ->check(within(0.001, 10'000.0))
      ->type_name("CORES")
      ->capture_default_str()
      ->group("Fleet");
  c.add_option("--calendar", o.calendar, "announced events, CSV start,end,kind,label or iCalendar")
      ->type_name("FILE")
      ->group("Fleet");
  c.add_option("--seed", o.seed, "of everything that is drawn at random")
      ->check(any_seed())
      ->type_name("N")
      ->capture_default_str()
      ->group("Fleet");
  c.add_option("--workloads", o.workloads, "workloads to generate")
      ->check(within(std::size_t{1}, std::size_t{10'000}))
      ->type_name("N")
      ->capture_default_str()
      ->group("Fleet");
  c.add_option("--days", o.days, "days to generate")
      ->check(within(std::size_t{1}, std::size_t{366}))
      ->type_name("N")
      ->capture_default_str()
      ->group("Fleet");
  c.add_flag("--white-noise", o.white_noise, "generate a fleet with nothing to predict")->group("Fleet");

  auto& r = o.rules;
  c.add_option("--sites", r.sites, "hosts are dealt to them in turn")
      ->check(
          within(std::size_t{1}, foreshift::consensus::site_count_max, "no more sites than that can agree"))
      ->type_name("N")
      ->capture_default_str()
      ->group("Scenario");
  c.add_option("--hosts", r.hosts,
               "how many; by default as many as the start needs, 24 for the generated fleet")
      ->check(within(std::size_t{1}, hosts_max))
      ->type_name("N")
      ->group("Scenario");
  c.add_option("--capacity", r.host_capacity, "of each host")
      ->check(within(0.01, 1e6))
      ->type_name("CORES")
      ->capture_default_str()
      ->group("Scenario");
  c.add_option("--limit", r.limit, "share of the capacity above which a host is overloaded")
      ->check(within(0.01, 1.0, "it is a share of the capacity"))
      ->type_name("SHARE")
      ->capture_default_str()
      ->group("Scenario");
  c.add_option("--start-fill", r.start_fill,
               "share of the capacity filled at the start, first fit decreasing")
      ->check(within(0.01, 10.0))
      ->type_name("SHARE")
      ->capture_default_str()
      ->group("Scenario");
  c.add_option("--warm-up", o.warm_up, "observed before the first decision, not scored")
      ->type_name("TIME")
      ->capture_default_str()
      ->group("Scenario");
  c.add_option("--move-cost", r.move_cost, "share of its demand that a moving workload adds on both ends")
      ->check(within(0.0, 10.0))
      ->type_name("SHARE")
      ->capture_default_str()
      ->group("Scenario");
  c.add_option("--moves-per-hour", r.moves_per_hour,
               "share of the workloads, at least one, that may move in any hour")
      ->check(within(0.0, 1.0))
      ->type_name("SHARE")
      ->capture_default_str()
      ->group("Scenario");
  c.add_option("--judged-within", o.judged_within, "how long a move answers for what follows")
      ->type_name("TIME")
      ->capture_default_str()
      ->group("Scenario");
  c.add_option("--ping-pong-within", o.ping_pong_within, "moved again so soon is ping-pong")
      ->type_name("TIME")
      ->capture_default_str()
      ->group("Scenario");

  std::string names;
  for (const auto& p : known_policies()) names += (names.empty() ? "" : ",") + std::string{p.name};
  c.add_option("--policy", o.policies, "which ones, separated by commas; by default " + names)
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAMES")
      ->group("Output");
  c.add_option("--json", o.json, "writes the figures for programs")->type_name("FILE")->group("Output");
  c.add_option("--report", o.report, "writes one self-contained HTML page")
      ->type_name("FILE")
      ->group("Output");

  c.add_option("--save-proposals", o.save_proposals,
               "writes every proposal of foreshift to a file of its own in this folder")
      ->type_name("DIR")
      ->group("Output");
  c.add_option("--proposal", o.proposal,
               "instead: tells such a file and, with options that say which fleet it is of, replays it alone")
      ->type_name("FILE")
      ->group("One proposal");
  c.add_option("--moves-before", o.moves_before, "policy whose moves until then are made as well")
      ->type_name("NAME")
      ->capture_default_str()
      ->group("One proposal");

  c.callback([options, &c, &exit_status] {
    auto done = check_given(c, *options);
    if (done) done = check_proposal_given(c, !options->proposal.empty());
    if (done && !options->proposal.empty())
      done = replay_proposal(*options,
                             any_given(c, "Fleet") || any_given(c, "Prometheus") || any_given(c, "Scenario"));
    else if (done)
      done = run(*options);
    if (!done) exit_status = refuse("replay: " + to_string(done.error()));
  });
}

}  // namespace tool
