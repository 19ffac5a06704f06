#pragma once
// Three whole sites, or more, in one process over a simulated network, with a surge of demand to deal with.

#include <driver/fleet.hpp>

#include <foreshift/anomaly/range_novelty.hpp>
#include <foreshift/driver/agent.hpp>
#include <foreshift/placement/best_fit.hpp>
#include <foreshift/ports/host.hpp>
#include <foreshift/sim/act_checker.hpp>
#include <foreshift/sim/clock.hpp>
#include <foreshift/sim/data_centre.hpp>
#include <foreshift/sim/network.hpp>
#include <foreshift/sim/orchestrator.hpp>
#include <foreshift/sim/storage.hpp>
#include <foreshift/sim/timer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace driver_test {

struct given_telemetry {
  std::shared_ptr<std::vector<telemetry::reading>> pending =
      std::make_shared<std::vector<telemetry::reading>>();
  void poll(auto&& sink) {
    for (const auto& r : std::exchange(*pending, {})) sink(r);
  }
};
struct note_book {
  std::shared_ptr<std::vector<ports::note>> notes = std::make_shared<std::vector<ports::note>>();
  void observe(const ports::note& n) { notes->push_back(n); }
};
using site_host =
    ports::host<sim::clock, sim::transport, sim::storage,
                sim::orchestrator<migration::cut_over_style::two_step>, given_telemetry, note_book>;
using site_agent = driver::agent<site_host, last_value, anomaly::range_novelty, placement::best_fit<>>;

/// Whole sites in one process. The demand of workload 0 rises slowly from step 4 to step 24, then falls back.
class town {
 public:
  explicit town(fleet_shape of = {}, std::uint64_t seed = 1, double loss = 0, double duplication = 0,
                driver::driver_options snapshots = {}, duration late = {})
      : shape(of),
        snapshots_(snapshots),
        late_(late),
        seed_(seed),
        net(timer, seed, weather(loss, duplication)) {
    for (std::uint32_t w = 0; w < shape.workloads(); ++w) {
      at.push_back({host_id{w / shape.per_host}});
      checker.granted({w}, {slot{}, w + 1}, shape.site_of(w / shape.per_host));
    }
    sim::data_centre_options centre;
    centre.calls.loss = loss, centre.calls.duplication = duplication;
    for (std::size_t s = 1; s <= shape.sites; ++s) {
      centres.push_back(std::make_unique<sim::data_centre>(timer, site_id{s}, seed, centre));
      centres.back()->on_act([this](const sim::act& a) { happen(a); });
      disks.push_back(std::make_unique<sim::disk>());
    }
    for (std::size_t s = 1; s <= shape.sites; ++s) {
      sim::orchestrator<migration::cut_over_style::two_step> calls{site_id{s}};
      for (auto& c : centres) calls.reach(*c);
      hosts.push_back(std::make_unique<site_host>(site_host{
          sim::clock{timer}, net.attach({s}), sim::storage{*disks[s - 1]}, std::move(calls), {}, {}}));
      agents.emplace_back();
      start_site(s - 1);
    }
    tick();
  }
  /// A site comes up on what its disk holds.
  void start_site(std::size_t site) {
    const auto start = make_genesis(shape);
    auto agent =
        site_agent::start(options({site + 1}, start), {make_inventory(shape), {}, start}, *hosts[site],
                          forecaster(), anomaly::range_novelty{}, placement::best_fit<>{});
    REQUIRE(agent.has_value());
    agents[site] = std::move(*agent);
    teach(*agents[site]);
  }
  /// The site is to die after so many polls in which a move was under way, and to come up again soon.
  void doom(std::size_t site, std::size_t polls) { doomed_ = {site, polls}; }
  [[nodiscard]] bool doomed() const { return doomed_.second > 0; }
  /// No word to the site or from it for so long, from when another begins to act on a move.
  void isolate(std::size_t site, duration how_long) { isolated_ = {site, how_long}; }
  /// The process dies; what was not synced may be lost. Of messages for it none is kept.
  void kill_site(std::size_t site) {
    agents[site].reset();
    random_stream random{site};
    disks[site]->crash(random);
    hosts[site]->storage = sim::storage{*disks[site]};
    hosts[site]->transport.poll([](site_id, ports::channel, byte_span) {});
  }

  /// Runs steps: the readings of one, then what the sites make of them.
  void run(std::size_t steps) {
    for (; steps > 0; --steps) {
      timer.run_until(noon + static_cast<duration::rep>(steps_done + 1) * step + late_ - duration{1});
      show();
      ++steps_done;
    }
    timer.run_until(noon + static_cast<duration::rep>(steps_done) * step + step / 2);
  }

  template <class Note>
  [[nodiscard]] std::vector<Note> told(std::size_t site) const {
    std::vector<Note> out;
    for (const auto& n : *hosts[site]->observer.notes)
      if (const auto* one = std::get_if<Note>(&n.what)) out.push_back(*one);
    return out;
  }
  [[nodiscard]] std::size_t phases(std::size_t site, std::string_view which) const {
    const auto all = told<ports::migration_advanced>(site);
    return static_cast<std::size_t>(
        std::ranges::count_if(all, [&](const auto& n) { return n.phase == which; }));
  }
  /// Every workload is at one place, and every site knows which; nothing is under way any more.
  void check_at_rest() const {
    CHECK_FALSE(checker.broken().has_value());
    for (const auto& a : agents) {
      CHECK(a->flights().empty());
      CHECK(a->log().authorities().intents().empty());
      CHECK(a->log().chain() == agents.front()->log().chain());
      std::size_t residents = 0;
      for (const auto& h : a->fleet().known().hosts())
        residents += a->fleet().known().workloads_on(h.id).size();
      CHECK(residents == shape.workloads());
      for (std::size_t w = 0; w < at.size(); ++w) {
        REQUIRE(at[w].size() == 1);
        CHECK(a->fleet().known().find(workload_id{w})->host == *at[w].begin());
      }
    }
  }

  fleet_shape shape;
  driver::driver_options snapshots_;
  duration late_;  // readings come so long after the end of their step
  std::uint64_t seed_;
  sim::timer timer{noon};
  sim::network net;
  sim::act_checker checker;
  std::vector<std::set<host_id>> at;  // where each workload serves
  std::set<host_id> mute;             // of these there are no readings
  bool failing = false;               // host 0 counts more and more corrected memory faults
  std::int64_t faults = 0;
  std::vector<std::unique_ptr<sim::disk>> disks;
  std::vector<std::unique_ptr<sim::data_centre>> centres;
  std::vector<std::unique_ptr<site_host>> hosts;
  std::vector<std::unique_ptr<site_agent>> agents;

  /// Of one of its sites.
  [[nodiscard]] driver::agent_options options(site_id self, const consensus::genesis& start) const {
    driver::agent_options o;
    o.book = book_options();
    o.collect = late_;
    o.outlook.moves = {.copy_steps = 1, .overhead_share = 0.1};
    o.outlook.evidence_steps = 40;
    o.planner.trigger = at_once();
    o.budget.share = 0.2;
    if (shape.limit > 0) o.adjuster.every = 1h, o.adjuster.less_after = duration::zero();
    o.score.weighting.cap = {.silent = start.members.tolerated(), .numerator = 400, .denominator = 1000};
    o.replica.members = start.members;
    o.replica.seed = seed_;
    o.log = snapshots_;
    if (snapshots_.snapshot_slots < 100) o.replica.log_kept = 2;
    o.replica.times = {.heartbeat = 20s, .retransmit = 20s, .election_timeout = 90s};
    return o.belong_to(self);
  }

 private:
  static sim::link weather(double loss, double duplication) {
    sim::link l;
    l.loss = loss, l.duplication = duplication;
    return l;
  }
  /// Step k begins k steps after noon; the small wave gives the forecasts errors to remember.
  static double demand(std::size_t w, std::int64_t k) {
    const double calm = 1.8 + 0.05 * std::sin(static_cast<double>(k) + static_cast<double>(w));
    if (w != 0 || k < 4 || k >= 40) return calm;
    return calm + 0.2 * static_cast<double>(std::min<std::int64_t>(k - 4, 20));
  }
  void happen(const sim::act& a) {
    for (const auto& agent : agents)
      if (agent) learn(*agent);
    checker.observe(a);
    if (a.what == migration::event_kind::serving) {
      auto& places = at[a.command.workload.value];
      const host_id place{a.command.place().value};
      if (a.command.end == migration::endpoint::destination)
        places.insert(place);
      else
        places.erase(place);
    }
  }
  /// The checker reads the tables instead of the effects, which the agents keep to themselves.
  void learn(const site_agent& agent) {
    std::vector<consensus::effect> seen;
    for (const auto& [what, now] : agent.log().authorities().authorities())
      seen.push_back(consensus::authority_changed{what, now});
    for (const auto& [what, intent] : agent.log().authorities().intents()) {
      auto started = intent;
      if (intent.started_under != fence_token{}) started.state = consensus::migration_state::started;
      seen.push_back(consensus::migration_advanced{what, started, false});
      seen.push_back(consensus::migration_advanced{what, intent, false});
    }
    checker.learn(seen);
  }
  void teach(site_agent& agent) {
    for (const auto& h : agent.fleet().known().hosts()) {
      telemetry::series sum{noon - 40 * step, step, std::vector<double>(40)};
      for (const workload_id w : agent.fleet().known().workloads_on(h.id)) {
        telemetry::series one{noon - 40 * step, step, {}};
        for (std::size_t i = 0; i < 40; ++i)
          one.values.push_back(demand(w.value, static_cast<std::int64_t>(i) - 40)),
              sum.values[i] += one.values.back();
        if (agent.fleet().is_mine(h.id)) agent.learn(w, one);
      }
      if (!agent.fleet().is_mine(h.id)) agent.learn(h.id, sum);
    }
  }
  void show() {
    std::vector<double> sum(shape.hosts());
    const time_point begun = noon + static_cast<duration::rep>(steps_done) * step;
    const auto say = [&](std::size_t host, telemetry::entity of, double value) {
      hosts[shape.site_of(host).value - 1]->telemetry.pending->push_back(
          {{of, telemetry::metric::cpu}, {begun, value}});
    };
    for (std::size_t w = 0; w < shape.workloads(); ++w) {
      const double y = demand(w, static_cast<std::int64_t>(steps_done));
      for (const host_id h : at[w]) sum[h.value] += y;
      say(at[w].begin()->value, workload_id{w}, y);
    }
    for (std::size_t h = 0; h < shape.hosts(); ++h)
      if (!mute.contains({h})) say(h, host_id{h}, sum[h]);
    faults += failing ? 10 << (steps_done % 4) : 0;
    if (!mute.contains({0}))
      hosts[0]->telemetry.pending->push_back(
          {{host_id{0}, telemetry::metric::memory_faults}, {begun, static_cast<double>(faults)}});
  }
  void tick() {
    for (auto& a : agents)
      if (a) a->poll();
    auto& [site, polls] = doomed_;
    if (polls > 0 && !agents[site]->flights().empty() && --polls == 0) {
      kill_site(site);
      timer.after(30s, [this, back = site] { start_site(back); });
    }
    const auto acts = [&](const auto& a) {
      return a && a != agents[isolated_.first] && !a->flights().empty() &&
             a->flights().begin()->second.run.acts();
    };
    if (isolated_.second > duration{} && std::ranges::any_of(agents, acts)) {
      const site_id alone{isolated_.first + 1};
      for (std::size_t s = 1; s <= shape.sites; ++s) net.cut(alone, {s}), net.cut({s}, alone);
      timer.after(std::exchange(isolated_.second, duration{}), [this] { net.heal(); });
    }
    timer.after(2s, [this] { tick(); });
  }
  std::size_t steps_done = 0;
  std::pair<std::size_t, std::size_t> doomed_;  // site, polls left
  std::pair<std::size_t, duration> isolated_{};
};

}  // namespace driver_test
