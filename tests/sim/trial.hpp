#pragma once
/// @file
/// One seed of the cluster: three sites with stewards over their replicas, data centres with places, clients
/// that ask for moves and transfers through any site, faults for a while and then calm, and both checkers
/// over all of it.

#include <foreshift/consensus/vote.hpp>
#include <foreshift/sim/act_checker.hpp>
#include <foreshift/sim/checker.hpp>
#include <foreshift/sim/cluster.hpp>
#include <foreshift/sim/orchestrator.hpp>

#include <sim/steward.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace foreshift::test {

using namespace std::chrono_literals;

struct trial_options {
  std::size_t crashes = 0;
  std::size_t partitions = 0;
  sim::link foul{.loss = 0.1, .duplication = 0.1, .reordering = 0.2, .held_max = 150ms};
  bool places_fence = true;
  duration trouble = 12s;
  duration patience = 20s;  ///< of calm in which everybody has to catch up
  std::size_t requests = 60;
};

struct trial_outcome {
  std::string broken;  ///< the first promise that did not hold; empty: all held
  std::uint64_t hash = 0;
  std::uint64_t slots = 0;
  std::size_t started = 0, served = 0, transfers = 0;
  std::uint64_t lost = 0, duplicated = 0, records_lost = 0;
  std::string story;
};

inline constexpr site_id three[] = {{1}, {2}, {3}};
inline constexpr std::uint64_t subset_count = 3;
inline constexpr std::uint64_t workloads_each = 4;

/// Subset k belongs to site k at first, and its workloads are at place k.
inline consensus::genesis origin() {
  consensus::genesis all{consensus::uniform_epoch(three), {}, {}, {}};
  for (std::uint64_t k = 1; k <= subset_count; ++k) {
    consensus::subset s{{k}, "subset " + std::to_string(k), {}, {{1}, {2}, {3}}};
    for (std::uint64_t w = 0; w < workloads_each; ++w) s.workloads.push_back({10 * k + w});
    all.subsets.push_back({std::move(s), site_id{k}});
  }
  return all;
}

template <class Storage = sim::storage, class Replica = consensus::replica>
class trial {
  using cluster = sim::cluster<consensus::state_machine, Storage, Replica>;
  using driver_type = typename cluster::driver_type;

 public:
  explicit trial(std::uint64_t seed, trial_options options = {})
      : options_(options),
        seed_(seed),
        random_(seed, 0x74726961),
        cluster_(config(), consensus::state_machine{origin()}, seed,
                 {.weather = options.foul, .drift_ppm_max = 500}) {
    for (const site_id site : three) {
      map_.site_of[place_id{site.value}] = site;
      centres_.push_back(std::make_unique<sim::data_centre>(
          cluster_.time(), site, seed,
          sim::data_centre_options{.fences = options.places_fence,
                                   .copy_time = 500ms,
                                   .calls = {.delay_tail = 300ms, .loss = 0.1, .duplication = 0.1}}));
      centres_.back()->on_act([this](const sim::act& a) { acted(a); });
    }
    for (const auto& s : origin().subsets)
      for (const auto workload : s.what.workloads) map_.home[workload] = place_id{s.what.id.value};
    const consensus::state_machine first{origin()};
    for (const auto& [id, held] : first.authorities().authorities())
      acts_.granted(id, held.token, held.owner);
    cluster_.net().tap([this](site_id from, site_id, ports::channel which, byte_span bytes) {
      promises_.sent(from, which, bytes);
    });
    cluster_.after_poll([this](site_id site, driver_type& d, const auto& news) { polled(site, d, news); });
    cluster_.after_restart([this](site_id site) { hire(site); });
    for (const site_id site : three) hire(site);
  }

  trial_outcome run() {
    auto& time = cluster_.time();
    cluster_.carry_out(sim::plan_faults(three, seed_,
                                        {.length = options_.trouble,
                                         .crashes = options_.crashes,
                                         .partitions = options_.partitions,
                                         .outage_max = 3s,
                                         .fair = {},
                                         .foul = options_.foul}));
    for (std::size_t i = 0; i < options_.requests; ++i)
      time.after(duration{static_cast<std::int64_t>(
                     random_.below(static_cast<std::uint64_t>(options_.trouble.count())))},
                 [this] { request(); });
    work();
    time.run_for(options_.trouble);
    for (auto& c : centres_) c->set(sim::call_options{});
    const time_point end = time.now() + options_.patience;
    while (time.now() < end && !at_rest()) time.run_for(200ms);
    return report();
  }

 private:
  static consensus::replica_config config() {
    return {.self = {}, .members = consensus::uniform_epoch(three), .times = {100ms, 150ms, 500ms}};
  }
  struct office {
    sim::orchestrator<> places;
    steward hand;
  };
  /// A site's steward starts with its site, and knows nothing of before.
  void hire(site_id site) {
    auto& o = offices_[site];
    o = std::make_unique<office>(office{sim::orchestrator<>{site}, steward{site, map_}});
    for (auto& c : centres_) o->places.reach(*c);
  }
  void work() {
    for (const site_id site : three)
      if (auto* d = cluster_.driver(site); d != nullptr && !d->halted())
        offices_[site]->hand.work(*d, offices_[site]->places);
    cluster_.time().after(100ms, [this] { work(); });
  }
  void polled(site_id site, driver_type& d, const typename driver_type::progress_type& news) {
    promises_.observe(site, d, news);
    for (const auto& applied : news.applied) {
      acts_.learn(applied.effects);
      for (const auto& e : applied.effects)
        if (const auto* decided = std::get_if<consensus::proposal_decided>(&e)) d.close(decided->proposal);
    }
  }
  void acted(const sim::act& a) {
    cluster_.story().note(a.at, a.by, name_of(a.what), a.command.migration.value, a.command.token.at.value);
    acts_.observe(a);
    const bool source = a.command.end == migration::endpoint::source;
    auto& serving = serving_[a.command.workload];
    if (a.what == migration::event_kind::serving) source ? --serving : ++serving;
  }

  /// Somebody somewhere wants something; what it is made from may be long out of date.
  void request() {
    auto* d = cluster_.driver(three[random_.below(3)]);
    if (d == nullptr || d->halted()) return;
    const auto& machine = d->machine();
    const subset_id what{1 + random_.below(subset_count)};
    const auto& held = *machine.authorities().find(what);
    switch (random_.below(8)) {
      case 0:
        return void(d->submit(consensus::noop{}));
      case 1: {
        auto intents = machine.authorities().intents();
        if (!intents.empty()) {
          consensus::abort undo;
          undo.what = (intents.begin() + static_cast<std::ptrdiff_t>(random_.below(intents.size())))->first;
          undo.token = held.token;  // often of another subset, or somebody else's: refused
          d->submit(undo);
        }
        return;
      }
      case 2:
      case 3: {
        const site_id to = three[random_.below(3)];
        ++transfers_;
        return void(
            d->submit(consensus::prepare_transfer{what, held.owner, to, {}, machine.log_time() + 5s}));
      }
      default:
        return propose(*d, what, held);
    }
  }
  /// A move that all three sites have voted for, of a workload that this site has not seen approved before.
  void propose(driver_type& d, subset_id what, const consensus::authority& held) {
    const workload_id workload{10 * what.value + random_.below(workloads_each)};
    const host_id to{1 + random_.below(3)};
    if (to.value == what.value || serving_.contains(workload)) return;
    for (const auto& [id, intent] : d.machine().authorities().intents())
      if (intent.workload == workload) return;
    consensus::proposal_header header;
    header.id = {d.replica().self(), std::uint64_t{d.replica().incarnation()} << 32 | ++proposals_};
    header.changes = {{workload, what, to}};
    header.subsets = {{what, held.version}};
    header.hosts = {{to, d.machine().ledger_version(to)}};
    header.stakes = {{class_id{1}, consensus::criticality{1 + random_.below(5)}}};
    header.expires_at = d.machine().log_time() + 60s;
    consensus::certificate evidence{
        0, canonical_digest(header), d.machine().basis(), consensus::vote_outcome::approved, {}};
    for (const site_id site : three) evidence.votes.push_back({site, consensus::verdict::accept, 0});
    d.submit(consensus::decide{std::move(header), std::move(evidence)});
  }

  /// Everybody is up, has applied the same, and nothing is under way.
  bool at_rest() {
    const driver_type* first = cluster_.driver(three[0]);
    for (const site_id site : three) {
      const auto* d = cluster_.driver(site);
      if (d == nullptr || d->halted() || d->machine() != first->machine() || d->replica().submitted() > 0)
        return false;
    }
    const auto& table = first->machine().authorities();
    for (const auto& [id, held] : table.authorities())
      if (held.state != consensus::authority_state::active) return false;
    return table.intents().empty();
  }
  trial_outcome report() {
    trial_outcome out;
    const auto broken = [&](const std::optional<consensus::violation>& v) {
      if (v && out.broken.empty()) out.broken = v->claim + ": " + v->what;
    };
    broken(promises_.broken());
    broken(acts_.broken());
    if (out.broken.empty() && !at_rest())
      out.broken = "once faults stop everybody catches up and every migration ends";
    for (const auto& [workload, serving] : serving_)
      if (out.broken.empty() && serving != 0)
        out.broken = "at rest each workload serves at one place: workload " + std::to_string(workload.value);
    out.hash = cluster_.story().hash();
    out.slots = promises_.slots();
    out.started = acts_.started();
    out.served = acts_.served();
    out.transfers = transfers_;
    out.lost = cluster_.net().counts().lost;
    out.duplicated = cluster_.net().counts().duplicated;
    for (const site_id site : three) out.records_lost += cluster_.medium(site).counts().records_lost;
    if (!out.broken.empty()) out.story = "seed " + std::to_string(seed_) + "\n" + cluster_.story().text();
    return out;
  }

  trial_options options_;
  std::uint64_t seed_;
  random_stream random_;
  cluster cluster_;
  atlas map_;
  std::vector<std::unique_ptr<sim::data_centre>> centres_;
  std::map<site_id, std::unique_ptr<office>> offices_;
  sim::checker promises_;
  sim::act_checker acts_;
  std::map<workload_id, int> serving_;  // change in the number of places that serve it
  std::uint64_t proposals_ = 0;
  std::size_t transfers_ = 0;
};

}  // namespace foreshift::test
