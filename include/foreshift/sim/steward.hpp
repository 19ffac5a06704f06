#pragma once
/// @file
/// The smallest owner of subsets: passes authority on when asked to, and carries out the migrations it owns.
///
/// It keeps nothing over a crash and knows only what its state machine and its places tell it, and it repeats
/// every command until it is answered. What a host would do with more judgement (driver/mover.hpp) is not its
/// business; it is there so that the log's grants and starts meet places that act.

#include <foreshift/consensus/state_machine.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/migration/command.hpp>
#include <foreshift/migration/event.hpp>

#include <cstdint>
#include <set>
#include <utility>
#include <variant>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// Where things are, as far as the log says: host h is place h.
struct atlas {
  flat_map<workload_id, place_id> home;     ///< where a workload is
  flat_map<migration_id, place_id> source;  ///< where it was when its migration was approved
  flat_map<place_id, site_id> site_of;

  /// An effect of the log, in log order, once.
  void learn(const consensus::effect& what) {
    const auto* advanced = std::get_if<consensus::migration_advanced>(&what);
    if (advanced == nullptr) return;
    const auto& intent = advanced->intent;
    if (intent.state == consensus::migration_state::approved && !source.contains(advanced->what))
      source.insert_or_assign(advanced->what, home[intent.workload]);
    if (advanced->settled && intent.state == consensus::migration_state::committed)
      home.insert_or_assign(intent.workload, place_id{intent.destination.value});
  }
};

class steward {
 public:
  steward(site_id self, const atlas& map) : self_(self), map_(&map) {}

  /// Does what is due. Call it about ten times a second.
  /// `submit(what)` hands in a command at this site.
  template <class Machine, class Orchestrator, class Submit>
  void work(const Machine& machine, Orchestrator& places, Submit submit) {
    places.poll([&](const migration::event& e) { hear(e); });
    const auto& table = machine.authorities();
    for (const auto& [id, held] : table.authorities()) {
      using consensus::authority_state;
      if (held.state == authority_state::preparing && held.owner == self_)
        once(submit, consensus::quiesced{id, held.token}, {id.value, held.version});
      if (held.state == authority_state::prepared && held.pending.to == self_)
        once(submit, consensus::activate{id, self_}, {id.value, held.version});
      if (held.state != authority_state::active && machine.log_time() > held.pending.deadline)
        hurry(submit, id, held, machine.log_time());
    }
    for (const auto& [id, intent] : table.intents()) {
      const auto& held = *table.find(intent.within);
      if (held.owner != self_ || held.state == consensus::authority_state::prepared) continue;
      if (fenced(places, *table.find_subset(intent.within), held, id))
        carry_on(submit, places, id, intent, held);
    }
  }

 private:
  using verb = migration::verb;
  using endpoint = migration::endpoint;
  struct facts {
    fence_token under;
    migration::place_state destination = migration::place_state::never_seen;
    bool asked = false, ceased = false, released = false, undone_here = false, undone_there = false;
  };

  /// A transfer whose deadline has passed: the successor takes over from an owner that does not speak, unless
  /// others have had enough of waiting before.
  template <class Submit>
  void hurry(Submit& submit, subset_id id, const consensus::authority& held, time_point log_time) {
    constexpr duration patience = std::chrono::seconds{3};
    const bool silent = held.state == consensus::authority_state::preparing;
    if (silent && held.pending.to == self_)
      once(submit, consensus::activate{id, self_}, {id.value, held.version});
    else if (!silent || log_time > consensus::later(held.pending.deadline, patience))
      once(submit, consensus::abort_transfer{id}, {id.value, held.version + (std::uint64_t{1} << 32)});
  }

  /// Commands are kept by the replica until they are in the log: one is enough for each version of their
  /// object.
  template <class Submit, class What>
  void once(Submit& submit, What what, std::pair<std::uint64_t, std::uint64_t> key) {
    if (submitted_.insert({key.first, key.second}).second) submit(std::move(what));
  }
  migration::command command(verb what, endpoint end, migration_id id,
                             const consensus::migration_intent& intent,
                             const consensus::authority& held) const {
    const place_id from = *map_->source.find(id);
    const place_id to{intent.destination.value};
    migration::command c;
    c.what = what;
    c.end = end;
    c.migration = id;
    c.subset = intent.within;
    c.workload = intent.workload;
    c.from = from;
    c.from_site = *map_->site_of.find(from);
    c.to = to;
    c.to_site = *map_->site_of.find(to);
    c.token = held.token;
    return c;
  }
  /// All places of the subset have persisted the token; those that have not are asked.
  template <class Orchestrator>
  bool fenced(Orchestrator& places, const consensus::subset& of, const consensus::authority& held,
              migration_id id) {
    bool all = true;
    for (const place_id place : of.fence_scope) {
      const fence_token token = held.token;
      if (const auto* seen = fences_.find({place, of.id}); seen != nullptr && *seen == token) continue;
      all = false;
      migration::command c{};
      c.what = verb::fence;
      c.migration = id;
      c.subset = of.id;
      c.to_site = *map_->site_of.find(place);
      c.to = place;
      c.token = token;
      static_cast<void>(places.submit(c));
    }
    return all;
  }
  template <class Submit, class Orchestrator>
  void carry_on(Submit& submit, Orchestrator& places, migration_id id,
                const consensus::migration_intent& intent, const consensus::authority& held) {
    using consensus::migration_state, migration::place_state;
    auto& known = facts_[id];
    if (known.under != held.token) known = facts{.under = held.token};
    const auto give = [&](verb what, endpoint end) {
      static_cast<void>(places.submit(command(what, end, id, intent, held)));
    };
    const auto step = [&](auto what, std::uint64_t number) {
      what.what = id;
      what.token = held.token;
      once(submit, what, {id.value << 3 | number, held.token.at.value << 10 | held.token.index});
    };
    switch (intent.state) {
      case migration_state::approved:
        if (held.state == consensus::authority_state::active) step(consensus::start{}, 0);
        return;
      case migration_state::started:
        if (!known.asked) return give(verb::query, endpoint::destination);
        if (known.destination == place_state::ready) return step(consensus::commit{}, 1);
        if (known.destination == place_state::reverted || known.destination == place_state::tombstone)
          return step(consensus::abort{}, 2);
        return give(known.destination == place_state::never_seen ? verb::start : verb::query,
                    endpoint::destination);
      case migration_state::committed:
        if (known.destination != place_state::running) return give(verb::cut_over, endpoint::destination);
        if (!known.ceased && !known.released) return give(verb::cut_over, endpoint::source);
        if (!known.released) return give(verb::release, endpoint::source);
        return step(consensus::settled{}, 3);
      case migration_state::aborted:
        if (!known.undone_there) give(verb::abort, endpoint::destination);
        if (!known.undone_here) give(verb::abort, endpoint::source);
        if (known.undone_there && known.undone_here) step(consensus::settled{}, 4);
    }
  }
  void hear(const migration::event& e) {
    using migration::event_kind;
    if (e.what == event_kind::unreachable || e.what == event_kind::stale_token) return;
    fences_.insert_or_assign({e.place, e.subset}, e.seen);
    auto& known = facts_[e.migration];
    if (e.end == endpoint::destination && e.answers != verb::fence) {
      known.asked = true;
      known.destination = e.state;
      known.undone_there |= e.what == event_kind::aborted;
    } else if (e.end == endpoint::source) {
      known.ceased |= e.what == event_kind::serving;
      // A source that has dropped the workload refuses to cease: it is past that.
      known.released |=
          e.what == event_kind::released || (e.what == event_kind::refused && e.answers == verb::cut_over);
      known.undone_here |= e.what == event_kind::aborted;
    }
  }

  site_id self_;
  const atlas* map_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> submitted_;
  flat_map<std::pair<place_id, subset_id>, fence_token> fences_;
  flat_map<migration_id, facts> facts_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::sim
