#include "smc_agent.hpp"

#include <foreshift/consensus/state_machine.hpp>
#include <foreshift/forecast/scenario.hpp>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

template class foreshift::driver::agent<tool::smc_host, tool::smc_forecaster,
                                        foreshift::anomaly::standard_ensemble,
                                        foreshift::placement::best_fit<>>;  // here, and nowhere else

namespace tool {

namespace consensus = foreshift::consensus;
namespace driver = foreshift::driver;
namespace forecast = foreshift::forecast;
using foreshift::duration;
using foreshift::site_id;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t path_count = 128;

/// The usual share of the votes where f silent sites leave that much, and more than half where they do not.
consensus::genesis start_of(const fleet_file& fleet) {
  std::vector<site_id> members;
  for (std::size_t s = 0; s < fleet.sites.size(); ++s) members.push_back({s + 1});
  consensus::genesis out{consensus::uniform_epoch(members), {}, {}, {}};
  out.credits.standard = consensus::credit{5};
  if (consensus::blocked_by_silence(out.members, out.credits))
    out.members = consensus::uniform_epoch(members, {.theta = consensus::permille{500}});
  out.log_time = {.per_entry = 1h, .per_window = 24h, .window = 16};
  std::vector<foreshift::place_id> everywhere;
  for (const auto& h : fleet.known.hosts()) everywhere.push_back({h.id.value});
  for (const auto& w : fleet.known.workloads())
    out.subsets.push_back({{w.subset, w.name, {w.id}, everywhere}, fleet.known.find(w.host)->site});
  return out;
}

std::size_t season_steps(const fleet_file& fleet) {
  return static_cast<std::size_t>(fleet.season / fleet.step);
}

driver::agent_options options_of(const fleet_file& fleet, site_id self, std::uint64_t seed,
                                 const consensus::genesis& start) {
  const auto times = times_of(fleet);
  foreshift::random_stream random{seed, 71};
  driver::agent_options o;
  o.collect = times.collect, o.settle = times.settle;
  o.book = {.step = fleet.step,
            .horizon = fleet.horizon,
            .history_max = std::clamp<std::size_t>(3 * season_steps(fleet), 864, 4032),
            .plan = forecast::make_scenario_plan({.count = path_count, .ages_max = 128}, random)};
  o.outlook.watch = {.fast_steps = std::max<std::size_t>(fleet.horizon / 2, 1),
                     .slow_steps = fleet.horizon,
                     .season_length = season_steps(fleet)};
  // As in the replay, where they were chosen: what is refused is proposed anew at the next step.
  o.planner.trigger.fast = {
      .p_on = 0.07, .p_off = 0.07, .looks = 1, .cool_down = duration::zero(), .repeat_after = {}};
  o.planner.trigger.slow = o.planner.trigger.fast;
  o.planner.trigger.benefit_min = o.planner.trigger.cool_down = duration::zero();
  o.planner.judgement.source_probability_min = 0.03;
  o.planner.limit_permille = static_cast<std::uint32_t>(fleet.limit * 1000 + 0.5);
  o.adjuster.every = 24h;
  o.budget.share = std::min(fleet.moves_per_hour / static_cast<double>(fleet.known.workloads().size()), 1.0);
  o.mover.executor = {.patience = {.retry = 1s, .retry_max = 10s},
                      .query_every = 5s,
                      .fence_within = 2min,
                      .give_up_after = 15min,
                      .overdue_after = 5min};
  o.score.weighting.cap = {.silent = start.members.tolerated(),
                           .numerator = 1000 - start.members.theta_max().value,
                           .denominator = 1000};
  o.replica.members = start.members;
  o.replica.seed = seed;
  // A step's forecasts hold a site up; nobody is to take that for its end.
  o.replica.times = {.heartbeat = 250ms, .retransmit = 500ms, .election_timeout = 2500ms};
  return o.belong_to(self);
}

}  // namespace

smc_times times_of(const fleet_file& fleet) {
  return {std::min<duration>(fleet.step / 4, 15s), std::min<duration>(fleet.step / 8, 5s)};
}

foreshift::result<std::unique_ptr<smc_agent>, driver::driver_error> start_agent(
    const fleet_file& fleet, site_id self, std::uint64_t seed, foreshift::telemetry::calendar announced,
    smc_host& host) {
  const auto start = start_of(fleet);
  const smc_forecaster models{.inner = {.season_length = season_steps(fleet), .horizon = fleet.horizon},
                              .horizon = fleet.horizon,
                              .errors_kept = 128,
                              .lower = 0};
  // What decides between equals is to stay small beside a horizon that is shorter than the replay's half
  // hour.
  foreshift::placement::best_fit<> selector;
  selector.objective.spread = foreshift::to_seconds(static_cast<duration::rep>(fleet.horizon) * fleet.step) /
                              foreshift::to_seconds(30min);
  return smc_agent::start(options_of(fleet, self, seed, start), {fleet.known, std::move(announced), start},
                          host, models, foreshift::anomaly::make_standard_ensemble(), selector);
}

}  // namespace tool
