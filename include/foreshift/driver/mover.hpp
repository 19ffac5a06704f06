#pragma once
/// @file
/// From an approved proposal to a settled migration: passes the authority, then lets the executor act.
///
/// Every site follows every migration in the log. The owner of the subset prepares the transfer and reports
/// that it has stopped; the site that takes over activates itself and, as the owner from then on, runs the
/// migration through both orchestrators. A move within one site goes the same way and gets a new token too,
/// so that nothing which was sent under the old one can act any more.
///
/// A site that starts hears its whole log again at once: what it would have asked for on the way, and the log
/// has gone past by the time it is asked, is not asked for.

#include <foreshift/consensus/authority.hpp>
#include <foreshift/consensus/command.hpp>
#include <foreshift/consensus/effect.hpp>
#include <foreshift/consensus/log_time.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/migration/executor.hpp>
#include <foreshift/migration/phase.hpp>
#include <foreshift/placement/inventory.hpp>
#include <foreshift/placement/proposal.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::driver {

/// What a command of the log says, without the id that its client gives it.
using log_command = decltype(consensus::command::what);

/// A host as a place that runs workloads.
[[nodiscard]] constexpr place_id place_of(host_id h) { return {h.value}; }

struct mover_options {
  site_id self;
  std::uint32_t incarnation = 0;
  migration::style how = migration::style::two_step;      ///< of a move within one data centre
  migration::style between = migration::style::two_step;  ///< of a move from one data centre to another
  duration transfer_within =
      std::chrono::minutes{2};  ///< in log time; then an owner that is silent counts as lost
  migration::executor_options executor{};
};

/// A migration on its way, as this site sees it.
struct flight {
  consensus::migration_intent intent;
  placement::location from;
  placement::location to;
  migration::executor run;
  migration::phase reported{};                ///< the phase last told to the observer
  bool overdue_reported = false;              ///< of that phase
  std::optional<time_point> waiting_since{};  ///< for a token, where this site owns and may not act
};

/// A migration has come to another phase.
struct phase_change {
  migration_id what;
  proposal_id proposal;
  migration::phase to{};
  std::string why{};  ///< it is given up, suspect or overdue in the phase it was in; else empty
};

/// What the site has to do next, in this order.
struct mover_duties {
  std::vector<log_command> log;
  std::vector<migration::command> commands;
  std::vector<phase_change> changes;  ///< for observers
};

/// Not regular only because nobody needs a copy. Bounded by the migrations that are not settled.
class mover {
 public:
  explicit mover(const mover_options& options) : options_(options) {}

  /// The site's clock, before effects are learned: what begins with them has waited for nothing yet.
  void at(time_point now) { now_ = now; }
  /// An effect of the log, in log order. `known` says where workloads are before the effect.
  void learn(const consensus::effect& what, const placement::inventory& known, time_point log_time) {
    if (const auto* advanced = std::get_if<consensus::migration_advanced>(&what)) {
      follow(*advanced, known, log_time);
    } else if (const auto* changed = std::get_if<consensus::authority_changed>(&what)) {
      pass(*changed);
    }
  }
  /// The log has gone on by entries whose effects were not heard: all that is under way by now, as if it had
  /// been heard. `source_of(migration, intent)` is the host that the workload leaves or has left, or nothing
  /// where that is not known.
  template <class Machine, class SourceOf>
  void adopt(const Machine& log, const placement::inventory& known, SourceOf source_of) {
    const auto& tables = log.authorities();
    flights_.erase_if([&](migration_id id, flight& one) {
      if (tables.intents().contains(id)) return false;
      drive(id, one, migration::settled_decided{id, one.intent.started_under});
      return true;
    });
    passing_.clear();
    for (const auto& [subset, held] : tables.authorities()) {
      held_.insert_or_assign(subset, {held.owner, held.token});
      if (held.state != consensus::authority_state::active) pass({subset, held});
    }
    for (const auto& [id, intent] : tables.intents()) {
      auto* one = flights_.find(id);
      if (one == nullptr)
        if (const std::optional<host_id> from = source_of(id, intent)) one = begin(id, intent, *from, known);
      if (one != nullptr) resume(id, *one, intent, *tables.find(intent.within), log.log_time());
    }
  }
  /// An answer of an orchestrator.
  void learn(const migration::event& answer) {
    if (auto* one = flights_.find(answer.migration); one != nullptr) drive(answer.migration, *one, answer);
  }
  /// Time has passed, by this site's clock and by the log.
  void tick(time_point now, time_point log_time) {
    for (auto& [id, one] : flights_) {
      drive(id, one, migration::tick{now});
      if (one.run.overdue() && !std::exchange(one.overdue_reported, true))
        duties_.changes.push_back(
            {id, one.intent.proposal, one.reported, "waits for an answer: " + one.run.trouble()});
      renew(id, one, now, log_time);
    }
    for (auto& [subset, passing] : passing_)
      if (passing.state != consensus::authority_state::active) hurry(subset, passing, log_time);
  }

  [[nodiscard]] mover_duties take() { return std::exchange(duties_, {}); }
  [[nodiscard]] const flat_map<migration_id, flight>& flights() const { return flights_; }

 private:
  struct grant {
    site_id owner;
    fence_token token;
  };

  void follow(const consensus::migration_advanced& advanced, const placement::inventory& known,
              time_point log_time) {
    const auto& intent = advanced.intent;
    auto* one = flights_.find(advanced.what);
    if (one == nullptr) {
      const auto* workload = known.find(intent.workload);
      if (advanced.settled || intent.state != consensus::migration_state::approved || workload == nullptr)
        return;
      one = begin(advanced.what, intent, workload->host, known);
      if (one == nullptr) return;
      prepare(advanced.what, *one, log_time);
    }
    one->intent = intent;
    unask(advanced.what);
    if (advanced.settled) {
      std::erase_if(duties_.commands, [&](const auto& c) { return c.migration == advanced.what; });
      drive(advanced.what, *one, migration::settled_decided{advanced.what, intent.started_under});
      flights_.erase(advanced.what);
      return;
    }
    decided(advanced.what, *one);
  }
  /// The step that the log has come to.
  void decided(migration_id id, flight& one) {
    const auto token = one.intent.started_under;
    switch (one.intent.state) {
      case consensus::migration_state::approved:
        break;
      case consensus::migration_state::started:
        drive(id, one, migration::start_decided{id, token});
        break;
      case consensus::migration_state::committed:
        drive(id, one, migration::commit_decided{id, token});
        break;
      case consensus::migration_state::aborted:
        drive(id, one, migration::abort_decided{id, token});
        break;
    }
  }

  /// Nothing where a host is not in the inventory.
  flight* begin(migration_id id, const consensus::migration_intent& intent, host_id source,
                const placement::inventory& known) {
    const auto* from = known.find(source);
    const auto* to = known.find(intent.destination);
    if (from == nullptr || to == nullptr) return nullptr;
    migration::job job;
    job.id = id, job.subset = intent.within, job.workload = intent.workload;
    job.from_site = from->site, job.from = place_of(from->id);
    job.to_site = to->site, job.to = place_of(to->id);
    job.how = from->site == to->site ? options_.how : options_.between;
    auto& made = flights_.insert_or_assign(
        id, flight{intent,
                   {from->site, from->id},
                   {to->site, to->id},
                   migration::executor{job, options_.self, options_.incarnation, options_.executor},
                   {}});
    drive(id, made, migration::tick{now_});
    return &made;
  }
  /// The transfer is the owner's to ask for, wherever the workload stands.
  void prepare(migration_id id, const flight& one, time_point log_time) {
    const auto* held = held_.find(one.intent.within);
    if (held != nullptr && held->owner == options_.self)
      duties_.log.push_back(consensus::prepare_transfer{one.intent.within, options_.self, one.to.site, id,
                                                        log_time + options_.transfer_within});
  }

  void pass(const consensus::authority_changed& changed) {
    const auto& now = changed.now;
    const auto* before = held_.find(changed.what);
    if (before == nullptr || before->token != now.token || now.state != consensus::authority_state::active)
      unask(changed.what);
    held_.insert_or_assign(changed.what, {now.owner, now.token});
    passing_.insert_or_assign(changed.what, now);
    if (now.state == consensus::authority_state::preparing && now.owner == options_.self)
      duties_.log.push_back(consensus::quiesced{changed.what, now.token});
    if (now.state == consensus::authority_state::prepared && now.pending.to == options_.self)
      duties_.log.push_back(consensus::activate{changed.what, options_.self});
    if (now.state != consensus::authority_state::active) return;
    passing_.erase(changed.what);
    std::erase_if(duties_.commands,
                  [&](const auto& c) { return c.subset == changed.what && c.token < now.token; });
    for (auto& [id, one] : flights_)
      if (one.intent.within == changed.what)
        drive(id, one, migration::activated{changed.what, now.owner, now.token});
  }

  /// What the executor would have been told by now: the last grant since the approval, and the steps.
  void resume(migration_id id, flight& one, const consensus::migration_intent& intent,
              const consensus::authority& held, time_point log_time) {
    one.intent = intent;
    const bool granted = held.token > consensus::approved_at(id);
    if (granted) drive(id, one, migration::activated{intent.within, held.owner, held.token});
    if (intent.started_under != fence_token{})
      drive(id, one, migration::start_decided{id, intent.started_under});
    decided(id, one);
    if (!granted && held.state == consensus::authority_state::active) prepare(id, one, log_time);
  }

  /// An owner acts under a token granted since the approval. Where none comes, because the transfer that was
  /// to bring it has been refused or a place knows a higher one, the owner has its own authority renewed, and
  /// carries the move out or gives it up itself.
  void renew(migration_id id, flight& one, time_point now, time_point log_time) {
    const auto* held = held_.find(one.intent.within);
    const bool waits = held != nullptr && held->owner == options_.self && !one.run.acts() &&
                       !passing_.contains(one.intent.within);
    if (!waits) return one.waiting_since.reset();
    if (!one.waiting_since) one.waiting_since = now;
    if (now - *one.waiting_since < 2 * options_.transfer_within) return;
    one.waiting_since = now;
    duties_.log.push_back(consensus::prepare_transfer{one.intent.within, options_.self, options_.self, id,
                                                      log_time + options_.transfer_within});
  }

  /// A transfer that is late. When its owner has not spoken the successor takes over; the others leave it as
  /// long again, then have the transfer undone. Without tokens at the places nobody is taken over from.
  void hurry(subset_id subset, consensus::authority& passing, time_point log_time) {
    const bool silent = passing.state == consensus::authority_state::preparing;
    const bool mine = passing.pending.to == options_.self;
    auto& deadline = passing.pending.deadline;
    if (log_time <= consensus::later(deadline, silent && !mine ? options_.transfer_within : duration::zero()))
      return;
    if (silent && mine && options_.executor.places_fence)
      duties_.log.push_back(consensus::activate{subset, options_.self});
    else
      duties_.log.push_back(consensus::abort_transfer{subset});
    deadline = log_time + options_.transfer_within;  // not at every tick
  }

  /// What was asked of this subset's transfer, or of this migration, is past.
  template <class Id>
  void unask(Id past) {
    std::erase_if(duties_.log, [&](const log_command& asked) {
      return std::visit(
          [&](const auto& c) {
            if constexpr (requires { c.what == past; }) return c.what == past;
            return false;
          },
          asked);
    });
  }

  void drive(migration_id id, flight& one, const migration::input& what) {
    auto tasks = one.run.step(what);
    for (auto& c : tasks.commands) duties_.commands.push_back(std::move(c));
    for (const auto& r : tasks.requests) {
      const consensus::migration_step step{r.migration, r.token};
      switch (r.what) {
        case migration::want::start:
          duties_.log.push_back(consensus::start{step});
          break;
        case migration::want::commit:
          duties_.log.push_back(consensus::commit{step});
          break;
        case migration::want::abort:
          duties_.log.push_back(consensus::abort{step});
          break;
        case migration::want::settled:
          duties_.log.push_back(consensus::settled{step});
          break;
      }
    }
    if (one.run.at() == one.reported) return;
    one.overdue_reported = false;
    duties_.changes.push_back({id, one.intent.proposal, one.reported = one.run.at(), one.run.why()});
  }

  mover_options options_;
  time_point now_{};
  flat_map<migration_id, flight> flights_;
  flat_map<subset_id, grant> held_;                    ///< of the subsets that were heard of
  flat_map<subset_id, consensus::authority> passing_;  ///< transfers under way
  mover_duties duties_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
