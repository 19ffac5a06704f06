#pragma once
/// @file
/// One seed of the agreement: whole sites under faults for a while, then calm, and every checker over all of
/// it.
///
/// Each site runs the real driver over its own disk, the mover that hosts run, and a clerk for proposals;
/// data centres with places stand behind them, in one step or in two as the seed has it, out of reach now and
/// then, unwilling, or slow to answer; clients write and read registers. Somebody always wants something,
/// made from a state that may be long out of date. When the faults have stopped, everybody whose disk is
/// whole must catch up, every migration must end, and each workload be at one place.

#include <foreshift/sim/carrier.hpp>
#include <foreshift/sim/checker.hpp>
#include <foreshift/sim/clerk.hpp>
#include <foreshift/sim/clientele.hpp>
#include <foreshift/sim/cluster.hpp>
#include <foreshift/sim/data_centres.hpp>
#include <foreshift/sim/fault_plan.hpp>
#include <foreshift/sim/orchestrator.hpp>
#include <foreshift/sim/reconfigurer.hpp>
#include <foreshift/sim/requests.hpp>
#include <foreshift/sim/rest.hpp>
#include <foreshift/sim/trial_outcome.hpp>
#include <foreshift/sim/usher.hpp>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// The first `n` sites.
[[nodiscard]] inline std::vector<site_id> first_sites(std::size_t n) {
  std::vector<site_id> all;
  for (std::uint64_t i = 1; i <= n; ++i) all.push_back({i});
  return all;
}

/// `Storage`, `Replica` and `Machine` are parameters so that a broken one can be put in and caught.
template <class Storage = storage, class Replica = consensus::replica,
          class Machine = consensus::state_machine>
class trial {
  using cluster_type = cluster<Machine, Storage, Replica>;
  using driver_type = typename cluster_type::driver_type;

 public:
  explicit trial(std::uint64_t seed, trial_options options = {})
      : options_(options),
        seed_(seed),
        random_(seed, 0x74726961),
        sites_(first_sites(options.sites)),
        first_(genesis_for(sites_)),
        cluster_(config(), first_, seed,
                 {.weather = {},
                  .drift_ppm_max = 500,
                  .trace_kept = options.trace_kept,
                  .driver = {.snapshot_slots = snapshots_of(seed)}}),
        requests_(seed, sites_, style_ == migration::cut_over_style::two_step),
        reconfigurer_(seed, sites_, swarm(seed, options.faults)),
        centres_(cluster_.time(), seed, style_, !options.faults.empty(), seen_),
        clients_(seed, seen_, {.local_reads = options.local_reads}),
        promises_(first_) {
    for (const site_id site : sites_) {
      map_.site_of[place_id{site.value}] = site;
      centres_.open(site, options.places_fence);
    }
    centres_.on_act([this](const act& a) {
      cluster_.story().note(a.at, a.by, name_of(a.what), a.command.migration.value, a.command.token.at.value);
      promises_.keep(centres_.acts().broken());
    });
    for (const auto& [id, held] : first_.authorities().authorities()) {
      centres_.acts().granted(id, held.token, held.owner);
      for (const auto workload : first_.authorities().find_subset(id)->workloads)
        house(workload, place_id{held.owner.value});
    }
    promises_.replay().on_entry([this](slot, const auto& effects) {
      centres_.acts().learn(effects);
      clients_.learn(effects);
      for (const auto& e : effects) map_.learn(e);
    });
    cluster_.net().tap([this](site_id from, site_id, ports::channel which, byte_span bytes) {
      promises_.sent(from, which, bytes);
    });
    cluster_.after_poll([this](site_id site, driver_type& d, const auto& news) { polled(site, d, news); });
    cluster_.after_last_poll([this](site_id, const auto& news) { promises_.observe_last(news); });
    cluster_.after_restart([this](site_id site) { started(site); });
    for (const site_id site : sites_) hire(site);
  }

  [[nodiscard]] trial_outcome run() {
    cluster_.carry_out(plan_faults(
        sites_, seed_,
        {.length = options_.trouble, .classes = options_.faults, .disks_lost_max = disks_lost_max()}));
    work();
    centres_.disturb();
    request();
    if (seed_ % 2 == 0) hand_over();  // else whoever leads does so for as long as it can
    reconfigure();
    for (std::size_t c = 0; c < clients_.size(); ++c) call(c);
    until_broken(options_.trouble);
    calm();
    return report();
  }

 private:
  struct office {
    std::variant<orchestrator<migration::cut_over_style::two_step>,
                 orchestrator<migration::cut_over_style::one_step>>
        places;
    carrier hand;
    clerk desk;
  };

  static migration::cut_over_style style_of(std::uint64_t seed) {
    return mix(seed ^ 0x7374796c65) % 2 == 0 ? migration::cut_over_style::two_step
                                             : migration::cut_over_style::one_step;
  }
  consensus::replica_config config() const {
    using std::chrono::milliseconds;
    return {
        .self = {},
        .members = first_.members(),
        .times = {milliseconds{100}, milliseconds{150}, milliseconds{500}},
        .lease = leasing() ? consensus::lease_terms{milliseconds{250}, 20'000} : consensus::lease_terms{}};
  }
  /// Leases ask of clocks that nobody sets them, and that they run at nearly one rate.
  bool clocks_keep_time() const {
    const auto on = swarm(seed_, options_.faults);
    return !on.has(nemesis::clock_jump) && !on.has(nemesis::fast_clock);
  }
  bool leasing() const { return options_.leases_on_wall_time || (options_.leases && clocks_keep_time()); }
  /// Some seeds cut the log often, some never.
  static std::uint64_t snapshots_of(std::uint64_t seed) {
    constexpr std::uint64_t slots[] = {0, 16, 48, 256};
    return slots[mix(seed) % 4];
  }
  duration timeout() const { return config().times.election_timeout; }
  std::size_t disks_lost_max() const {
    const auto on = swarm(seed_, options_.faults);
    const bool epochs = on.has(nemesis::epoch_change) || on.has(nemesis::departure);
    return epochs ? tolerated_always(sites_.size()) : first_.members().tolerated();
  }

  /// A site's staff starts with its site, and knows nothing of before.
  void hire(site_id site) {
    promises_.started(site);
    auto& o = offices_[site];
    const auto* d = cluster_.driver(site);
    const std::uint32_t run = d != nullptr ? d->replica().incarnation() : 0;
    const bool two = style_ == migration::cut_over_style::two_step;
    const auto how = two ? migration::style::two_step : migration::style::one_step;
    o = std::make_unique<office>(office{orchestrator<migration::cut_over_style::two_step>{site},
                                        carrier{site, run, how, map_, seen_}, clerk{site, seen_}});
    if (!two) o->places = orchestrator<migration::cut_over_style::one_step>{site};
    std::visit([&](auto& places) { centres_.connect(places); }, o->places);
    if (d != nullptr && !promises_.broken()) o->hand.resume(d->machine());
  }
  void started(site_id site) {
    seen_.note(occasion::restarted_whole);
    if (cluster_.medium(site).damaged() && !cluster_.driver(site)->damage())
      promises_.keep(consensus::violation{"what was acknowledged and is damaged is not used",
                                          "site " + std::to_string(site.value) + " has started on it"});
    clients_.gone(site);
    hire(site);
  }
  void house(workload_id workload, place_id place) {
    map_.home.insert_or_assign(workload, place);
    centres_.house(workload, place);
  }

  /// Hands in a command at a site, and has it remembered that somebody did.
  auto submitting(driver_type& d) {
    return [this, &d](auto what) {
      const auto id = d.submit(std::move(what));
      promises_.submitted(id);
      return id;
    };
  }

  void work() {
    ++rounds_;
    const auto how = calm_ ? manners::calm : reconfigurer_.hasty() ? manners::hasty : manners::waits;
    for (const site_id site : sites_)
      if (usher_.look_after(cluster_, site, promises_.replay().machine(), how)) clients_.gone(site);
    for (const site_id site : sites_) {
      driver_type* d = cluster_.up(site);
      if (d == nullptr || d->replica().abstains().holds()) continue;  // its commands would be refused
      auto& o = *offices_[site];
      std::visit(
          [&](auto& places) { o.hand.work(d->machine(), cluster_.clock_of(site), places, submitting(*d)); },
          o.places);
      if (const auto why = o.hand.contradiction(); !why.empty())
        promises_.keep(consensus::violation{"what places say fits what the log has decided", why});
      if (rounds_ % 10 == site.value % 10) o.desk.work(*d, submitting(*d));
    }
    clients_.tick(cluster_.time().now());
    cluster_.time().after(std::chrono::milliseconds{100}, [this] { work(); });
  }
  duration pause(duration mean) {
    return duration{static_cast<std::int64_t>(static_cast<double>(mean.count()) * random_.exponential())};
  }
  void request() {
    if (calm_) return;
    if (driver_type* d = cluster_.up(sites_[random_.below(sites_.size())]); d != nullptr) {
      auto wish = requests_.next(d->machine(), d->replica().self(), d->replica().incarnation(), map_);
      if (wish.define) house(wish.define->what.workloads.front(), place_id{wish.define->owner.value});
      if (wish.proposal)
        offices_[d->replica().self()]->desk.sponsor(*d, std::move(*wish.proposal));
      else if (wish.define)
        submitting (*d)(std::move(*wish.define));
      else if (wish.command)
        std::visit(submitting(*d), std::move(*wish.command));
    }
    cluster_.time().after(pause(options_.request_interval), [this] { request(); });
  }
  void reconfigure() {
    if (calm_) return;
    if (driver_type* d = cluster_.up(sites_[random_.below(sites_.size())]); d != nullptr)
      if (auto wish = reconfigurer_.next(d->machine())) std::visit(submitting(*d), std::move(*wish));
    cluster_.time().after(pause(options_.epoch_interval), [this] { reconfigure(); });
  }
  /// Any of those who take themselves for it; null: nobody does.
  driver_type* some_leader() {
    std::vector<driver_type*> all;
    for (const site_id site : sites_)
      if (driver_type* d = cluster_.up(site); d != nullptr && d->replica().leads()) all.push_back(d);
    return all.empty() ? nullptr : all[random_.below(all.size())];
  }
  /// Whoever leads makes way for somebody, who may be down, behind, or no member.
  void hand_over() {
    if (calm_) return;
    if (driver_type* d = some_leader()) d->step_aside(sites_[random_.below(sites_.size())]);
    cluster_.time().after(pause(std::chrono::seconds{5}), [this] { hand_over(); });
  }
  void call(std::size_t client) {
    if (calm_) return;
    driver_type* d = cluster_.up(sites_[random_.below(sites_.size())]);
    driver_type* leader = random_.chance(0.4) ? some_leader() : nullptr;
    if (leader != nullptr && !clients_.waits(client))
      clients_.read(client, leader->replica().self(), cluster_.time().now(), [&] { return leader->read(); });
    else if (d != nullptr && !clients_.waits(client))
      clients_.call(client, *d, cluster_.time().now(), submitting(*d));
    cluster_.time().after(pause(std::chrono::milliseconds{300}), [this, client] { call(client); });
  }

  void polled(site_id site, driver_type& d, const typename driver_type::progress_type& news) {
    promises_.observe(site, d, news);
    if (promises_.broken()) return;  // the replay, which the staff's map is from, has stopped
    auto& hand = offices_[site]->hand;
    auto& desk = offices_[site]->desk;
    if (news.installed) hand.resume(d.machine());  // with what was applied behind it
    for (const auto& heard : news.heard) desk.hear(d, heard);
    for (const auto& applied : news.applied) {
      for (const auto& e : applied.effects) {
        desk.learn(d, e);
        if (!news.installed) hand.learn(e, d.machine());
      }
      promises_.keep(clients_.hear(site, applied.effects));
    }
    promises_.keep(clients_.hear_reads(site, news.reads_ready, news.reads_refused, d.machine().applied(),
                                       d.replica().holds_lease()));
    const bool leads = d.replica().leads();
    if (leads != (leaders_.count(site) > 0)) {
      seen_.note(leads ? occasion::leader_elected : occasion::leader_stepped_down);
      leads ? void(leaders_.insert(site)) : void(leaders_.erase(site));
    }
  }
  void until_broken(duration span) {
    const time_point end = cluster_.time().now() + span;
    while (cluster_.time().now() < end && !promises_.broken())
      cluster_.time().run_for(
          std::min<duration>(std::chrono::milliseconds{200}, end - cluster_.time().now()));
  }
  /// Faults have stopped. No-ops move log time on, so that deadlines come; and since log time never goes
  /// back, clocks have to be put right first: while every proposer's clock is behind it, it stands still.
  void calm() {
    calm_ = true;
    if (!leasing() || !clocks_keep_time()) cluster_.agree_on_time();  // else none is far behind
    centres_.spare();
    centres_.disturb();
    const time_point begin = cluster_.time().now();
    const rest<cluster_type, Machine> state{cluster_, promises_.replay().machine()};
    const slot chosen = promises_.replay().machine().applied();
    bool recovered = false;
    for (int round = 0; !promises_.broken() && cluster_.time().now() < begin + options_.patience; ++round) {
      if (!state.possible()) return seen_.note(occasion::quorum_lost);
      if (!recovered && (recovered = state.everybody_beyond(chosen)))
        recovery_ = cluster_.time().now() - begin;
      if (!recovered && cluster_.time().now() - begin > recovery_timeouts_max * timeout())
        return promises_.keep(consensus::violation{
            "once faults stop something is decided within K timeouts, and laggards catch up",
            std::to_string(recovery_timeouts_max) + " timeouts have passed"});
      if (recovered && state.disturbed_by().empty()) return;
      if (round % 5 == 0 && (!recovered || !state.business().empty()))
        for (const site_id site : sites_)
          if (driver_type* d = cluster_.up(site); d != nullptr) submitting (*d)(consensus::noop{});
      cluster_.time().run_for(std::chrono::milliseconds{100});
    }
    promises_.keep(consensus::violation{"once faults stop everybody catches up and every migration ends",
                                        state.disturbed_by()});
  }
  trial_outcome report() {
    if (!promises_.broken()) {
      for (const site_id site : sites_)
        if (driver_type* d = cluster_.up(site); d != nullptr)
          promises_.keep(promises_.replay().compare(site, d->machine()));
      promises_.keep(clients_.judge());
      promises_.keep(centres_.placed_once(promises_.replay().machine().authorities().intents()));
    }
    trial_outcome out;
    if (const auto& v = promises_.broken()) out.broken = v->claim + ": " + v->what;
    out.hash = cluster_.story().hash();
    out.chain = promises_.replay().machine().chain();
    out.slots = promises_.slots();
    out.transfers = requests_.transfers();
    out.messages = cluster_.net().counts().sent;
    out.recovery = recovery_;
    out.seen = seen_;
    out.seen += promises_.seen();
    out.faults = cluster_.struck();
    out.faults[static_cast<std::size_t>(nemesis::departure)] =
        out.seen.of(occasion::member_left) + out.seen.of(occasion::member_cut_short);
    if (swarm(seed_, options_.faults).has(nemesis::epoch_change))
      out.faults[static_cast<std::size_t>(nemesis::epoch_change)] = out.seen.of(occasion::epoch_activated);
    for (const site_id site : sites_) {
      const disk_counts& disk = cluster_.medium(site).counts();
      out.records_lost += disk.records_lost;
      out.seen.note(occasion::records_torn, disk.records_torn);
      out.seen.note(occasion::halted, disk.refused);
      if (cluster_.lost(site)) out.seen.note(occasion::restart_refused);
    }
    out.seen.note(occasion::stale_token_at_place, centres_.refused_tokens());
    if (!out.broken.empty()) out.story = cluster_.story().text();
    return out;
  }
  trial_options options_;
  std::uint64_t seed_;
  random_stream random_;
  std::vector<site_id> sites_;
  Machine first_;
  coverage seen_;
  migration::cut_over_style style_ = style_of(seed_);
  cluster_type cluster_;
  atlas map_;
  std::map<site_id, std::unique_ptr<office>> offices_;
  requests requests_;
  reconfigurer reconfigurer_;
  data_centres centres_;
  usher usher_{seen_};
  clientele clients_;
  basic_checker<Machine> promises_;
  std::set<site_id> leaders_;
  std::uint64_t rounds_ = 0;
  bool calm_ = false;
  duration recovery_{};
};

}  // namespace foreshift::inline FORESHIFT_ABI::sim
