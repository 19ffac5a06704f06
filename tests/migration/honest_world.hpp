#pragma once
// Two places that keep their promises, a log, and two sites that own the subset in turn: the world that an
// executor lives in, small enough to be copied at every step so that every schedule with a few faults can be
// tried.

#include <foreshift/migration/executor.hpp>

#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace honest {

using namespace foreshift;
using namespace foreshift::migration;
using namespace std::chrono_literals;

/// A place as ports/orchestrator.hpp wants it: persists the highest token, checks it where it acts, keeps the
/// record.
struct place {
  fence_token seen;
  place_state state = place_state::never_seen;
  fence_token last;    ///< the token it last acted under for this migration
  bool holds = false;  ///< has the workload, running or not
  bool serves = false;
};

struct letter {
  std::size_t site = 0;  ///< who sent it, or whom it is for
  std::variant<command, event, log_request> what;
};

enum class fault { lose, duplicate, postpone, crash, regrant, renew, give_up };
inline constexpr int fault_count = 7;

struct world {
  job task;
  executor_options options;
  place source, destination;
  std::vector<input> log;
  std::vector<executor> sites;
  std::deque<letter> mail;
  std::size_t owner = 1;
  fence_token token;
  bool started = false, committed = false, aborted = false, settled = false;
  int starts = 0;
  int applied = 0;  ///< resizes
  bool admits = true;
  std::uint64_t lives = 1;
  time_point now{};
  std::string broken;  ///< which invariant; empty when none

  /// @param stays the workload is at its destination
  explicit world(style how, executor_options o = {}, bool stays = false) : options(o) {
    task = {.id = {7},
            .subset = {1},
            .workload = {70},
            .from_site = {1},
            .from = {11},
            .to_site = {2},
            .to = {22},
            .how = how};
    if (how == style::in_place)
      task.action = verb::resize, task.from = task.to, task.from_site = task.to_site;
    if (stays) task.to = task.from, task.to_site = task.from_site;
    source.holds = source.serves = true;
    for (std::uint64_t s = 0; s < 2; ++s) sites.emplace_back(task, site_id{s + 1}, lives, options);
    for (auto& s : sites) s.step(tick{now});
    grant(1);
  }

  // The log.
  void decide(const input& fact) {
    log.push_back(fact);
    for (std::size_t s = 0; s < 2; ++s) give(s, fact);
  }
  void grant(std::size_t to) {
    owner = to;
    token = {{token.at.value + 10}, 0};
    decide(activated{task.subset, site_id{to + 1}, token});
  }
  void decide(const log_request& r) {
    if (r.token != token || settled) return;
    switch (r.what) {
      case want::start:
        if (!started && !aborted) started = true, decide(start_decided{task.id, token});
        return;
      case want::commit:
        if (started && !committed && !aborted) committed = true, decide(commit_decided{task.id, token});
        return;
      case want::abort:
        if (!committed && !aborted) aborted = true, decide(abort_decided{task.id, token});
        return;
      case want::settled:
        if (committed || aborted) settled = true, decide(settled_decided{task.id, token});
        return;
    }
  }

  void give(std::size_t s, const input& what) {
    for (auto tasks = sites[s].step(what); !tasks.empty(); tasks = {}) {
      for (const auto& c : tasks.commands) mail.push_back({s, c});
      for (const auto& r : tasks.requests) mail.push_back({s, r});
    }
    if (sites[s].at() == phase::suspect) broken = "suspect in an honest world: " + sites[s].why();
  }

  // The places.
  void answer(const letter& asked, const place& at, event_kind what) {
    const auto& c = std::get<command>(asked.what);
    mail.push_back({asked.site, event{.what = what,
                                      .answers = c.what,
                                      .end = c.end,
                                      .migration = c.migration,
                                      .subset = c.subset,
                                      .workload = c.workload,
                                      .place = c.place(),
                                      .at = now,
                                      .seen = at.seen,
                                      .state = at.state,
                                      .request = c.request,
                                      .reason = ""}});
  }
  void obey(const letter& asked) {
    const auto& c = std::get<command>(asked.what);
    const bool at_source = c.end == endpoint::source;
    place& here = at_source ? source : destination;
    if (c.what == verb::query) return answer(asked, here, event_kind::status);
    if (c.token < here.seen) return answer(asked, here, event_kind::stale_token);
    here.seen = c.token;
    switch (c.what) {
      case verb::fence:
        return answer(asked, here, event_kind::fenced);
      case verb::start:
        if (here.state == place_state::tombstone || here.state == place_state::reverted)
          return answer(asked, here, event_kind::refused);
        if (here.state == place_state::never_seen) {
          if (!admits) return answer(asked, here, event_kind::refused);
          here.state = place_state::copying, here.holds = true, ++starts;
        }
        here.last = c.token;
        answer(asked, here, event_kind::started);
        if (here.state == place_state::ready && task.how == style::one_step) serve();
        if (here.state == place_state::running) answer(asked, here, event_kind::serving);
        return;
      case verb::cut_over:
        if (at_source) {
          if (!destination.serves) broken = "the source ceased while the destination did not serve";
          here.serves = false, here.state = place_state::ready;
        } else {
          if (!committed) broken = "cut over before the commit";
          if (here.state != place_state::ready && here.state != place_state::running)
            return answer(asked, here, event_kind::refused);
          serve();
        }
        return answer(asked, here, event_kind::serving);
      case verb::abort:
        if (here.state == place_state::running) return answer(asked, here, event_kind::serving);
        if (here.state != place_state::reverted && here.state != place_state::tombstone) {
          here.state = here.state == place_state::never_seen ? place_state::tombstone : place_state::reverted;
          here.holds = here.serves = false;
        }
        return answer(asked, here, event_kind::aborted);
      case verb::release:
        if (!destination.serves) broken = "released while the destination did not serve";
        here.holds = here.serves = false, here.state = place_state::released;
        return answer(asked, here, event_kind::released);
      case verb::resize:
      case verb::scale:
        if (!admits) return answer(asked, here, event_kind::refused);
        if (here.state == place_state::never_seen) here.state = place_state::running, ++applied;
        return answer(asked, here, c.what == verb::resize ? event_kind::resized : event_kind::scaled);
      case verb::query:
        return;
    }
  }
  void serve() {
    destination.state = place_state::running, destination.serves = true;
    if (task.how == style::one_step) source.serves = false;
  }

  // One step of the world without a fault.
  void go_on() {
    if (!mail.empty()) {
      const letter head = mail.front();
      mail.pop_front();
      return deliver(head);
    }
    if (destination.state == place_state::copying) {
      destination.state = place_state::ready;
      if (task.how == style::one_step && destination.last >= destination.seen) serve();
      return;
    }
    now += 10s;
    for (std::size_t s = 0; s < 2; ++s) give(s, tick{now});
  }
  void deliver(const letter& head) {
    if (std::holds_alternative<command>(head.what)) obey(head);
    if (const auto* r = std::get_if<log_request>(&head.what)) decide(*r);
    if (const auto* e = std::get_if<event>(&head.what)) give(head.site, *e);
  }

  // One step with a fault; false when it cannot happen now.
  bool go_wrong(fault f) {
    switch (f) {
      case fault::lose:
        if (mail.empty()) return false;
        mail.pop_front();
        return true;
      case fault::duplicate: {
        if (mail.empty()) return false;
        const letter head = mail.front();
        mail.pop_front();
        deliver(head);
        mail.push_back(head);
        return true;
      }
      case fault::postpone: {
        if (mail.size() < 2) return false;
        mail.push_back(mail.front());
        mail.pop_front();
        return true;
      }
      case fault::crash: {
        executor again{task, site_id{owner + 1}, ++lives, options};
        for (const auto& fact : log) again.step(fact);
        sites[owner] = again;
        give(owner, tick{now});
        return true;
      }
      case fault::regrant:
        return settled ? false : (grant(1 - owner), true);
      case fault::renew:
        return settled ? false : (grant(owner), true);
      case fault::give_up:
        return settled ? false : (give(owner, give_up{}), true);
    }
    return false;
  }

  /// What must hold at every moment.
  void check() {
    if (!broken.empty() || task.how == style::in_place) return;
    if (!source.serves && !destination.serves) broken = "nobody serves the workload";
    if (starts > 1) broken = "started twice";
    if (committed && aborted) broken = "committed and aborted";
    if (settled && committed && !(destination.serves && !source.holds))
      broken = "settled after commit, not moved";
    if (settled && aborted && !(source.serves && !destination.holds))
      broken = "settled after abort, not as before";
  }
};

/// Tries every schedule with at most `faults` faults; returns the first broken invariant, or that a world got
/// stuck.
/// @param step_max  a run that is not settled by then is stuck
inline std::string explore(world w, int faults, int step_max, long& runs) {
  for (int step = 0; step < step_max; ++step) {
    w.check();
    if (!w.broken.empty()) return w.broken;
    if (w.settled && w.mail.empty()) return ++runs, "";
    if (faults > 0 && !w.settled)
      for (int f = 0; f < fault_count; ++f) {
        world other = w;
        if (!other.go_wrong(static_cast<fault>(f))) continue;
        if (auto why = explore(std::move(other), faults - 1, step_max - step, runs); !why.empty())
          return std::to_string(step) + ":" + std::to_string(f) + " " + why;
      }
    w.go_on();
  }
  return "not settled after all steps, in phase " + std::string{name_of(w.sites[w.owner].at())};
}

inline executor_options brisk() {
  return {
      .patience = {.retry = 5s, .retry_max = 5s}, .query_every = 5s, .observe_for = 0s, .give_up_after = 24h};
}

}  // namespace honest
