#include "replay_foreshift.hpp"

#include "replay_recorder.hpp"

#include <foreshift/anomaly/standard_ensemble.hpp>
#include <foreshift/driver/agent.hpp>
#include <foreshift/forecast/auto_forecaster.hpp>
#include <foreshift/forecast/backtested.hpp>
#include <foreshift/forecast/scenario.hpp>
#include <foreshift/placement/best_fit.hpp>
#include <foreshift/ports/host.hpp>
#include <foreshift/sim/clock.hpp>
#include <foreshift/sim/data_centre.hpp>
#include <foreshift/sim/network.hpp>
#include <foreshift/sim/orchestrator.hpp>
#include <foreshift/sim/storage.hpp>
#include <foreshift/sim/timer.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace tool {

using namespace foreshift;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t horizon_steps = 6;
constexpr std::size_t path_count = 64;

/// Readings of one site, filled from the world once a step.
struct world_telemetry {
  std::shared_ptr<std::vector<telemetry::reading>> pending =
      std::make_shared<std::vector<telemetry::reading>>();
  template <class Sink>
  void poll(Sink&& sink) {
    for (const auto& r : std::exchange(*pending, {})) sink(r);
  }
};

using site_host =
    ports::host<sim::clock, sim::transport, sim::storage,
                sim::orchestrator<migration::cut_over_style::two_step>, world_telemetry, recorder::tap>;
using site_forecaster = forecast::backtested<forecast::auto_forecaster>;
using site_agent =
    driver::agent<site_host, site_forecaster, anomaly::standard_ensemble, placement::best_fit<>>;

/// The default, for a look at the next half hour.
site_forecaster make_forecaster(duration step) {
  return {.inner = {.season_length = telemetry::steps_in(24h, step), .horizon = horizon_steps},
          .horizon = horizon_steps,
          .errors_kept = 128,
          .lower = 0};
}

forecast::scenario_plan make_plan(std::uint64_t seed) {
  random_stream random{seed, 71};
  return forecast::make_scenario_plan({.count = path_count, .ages_max = 128}, random);
}

/// The usual share of the votes where f silent sites leave that much, and more than half where they do not:
/// with 5, 7 or 9 sites and more.
consensus::genesis make_genesis(const sim::world& w, std::span<const site_id> members) {
  consensus::genesis start{consensus::uniform_epoch(members), {}, {}, {}};
  start.credits.standard = consensus::credit{5};
  if (consensus::blocked_by_silence(start.members, start.credits))
    start.members = consensus::uniform_epoch(members, {.theta = consensus::permille{500}});
  start.log_time = {.per_entry = 1h, .per_window = 24h, .window = 16};
  for (std::size_t i = 0; i < w.workloads(); ++i) {
    const workload_id id{i};
    std::vector<place_id> everywhere;
    for (std::size_t h = 0; h < w.hosts(); ++h) everywhere.push_back({h});
    start.subsets.push_back(
        {{subset_id{i}, "w" + std::to_string(i), {id}, std::move(everywhere)}, w.site_of(w.host_of(id))});
  }
  return start;
}

placement::inventory make_inventory(const sim::world& w, const replay_input& input) {
  std::vector<placement::host_record> hosts;
  for (std::size_t h = 0; h < w.hosts(); ++h) {
    resources capacity;
    capacity[resource::cpu] = w.rules().host_capacity;
    hosts.push_back(
        {host_id{h}, w.site_of(host_id{h}), "host" + std::to_string(h), capacity, w.rules().limit});
  }
  std::vector<placement::workload_record> workloads;
  for (std::size_t i = 0; i < w.workloads(); ++i) {
    placement::workload_record one;
    one.id = {i}, one.name = input.trace.workloads[i].name, one.host = w.host_of({i}), one.subset = {i};
    one.limits[resource::cpu] = input.trace.workloads[i].size;
    workloads.push_back(std::move(one));
  }
  return *placement::inventory::make(std::move(hosts), std::move(workloads));
}

driver::agent_options make_options(const sim::world& w, site_id self, const replay_input& input,
                                   const consensus::genesis& start) {
  driver::agent_options o;
  o.book = {.step = w.step(), .horizon = horizon_steps, .history_max = 864, .plan = make_plan(input.seed)};
  o.outlook.moves = {.copy_steps = 1, .overhead_share = w.rules().move_cost};
  o.outlook.watch = {
      .fast_steps = 3, .slow_steps = horizon_steps, .season_length = telemetry::steps_in(24h, w.step())};
  // Chosen on seeds 101 to 104 (6 days), beside 0.03 to 0.15 on either horizon. What is refused is proposed
  // anew at the next step, what is carried out leaves the host another one: no cool-down.
  o.planner.trigger.fast = {
      .p_on = 0.07, .p_off = 0.07, .looks = 1, .cool_down = duration::zero(), .repeat_after = {}};
  o.planner.trigger.slow = o.planner.trigger.fast;
  o.planner.trigger.benefit_min = o.planner.trigger.cool_down = duration::zero();
  // A voter is slacker than a sponsor: it knows other sites' hosts from outside only.
  o.planner.judgement.source_probability_min = 0.03;
  o.planner.limit_permille = static_cast<std::uint32_t>(w.rules().limit * 1000 + 0.5);
  o.adjuster.every = 24h;
  o.budget.share = w.rules().moves_per_hour;
  o.score.weighting.cap = {.silent = start.members.tolerated(),
                           .numerator = 1000 - start.members.theta_max().value,
                           .denominator = 1000};
  o.replica.members = start.members;
  o.replica.seed = input.seed;
  // Between decisions nothing happens for minutes: patience costs nothing and saves messages.
  o.replica.times = {.heartbeat = 10s, .retransmit = 10s, .election_timeout = 30s};
  return o.belong_to(self);
}

}  // namespace

/// Everything that lives as long as the replay.
struct foreshift_policy::sites {
  sites(sim::world& w, const replay_input& what)
      : input(&what), world(&w), timer(w.time()), network(timer, what.seed, weather()), story(w, what) {
    std::vector<site_id> members;
    for (std::size_t s = 0; s < w.rules().sites; ++s) members.push_back({s});
    const auto start = make_genesis(w, members);
    disks.resize(members.size());
    for (const site_id s : members)
      centres.push_back(std::make_unique<sim::data_centre>(timer, s, what.seed));
    for (auto& c : centres) connect(*c);
    for (const site_id s : members) {
      auto& disk = disks[s.value];
      disk = std::make_unique<sim::disk>();
      sim::orchestrator<migration::cut_over_style::two_step> orchestrator{s};
      for (auto& c : centres) orchestrator.reach(*c);
      hosts.push_back(
          std::make_unique<site_host>(site_host{sim::clock{timer}, network.attach(s), sim::storage{*disk},
                                                std::move(orchestrator), world_telemetry{}, story.listen()}));
      auto agent = site_agent::start(
          make_options(w, s, what, start), {make_inventory(w, what), what.calendar, start}, *hosts.back(),
          make_forecaster(w.step()), anomaly::make_standard_ensemble(), placement::best_fit<>{});
      agents.push_back(std::move(*agent));
      wake_on_arrival(s);
    }
    for (auto& a : agents) teach(*a);
    tick();
  }

  static sim::link weather() {
    sim::link l;
    l.latency_min = 5ms, l.latency_tail = 10ms;
    return l;
  }

  /// A message or an answer wakes the site at once; a poll is never nested in another.
  void wake_on_arrival(site_id s) {
    auto& host = *hosts[s.value];
    host.transport.on_arrival([this, s] { wake(s); });
    host.orchestrator.on_answer([this, s] { wake(s); });
  }
  void wake(site_id s) {
    timer.after(duration::zero(), [this, s] { agents[s.value]->poll(); });
  }
  void tick() {
    for (auto& a : agents) a->poll();
    timer.after(10s, [this] { tick(); });
  }

  /// What a data centre does happens in the world.
  void connect(sim::data_centre& centre) {
    centre.copy_time([this](const migration::command&) {
      return std::max<duration>(world->time() + world->step() - 30s - timer.now(), 1s);
    });
    centre.admit([this](const migration::command& c) -> std::string {
      if (world->moves_left() == 0) return "the moves of this hour are used up";
      if (world->moving(c.workload)) return "the workload is moving already";
      if (world->host_of(c.workload) == host_id{c.to.value}) return "the workload is there already";
      return {};
    });
    centre.on_act([this](const sim::act& a) {
      if (a.what != migration::event_kind::started || a.command.end != migration::endpoint::destination)
        return;
      const auto begun = world->request_move(a.command.workload, host_id{a.command.to.value});
      if (!begun) story.complain("the world refused a move: " + std::string{name_of(begun.error())});
    });
  }

  /// The warm-up, as history.
  void teach(site_agent& agent) {
    const auto& fleet = agent.fleet();
    const time_point start = world->time() - static_cast<duration::rep>(world->now() + 1) * world->step();
    for (const auto& h : fleet.known().hosts()) {
      std::vector<double> sum(world->now() + 1);
      for (const workload_id w : fleet.known().workloads_on(h.id)) {
        const auto past = world->observed(w);
        if (fleet.is_mine(h.id)) agent.learn(w, telemetry::series_view{start, world->step(), past});
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += past[i];
      }
      if (!fleet.is_mine(h.id)) agent.learn(h.id, telemetry::series_view{start, world->step(), sum});
    }
  }

  void show_step() {
    const time_point at = world->time() - world->step();
    const auto show = [&](site_id s, telemetry::entity of, double value) {
      hosts[s.value]->telemetry.pending->push_back({{of, telemetry::metric::cpu}, {at, value}});
    };
    for (std::size_t h = 0; h < world->hosts(); ++h)
      show(world->site_of({h}), host_id{h}, world->host_demand({h}));
    for (std::size_t i = 0; i < world->workloads(); ++i) {
      const workload_id w{i};
      show(world->site_of(world->host_of(w)), w, world->observed(w).back());
    }
  }

  const replay_input* input;
  sim::world* world;
  sim::timer timer;
  sim::network network;
  recorder story;
  std::vector<std::unique_ptr<sim::disk>> disks;
  std::vector<std::unique_ptr<sim::data_centre>> centres;
  std::vector<std::unique_ptr<site_host>> hosts;
  std::vector<std::unique_ptr<site_agent>> agents;
};

foreshift_policy::foreshift_policy(const replay_input& input) : input_(&input) {}
foreshift_policy::foreshift_policy(foreshift_policy&&) noexcept = default;
foreshift_policy::~foreshift_policy() = default;

void foreshift_policy::decide(sim::world& world) {
  const bool first = sites_ == nullptr;
  if (first) sites_ = std::make_unique<sites>(world, *input_);
  auto& all = *sites_;
  all.world = &world;
  all.story.at(world.now());
  if (!first) all.show_step();
  for (auto& a : all.agents) a->poll();
  all.timer.run_until(world.time() + 4s);  // reports have come in, nothing is decided yet
  for (auto& a : all.agents) all.story.look(a->outlook());
  all.timer.run_until(world.time() + world.step() - duration{1});
}

policy_notes foreshift_policy::notes() { return sites_ == nullptr ? policy_notes{} : sites_->story.take(); }

}  // namespace tool
