#pragma once
/// @file
/// A whole cluster in one test: virtual time, a network that loses, repeats and reorders, disks that lose
/// what was not synced, crashes and restarts, and every checker after every step. One seed is one story.

#include "forgetful.hpp"

#include <foreshift/consensus/codec.hpp>
#include <foreshift/consensus/invariants.hpp>
#include <foreshift/consensus/replica.hpp>
#include <foreshift/consensus/state_machine.hpp>
#include <foreshift/core/random.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace consensus_test {

using namespace foreshift;
using namespace foreshift::consensus;

inline constexpr duration ms = std::chrono::milliseconds{1};

/// Chances are per thousand.
struct cluster_faults {
  unsigned loss = 0;
  unsigned repeat = 0;
  duration delay_max = 10 * ms;
  unsigned crash = 0;  ///< per site and 10 ms
  duration down_max = 500 * ms;
  duration sync_max = 5 * ms;
  unsigned split = 0;  ///< per site and 10 ms: some sites are cut off from the others, at times one way only
  duration split_max = 600 * ms;
  std::uint64_t snapshot_every = 0;             ///< slots; 0: never
  void (*tamper)(replica_snapshot&) = nullptr;  ///< a seeded bug in what a snapshot holds
  duration election_timeout = 150 * ms;
  lease_terms lease{};
  std::int64_t drift_ppm = 0;  ///< each site's clock runs faster or slower by up to this
  unsigned set = 0;    ///< per site and 10 ms: its clock is set by up to 500 ms; back, it stands still
  unsigned usurp = 0;  ///< per site and 10 ms: it opens a ballot, as after a late hand-over
  unsigned hold = 0;   ///< messages that come up to 300 ms late
  unsigned doze = 0;   ///< per site and 10 ms: it misses ticks for up to 300 ms, and nothing else
};

template <class Replica = replica>
class cluster {
 public:
  /// `joiners` more sites are up from the beginning and members of nothing.
  cluster(std::vector<elector> electors, std::uint64_t seed, cluster_faults faults, std::uint64_t joiners = 0)
      : random_(seed), seed_(seed), faults_(faults) {
    epoch_spec spec;
    spec.electors = std::move(electors);
    spec.alpha = 4;
    start_.members = epoch::make(spec).value();
    for (std::uint64_t i = 1; i <= 2; ++i)
      start_.subsets.push_back(
          {{subset_id{i}, "subset", {workload_id{i}}, {place_id{i}}}, start_.members.electors()[0].site});
    for (const auto& e : start_.members.electors()) ids_.push_back(e.site);
    for (std::uint64_t i = 0; i < joiners; ++i) ids_.push_back(next(ids_.back()));
    sites_.resize(ids_.size());
    for (auto& site : sites_) {
      site.shown = site.since = now_;
      if (faults_.drift_ppm != 0)
        site.rate_ppm =
            static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(2 * faults_.drift_ppm) + 1)) -
            faults_.drift_ppm;
    }
    for (std::size_t i = 0; i < sites_.size(); ++i) boot(i);
  }

  /// Runs until `until` in virtual time or the first violation.
  void run(time_point until) {
    while (!broken_ && !events_.empty()) {
      std::size_t first = 0;
      for (std::size_t i = 1; i < events_.size(); ++i)
        if (std::pair{events_[i].at, events_[i].order} < std::pair{events_[first].at, events_[first].order})
          first = i;
      if (events_[first].at > until) break;
      const event next_event = std::move(events_[first]);
      events_[first] = std::move(events_.back());
      events_.pop_back();
      now_ = next_event.at;
      happen(next_event);
    }
    now_ = until;
  }

  void heal() {
    faults_.loss = faults_.repeat = faults_.crash = faults_.split = 0;
    faults_.set = faults_.usurp = faults_.doze = 0;
    split_until_ = now_;
    faults_.delay_max = 10 * ms;
    faults_.sync_max = 5 * ms;
    for (std::size_t i = 0; i < sites_.size(); ++i)
      if (!sites_[i].self) boot(i);
  }

  /// Submits a command at a site; returns its id, or nothing if the site is down.
  std::optional<command_id> submit_at(std::size_t i, decltype(command::what) what) {
    auto& site = sites_[i];
    if (!site.self) return std::nullopt;
    const command_id id{site.self->self(), std::uint64_t{site.self->incarnation()} << 32 | ++site.counter};
    feed(i, submit{canonical(command{id, std::move(what)})});
    return id;
  }

  /// Asks for a read that must see everything that any site has applied by now.
  void read_at(std::size_t i) {
    if (!sites_[i].self) return;
    promised_reads_.push_back(foremost().applied());
    feed(i, ask_read{promised_reads_.size() - 1});
  }

  void step_aside_at(std::size_t i, std::size_t to) { feed(i, step_aside{ids_[to]}); }

  void crash(std::size_t i) {
    auto& site = sites_[i];
    if (!site.self) return;
    // What was written and not synced may survive in part.
    const std::size_t keep = site.synced + random_.below(site.last() - site.synced + 1);
    site.disk.resize(keep - site.covers);
    site.synced = keep;
    site.self.reset();
    site.cut.reset();
    site.held.clear();
    site.syncing = false;
    site.life += 1;
    ++crashes;
  }
  void boot(std::size_t i) {
    auto& site = sites_[i];
    replica_config config{ids_[i], start_.members, {20 * ms, 40 * ms, faults_.election_timeout}, seed_, 8,
                          64};
    config.log_kept = 2;
    config.lease = faults_.lease;
    config.chunk_size = 400;
    auto disk = site.disk;
    for (auto& kept : disk) kept.bytes = survived(kept.bytes);
    auto recovered = Replica::recover(config, site.snapshot, disk);
    if (!recovered) return fail({"recovery succeeds", std::string{explain(recovered.error())}});
    site.self = std::move(recovered).value();
    site.counter = 0;
    site.machine = state_machine{start_};
    if (const auto image = site.self->image(); image.through != slot{}) restore(site, image.machine);
    schedule(random_.below(10) * ms, {.to = i, .life = site.life, .kind = event::tick});
  }

  [[nodiscard]] const std::optional<violation>& broken() const { return broken_; }
  [[nodiscard]] const Replica* at(std::size_t i) const { return sites_[i].self ? &*sites_[i].self : nullptr; }
  [[nodiscard]] const state_machine& machine(std::size_t i) const { return sites_[i].machine; }
  [[nodiscard]] std::size_t size() const { return sites_.size(); }
  [[nodiscard]] time_point now() const { return now_; }
  [[nodiscard]] random_stream& random() { return random_; }
  /// Who has applied most.
  [[nodiscard]] const state_machine& foremost() const {
    const auto less = [](const node& a, const node& b) { return a.machine.applied() < b.machine.applied(); };
    return std::max_element(sites_.begin(), sites_.end(), less)->machine;
  }
  /// Every site is up. Every member has applied the same, its last epoch is in force, and nothing it
  /// submitted is missing; every other one may go.
  [[nodiscard]] bool at_rest() const {
    const auto& all = foremost();
    if (all.epochs().pending(next(all.applied())) != nullptr) return false;
    for (std::size_t i = 0; i < sites_.size(); ++i) {
      const auto& site = sites_[i];
      if (!site.self) return false;
      if (all.members().has(ids_[i]) ? site.self->submitted() != 0 || site.machine.chain() != all.chain()
                                     : !site.self->may_leave())
        return false;
    }
    return true;
  }

  std::size_t crashes = 0;
  std::size_t lost = 0;
  std::size_t snapshots = 0;
  std::size_t installs = 0;
  std::size_t reads_served = 0;
  std::size_t reads_leased = 0;  ///< of them, by a lease
  std::size_t reads_refused = 0;
  std::size_t epochs_begun = 0;  ///< at the site that was first to apply each

 private:
  struct event {
    enum what { tick, sync, arrive, restart };
    time_point at{};
    std::uint64_t order = 0;
    std::size_t to = 0;
    std::uint64_t life = 0;  // of the site; what was meant for a former life is void
    what kind = tick;
    site_id from{};
    byte_string bytes{};
    lsn through{};
  };
  struct node {
    std::optional<Replica> self;
    byte_string snapshot;
    std::size_t covers = 0;  // lsn: records up to this one are in the snapshot
    std::vector<stored_record> disk;
    std::size_t synced = 0;            // lsn
    std::optional<snapshot_duty> cut;  // waits for its records to be durable
    [[nodiscard]] std::size_t last() const { return covers + disk.size(); }
    bool syncing = false;
    time_point shown, since;  // by its clock, at that time
    std::int64_t rate_ppm = 0;
    std::vector<send_duty> held;
    state_machine machine;
    effect_observer effects;
    slot seen;  // how far effects were observed: a snapshot forgets nothing
    std::uint64_t counter = 0;
    std::uint64_t life = 0;
  };

  bool luck(unsigned per_thousand) { return random_.below(1000) < per_thousand; }
  bool rare(unsigned per_thousand) { return per_thousand != 0 && luck(per_thousand); }
  void fail(violation what) {
    if (!broken_) broken_ = std::move(what);
  }
  void check(std::optional<violation> what) {
    if (what) fail(std::move(*what));
  }
  void schedule(duration in, event what) {
    what.at = now_ + in;
    what.order = ++order_;
    events_.push_back(std::move(what));
  }

  void happen(const event& what) {
    auto& site = sites_[what.to];
    if (what.kind == event::restart) {
      if (!site.self) boot(what.to);
      return;
    }
    if (!site.self || (what.life != site.life && what.kind != event::arrive)) return;
    switch (what.kind) {
      case event::tick:
        if (luck(faults_.crash)) {
          crash(what.to);
          schedule(duration{static_cast<duration::rep>(
                       random_.below(static_cast<std::uint64_t>(faults_.down_max.count()) + 1))},
                   {.to = what.to, .kind = event::restart});
          return;
        }
        if (luck(faults_.split)) split();
        if (rare(faults_.usurp)) usurp(what.to);
        schedule(rare(faults_.doze) ? up_to(300 * ms) : 10 * ms,
                 {.to = what.to, .life = site.life, .kind = event::tick});
        return feed(what.to, tick{clock_of(site)});
      case event::sync:
        site.syncing = false;
        site.synced = std::max(site.synced, static_cast<std::size_t>(what.through.value));
        cut(site);
        feed(what.to, durable{what.through});
        return release(what.to);
      case event::arrive: {
        auto decoded = decode(what.bytes);
        if (!decoded) return fail({"a message survives its encoding", std::string{explain(decoded.error())}});
        return feed(what.to, received{what.from, std::move(*decoded)});
      }
      case event::restart:
        return;
    }
  }

  [[nodiscard]] duration up_to(duration most) {
    return duration{static_cast<duration::rep>(random_.below(static_cast<std::uint64_t>(most.count()) + 1))};
  }
  [[nodiscard]] time_point clock_of(node& site) {
    const duration passed = now_ - std::exchange(site.since, now_);
    site.shown += passed + duration{passed.count() / 1000 * site.rate_ppm / 1000};
    if (rare(faults_.set)) site.shown += up_to(1000 * ms) - 500 * ms;
    return site.shown;
  }
  void usurp(std::size_t i) {
    auto& site = *sites_[i].self;
    const auto electors = site.members().electors();
    const site_id from = electors[random_.below(electors.size())].site;
    received late{from, {}};
    late.what.epoch = site.members().number();
    late.what.epoch_digest = site.members().identity();
    late.what.body.template emplace<hand_over>(site.promised());
    feed(i, late);
  }
  void feed(std::size_t i, const input& in) {
    auto& site = sites_[i];
    duties tasks = site.self->step(in);
    for (const auto& record : tasks.persist) {
      if (record.at.value != site.last() + 1) return fail({"lsns have no gaps", ""});
      site.disk.push_back({record.at, canonical(record.what)});
    }
    if (tasks.snapshot) site.cut = std::move(tasks.snapshot);
    cut(site);
    for (auto& letter : tasks.send) site.held.push_back(std::move(letter));
    release(i);
    if (tasks.install) {
      restore(site, tasks.install->machine);
      ++installs;
    }
    std::optional<snapshotted> saved;
    for (const auto& chosen : tasks.deliver) {
      const auto effects = site.machine.apply(chosen.at, chosen.value);
      if (chosen.at == first_slot) site.effects = {}, site.seen = {};   // a new run applies all again,
      if (chosen.at > site.seen) check(site.effects.observe(effects));  // or what is behind its snapshot
      site.seen = std::max(site.seen, chosen.at);
      check(chains_.observe(site.machine));
      applied done{chosen.at, {}};
      for (const auto& e : effects)
        if (const auto* decided = std::get_if<epoch_decided>(&e)) done.decided = decided->what;
      epochs_begun = std::max<std::size_t>(epochs_begun, site.machine.members().number().value - 1);
      feed(i, done);
      if (faults_.snapshot_every != 0 && chosen.at.value % faults_.snapshot_every == 0)
        saved = snapshotted{chosen.at, site.machine.save()};
    }
    check(agreement_.observe(site.self->self(), site.self->log()));
    check(messages_.promised(site.self->self(), site.self->promised()));
    for (const auto& due : tasks.reads) {
      if (!due.ready)
        ++reads_refused;
      else if (due.through < promised_reads_[due.id])
        fail({"a read misses nothing that was finished before it", "read " + std::to_string(due.id)});
      else
        ++reads_served, reads_leased += std::holds_alternative<tick>(in) ? 1U : 0U;
    }
    start_sync(i);
    if (saved) feed(i, *saved);
  }
  /// Cuts the disk, once everything the snapshot stands for is on it.
  void cut(node& site) {
    if (!site.cut || site.cut->covers.value > site.synced) return;
    const auto covers = static_cast<std::size_t>(site.cut->covers.value);
    site.disk.erase(site.disk.begin(), site.disk.begin() + static_cast<std::ptrdiff_t>(covers - site.covers));
    site.covers = covers;
    site.snapshot = std::move(site.cut->bytes);
    if (faults_.tamper != nullptr) {
      auto held = decode_snapshot(site.snapshot).value();
      faults_.tamper(held);
      site.snapshot = encode(held);
    }
    site.cut.reset();
    ++snapshots;
  }
  void restore(node& site, byte_span machine) {
    if (!site.machine.restore(machine)) fail({"a snapshot can be read", ""});
    check(chains_.observe(site.machine));
  }
  void start_sync(std::size_t i) {
    auto& site = sites_[i];
    if (site.syncing || site.synced == site.last()) return;
    site.syncing = true;
    schedule(duration{static_cast<duration::rep>(
                 random_.below(static_cast<std::uint64_t>(faults_.sync_max.count()) + 1))},
             {.to = i, .life = site.life, .kind = event::sync, .through = {site.last()}});
  }
  void release(std::size_t i) {
    auto& site = sites_[i];
    std::vector<send_duty> waiting;
    for (auto& letter : site.held) {
      if (letter.after.value > site.synced && !seeded(mutant::reply_before_sync))
        waiting.push_back(std::move(letter));
      else
        post(i, letter);
    }
    site.held = std::move(waiting);
  }
  void post(std::size_t i, const send_duty& letter) {
    const site_id from = ids_[i];
    check(messages_.sent(from, letter.what.body));
    std::size_t to = 0;
    while (ids_[to] != letter.to) ++to;
    const auto copies = cut(i, to) || luck(faults_.loss) ? 0U : luck(faults_.repeat) ? 2U : 1U;
    if (copies == 0) ++lost;
    for (unsigned k = 0; k < copies; ++k) {
      // One draw after the other: the operands of a sum may be evaluated in any order.
      const duration late = rare(faults_.hold) ? up_to(300 * ms) : duration{};
      const duration delay = up_to(faults_.delay_max);
      schedule(delay + late, {.to = to, .kind = event::arrive, .from = from, .bytes = encode(letter.what)});
    }
  }

  void split() {
    far_side_ = random_.below(std::uint64_t{1} << sites_.size());
    one_way_ = luck(300);
    split_until_ = now_ + duration{static_cast<duration::rep>(
                              random_.below(static_cast<std::uint64_t>(faults_.split_max.count()) + 1))};
  }
  [[nodiscard]] bool cut(std::size_t from, std::size_t to) const {
    const bool far_from = (far_side_ >> from & 1U) != 0, far_to = (far_side_ >> to & 1U) != 0;
    return now_ < split_until_ && far_from != far_to && (!one_way_ || far_from);
  }

  std::uint64_t far_side_ = 0;
  bool one_way_ = false;
  time_point split_until_{};
  random_stream random_;
  std::uint64_t seed_;
  cluster_faults faults_;
  genesis start_;
  std::vector<site_id> ids_;
  std::vector<slot> promised_reads_;
  std::vector<node> sites_;
  std::vector<event> events_;
  std::uint64_t order_ = 0;
  time_point now_{std::chrono::hours{1}};
  agreement_observer agreement_;
  message_observer messages_;
  chain_observer chains_;
  std::optional<violation> broken_;
};

/// n members of weight 1.
inline std::vector<elector> equal_sites(std::uint64_t n) {
  std::vector<elector> electors;
  for (std::uint64_t i = 1; i <= n; ++i) electors.push_back({site_id{i}, quorum_weight{1}});
  return electors;
}

/// A random command that makes sense now and then.
inline decltype(command::what) random_command(const state_machine& seen, std::size_t sites,
                                              random_stream& random) {
  const subset_id what{1 + random.below(2)};
  const auto* held = seen.authorities().find(what);
  const site_id other{1 + random.below(sites)};
  switch (random.below(6)) {
    case 0:
      return prepare_transfer{what, held->owner, other, {}, seen.log_time() + 200 * ms};
    case 1:
      return quiesced{what, held->token};
    case 2:
      return activate{what, held->pending.to};
    case 3:
      return abort_transfer{what};
    default:
      return noop{};
  }
}

/// A random epoch of up to `sites` sites: other members, weights, learners, window, quorums. Whoever owns
/// stays.
inline change_epoch random_epoch(const state_machine& seen, std::size_t sites, random_stream& random) {
  change_epoch asked{seen.members().identity(), seen.members().spec()};
  auto& to = asked.to;
  to.alpha = static_cast<std::uint32_t>(1 + random.below(6));
  to.promises = to.accepts = {};
  if (random.below(4) != 0) {
    to.electors.clear();
    to.learners.clear();
    for (std::uint64_t i = 1; i <= sites; ++i)
      if (const auto luck = random.below(8); luck < 4)
        to.electors.push_back({site_id{i}, {1}});
      else if (luck == 4)
        to.learners.push_back(site_id{i});
    for (const auto& [what, held] : seen.authorities().authorities())
      for (const site_id owner :
           {held.owner, held.state != authority_state::active ? held.pending.to : held.owner}) {
        const auto is_owner = [&](const elector& e) { return e.site == owner; };
        const auto place = std::lower_bound(to.learners.begin(), to.learners.end(), owner);
        if (std::none_of(to.electors.begin(), to.electors.end(), is_owner) &&
            (place == to.learners.end() || *place != owner))
          to.learners.insert(place, owner);
      }
  }
  for (auto& e : to.electors) e.weight.value = 1 + random.below(3);
  to.tolerated = static_cast<std::uint32_t>(to.electors.size() > 2 ? random.below(2) : 0);
  if (random.below(3) == 0 && !to.electors.empty()) {
    const auto total = total_weight(to.electors).value;  // of the wish; the capped table may be refused
    to.promises = {total - random.below(total / 2 + 1)};
    to.accepts = {total + 1 - to.promises.value};
    to.tolerated = 0;
  }
  return asked;
}

/// Some seconds of faults under load, then quiet; the first violation, or that it did not come to rest.
/// `epochs` of a thousand commands change the epoch.
template <class Replica = replica>
std::optional<violation> story(std::vector<elector> electors, std::uint64_t seed, cluster_faults faults,
                               duration load = 2000 * ms, unsigned epochs = 0, std::uint64_t joiners = 0,
                               std::size_t* epochs_begun = nullptr, std::size_t* reads_served = nullptr,
                               std::size_t* reads_leased = nullptr) {
  cluster<Replica> world{std::move(electors), seed, faults, joiners};
  for (time_point end = world.now() + load; world.now() < end && !world.broken();) {
    world.run(world.now() + 20 * ms);
    const std::size_t i = world.random().below(world.size());
    if (world.random().below(1000) < epochs)
      world.submit_at(i, random_epoch(world.machine(i), world.size(), world.random()));
    else
      world.submit_at(i, random_command(world.machine(i), world.size(), world.random()));
    for (std::size_t j = 0; j < world.size(); ++j)
      if (world.at(j) != nullptr && world.at(j)->leads()) world.read_at(j);
  }
  if (reads_served != nullptr) *reads_served += world.reads_served;
  if (reads_leased != nullptr) *reads_leased += world.reads_leased;
  if (epochs_begun != nullptr) *epochs_begun += world.epochs_begun;
  world.heal();
  for (int i = 0; i < 100 && !world.broken() && !world.at_rest(); ++i) world.run(world.now() + 100 * ms);
  if (world.broken()) return world.broken();
  if (!world.at_rest()) return violation{"once faults stop, everything submitted is applied everywhere", ""};
  return std::nullopt;
}

}  // namespace consensus_test
