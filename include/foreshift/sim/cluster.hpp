#pragma once
/// @file
/// Whole sites of the agreement in one process: real drivers on a simulated clock, network and disk, by seed.
///
/// A site polls when a message has come and at every tick. A crash destroys its driver and everything it had
/// not synced; a restart recovers from the same disk. Whatever a site does is noted in the trace, so that two
/// runs of one seed can be compared, and a run that went wrong can be read.

#include <foreshift/consensus/replica_config.hpp>
#include <foreshift/consensus/state_machine.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/driver/replica_driver.hpp>
#include <foreshift/ports/host.hpp>
#include <foreshift/sim/clock.hpp>
#include <foreshift/sim/fault.hpp>
#include <foreshift/sim/network.hpp>
#include <foreshift/sim/storage.hpp>
#include <foreshift/sim/timer.hpp>
#include <foreshift/sim/trace.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

struct cluster_options {
  duration tick = std::chrono::milliseconds{25};  ///< between polls of a site that nothing wakes
  link weather;
  std::int64_t drift_ppm_max = 0;  ///< clocks run fast or slow by up to this
  std::size_t trace_kept = 200;
  driver::driver_options driver = driver::driver_options::no_snapshots();
  std::vector<site_id> joiners{};  ///< sites that are up and no members yet
};

/// What lies below a storage of a simulated site, and the means to hurt it.
/// Model         `disk` below `storage`, `filed_disk` below `filed_storage`: see there what each call does.
template <class M>
concept Medium = requires(M& m, const M& seen, random_stream& random, std::uint64_t operations, bool is) {
  m.lose_power_in(operations);
  m.crash(random);
  m.fail_next_sync();
  m.full(is);
  m.misdirect_next();
  { m.rot(random) } -> std::same_as<bool>;
  m.wipe();
  { seen.powered() } -> std::same_as<bool>;
  { seen.damaged() } -> std::same_as<bool>;
  { seen.forgetful() } -> std::same_as<bool>;
  { seen.unsynced() } -> std::same_as<std::size_t>;
  { seen.counts() } -> std::same_as<const disk_counts&>;
};

/// @tparam Storage has a `medium_type`, a Medium, that it is opened on; the simulated disk of records, or a
/// real log on simulated files. It and `Replica` are parameters also so that a test can put a broken one in
/// and see it caught.
/// Not copied and not moved: what is under way refers to it.
template <class Machine = consensus::state_machine, class Storage = storage,
          class Replica = consensus::replica>
requires Medium<typename Storage::medium_type>
class cluster {
 public:
  using medium_type = typename Storage::medium_type;
  using host_type = ports::host<clock, transport, Storage>;
  using driver_type = driver::replica_driver<host_type, Machine, Replica>;
  using progress_type = typename driver_type::progress_type;
  using hook = std::function<void(site_id, driver_type&, const progress_type&)>;

  /// Every member of `common.members` and every joiner becomes a site and starts at once. @param first the
  /// machine's first state
  cluster(consensus::replica_config common, Machine first, std::uint64_t seed, cluster_options options = {})
      : options_(std::move(options)),
        common_(std::move(common)),
        first_(std::move(first)),
        random_(seed, 0x636c7573),
        net_(time_, seed, options_.weather),
        trace_(options_.trace_kept) {
    common_.seed = seed;
    std::vector<site_id> all = options_.joiners;
    for (const auto& member : common_.members.electors()) all.push_back(member.site);
    all.insert(all.end(), common_.members.learners().begin(), common_.members.learners().end());
    std::sort(all.begin(), all.end());
    for (const site_id self : all) {
      auto& s = *sites_.emplace_back(std::make_unique<site>(time_));
      s.self = self;
      const auto span = static_cast<std::uint64_t>(2 * options_.drift_ppm_max + 1);
      s.wall.run(static_cast<std::int64_t>(random_.below(span)) - options_.drift_ppm_max);
    }
    for (auto& s : sites_) restart(s->self);
  }
  cluster(const cluster&) = delete;
  cluster& operator=(const cluster&) = delete;

  /// Called after every poll of a site that lives on, with what it brought about. The hook may submit, and
  /// may crash nobody.
  void after_poll(hook watch) { watch_ = std::move(watch); }
  /// Called after the poll in which a site halts, or the power goes: nobody heard what it brought about, and
  /// its snapshot may hold it all the same.
  void after_last_poll(std::function<void(site_id, const progress_type&)> watch) { last_ = std::move(watch); }
  /// Called when a site has started again and has polled nothing yet.
  void after_restart(std::function<void(site_id)> watch) { restarted_ = std::move(watch); }

  /// Now, between two polls.
  void crash(site_id id) {
    site& s = at(id);
    if (!s.driver) return;
    note(id, "crash", s.medium.unsynced());
    s.wall = s.host->clock;
    s.driver.reset();
    s.host.reset();
    s.paused = false;
    ++s.life;
    net_.down(id);
    s.medium.crash(random_);
  }
  /// Within a poll to come: at the `writes`-th append or sync from now. @pre writes > 0
  void crash_within(site_id id, std::uint64_t writes) {
    if (at(id).driver) at(id).medium.lose_power_in(writes);
  }
  /// A site whose disk is damaged comes back to learn, and to speak when it knows again what it has said. One
  /// whose disk has forgotten, and nobody could tell, stays down: it may have promised anything.
  void restart(site_id id) {
    site& s = at(id);
    if (s.driver) return;
    if (s.medium.forgetful()) return note(id, "cannot start: blank disk");
    s.host.emplace(host_type{.clock = s.wall, .transport = net_.attach(id), .storage = Storage{s.medium}});
    auto config = common_;
    config.self = id;
    auto started = driver_type::start(std::move(config), first_, *s.host, options_.driver);
    note(id, started ? "start" : "cannot start", started ? started->replica().incarnation() : 0);
    if (!started) return s.host.reset(), net_.down(id);
    s.driver.emplace(std::move(*started));
    ++s.life;
    if (restarted_) restarted_(id);
    s.host->transport.on_arrival([this, &s] { wake(s); });
    beat(s, duration{
                static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(options_.tick.count())))});
  }
  /// Puts the whole plan (fault_plan.hpp) into the timer, counted from now.
  void carry_out(const std::vector<fault>& plan) {
    for (const auto& f : plan) time_.after(f.after, [this, f] { happen(f); });
  }

  /// Every clock behind the most advanced one is put forward to it: clocks only go forwards.
  void agree_on_time() {
    time_point latest{};
    for (auto& s : sites_) latest = std::max(latest, wall_of(*s).now());
    for (auto& s : sites_) wall_of(*s).jump(latest - wall_of(*s).now());
  }

  [[nodiscard]] timer& time() { return time_; }
  [[nodiscard]] network& net() { return net_; }
  [[nodiscard]] sim::trace& story() { return trace_; }
  [[nodiscard]] medium_type& medium(site_id id) { return at(id).medium; }
  [[nodiscard]] time_point clock_of(site_id id) { return wall_of(at(id)).now(); }
  /// Null while the site is down.
  [[nodiscard]] driver_type* driver(site_id id) { return at(id).driver ? &*at(id).driver : nullptr; }
  /// Null also when it has halted.
  [[nodiscard]] driver_type* up(site_id id) {
    driver_type* d = driver(id);
    return d != nullptr && !d->halted() ? d : nullptr;
  }
  /// Of the faults of the plan, what has struck so far.
  [[nodiscard]] fault_counts struck() const {
    fault_counts all = struck_;
    all[static_cast<std::size_t>(nemesis::drop)] += net_.counts().dropped;
    all[static_cast<std::size_t>(nemesis::duplication)] += net_.counts().duplicated;
    all[static_cast<std::size_t>(nemesis::reordering)] += net_.counts().held_back;
    return all;
  }
  /// Whether a site takes no part, perhaps for good: its disk is damaged or blank.
  [[nodiscard]] bool lost(site_id id) const {
    const site& s = at(id);
    return s.driver ? s.driver->replica().abstains().holds() : s.medium.damaged() || s.medium.forgetful();
  }
  [[nodiscard]] std::vector<site_id> sites() const {
    std::vector<site_id> all;
    for (const auto& s : sites_) all.push_back(s->self);
    return all;
  }

 private:
  struct site {
    explicit site(const timer& t) : wall(t) {}
    site_id self;
    clock wall;  // while the site is down; the one in use is the host's
    medium_type medium;
    std::optional<host_type> host;
    std::optional<driver_type> driver;
    std::uint64_t life = 0;  // grows with every crash and start: what was meant for an earlier life is void
    bool awake = false;
    bool paused = false;
  };

  site& at(site_id id) const {
    for (const auto& s : sites_)
      if (s->self == id) return *s;
    violate("the site is a member of the cluster", __FILE__, __LINE__);
  }
  void note(site_id id, std::string_view what, std::uint64_t a = 0, std::uint64_t b = 0) {
    trace_.note(time_.now(), id, what, a, b);
  }
  /// One poll for all messages of one instant.
  void wake(site& s) {
    if (std::exchange(s.awake, true)) return;
    time_.after({}, [this, &s, life = s.life] {
      s.awake = false;
      if (s.life == life) poll(s);
    });
  }
  void beat(site& s, duration wait) {
    time_.after(wait, [this, &s, life = s.life] {
      if (s.life == life) poll(s);
      if (s.life == life) beat(s, options_.tick);  // the poll may have been its last
    });
  }
  void poll(site& s) {
    if (s.paused || s.driver->halted()) return;
    const bool led = s.driver->replica().leads();
    const auto news = s.driver->poll();
    if (s.driver->halted() && last_) last_(s.self, news);
    if (s.driver->halted()) return s.medium.powered() ? note(s.self, "halt") : crash(s.self);
    if (s.driver->replica().leads() != led)
      note(s.self, led ? "step down" : "lead", s.driver->replica().promised().round);
    for (const auto& applied : news.applied) {
      const digest d = canonical_digest(applied.value);
      std::uint64_t head = 0;
      std::memcpy(&head, d.value.data(), sizeof head);
      note(s.self, "apply", applied.at.value, head);
    }
    if (watch_) watch_(s.self, *s.driver, news);
  }
  /// A fault that finds its site down does nothing and is not counted.
  void happen(const fault& f) {
    if (f.what == fault_kind::weather) return net_.set(f.usual);
    if (f.what == fault_kind::cut || f.what == fault_kind::heal) return change_link(f);
    if (f.what == fault_kind::restart) return come_back(f.site);
    site& s = at(f.site);
    const bool of_clock = f.what == fault_kind::clock_jump || f.what == fault_kind::clock_rate;
    if ((!s.driver && !of_clock) || (f.what == fault_kind::rot && !s.medium.rot(random_))) return;
    note(f.site, name_of(f.what), static_cast<std::uint64_t>(f.amount));
    if (f.cause) ++struck_[static_cast<std::size_t>(*f.cause)];
    switch (f.what) {
      case fault_kind::clock_jump:
        return wall_of(s).jump(duration{f.amount});
      case fault_kind::clock_rate:
        return wall_of(s).run(f.amount);
      case fault_kind::pause:
        s.paused = true;
        return;
      case fault_kind::resume:
        s.paused = false;
        return wake(s);
      case fault_kind::crash:
        return crash(f.site);
      case fault_kind::power_loss:
        return crash_within(f.site, static_cast<std::uint64_t>(f.amount));
      case fault_kind::fail_sync:
        return s.medium.fail_next_sync();
      case fault_kind::fill:
        return s.medium.full(true);
      case fault_kind::misdirect:
        return s.medium.misdirect_next();
      case fault_kind::wipe:
        crash(f.site);
        return s.medium.wipe();
      case fault_kind::rot:
      case fault_kind::weather:
      case fault_kind::cut:
      case fault_kind::heal:
      case fault_kind::restart:
        return;
    }
  }
  static clock& wall_of(site& s) { return s.host ? s.host->clock : s.wall; }
  /// Cuts of one link may overlap: it heals with the last.
  void change_link(const fault& f) {
    int& cuts = cuts_[{f.site, f.peer}];
    cuts += f.what == fault_kind::cut ? 1 : -1;
    note(f.site, name_of(f.what), f.peer.value);
    if (f.cause) ++struck_[static_cast<std::size_t>(*f.cause)];
    cuts > 0 ? net_.cut(f.site, f.peer) : net_.heal(f.site, f.peer);
  }
  void come_back(site_id id) {
    crash(id);  // in case that nothing was written since
    at(id).medium.full(false);
    restart(id);
  }

  cluster_options options_;
  consensus::replica_config common_;
  Machine first_;
  random_stream random_;
  timer time_;
  network net_;
  sim::trace trace_;
  std::vector<std::unique_ptr<site>> sites_;
  flat_map<std::pair<site_id, site_id>, int> cuts_;
  fault_counts struck_{};
  hook watch_;
  std::function<void(site_id, const progress_type&)> last_;
  std::function<void(site_id)> restarted_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::sim
