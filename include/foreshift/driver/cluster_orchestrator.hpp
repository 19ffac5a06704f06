#pragma once
/// @file
/// An Orchestrator over clusters that have versioned objects: fenced, watched and reversible.
///
/// Each command is one reading of the workload's object, one decision (migration/place_record.hpp) and at
/// most one write under the version that was read, of what is to be done and of the record together. So a
/// command that was carried out and not answered finds its own record when it comes again, here or in the
/// process that takes over, and a stale one finds a higher token. Another writer in between makes the write
/// fail; it is then read and decided afresh.
///
/// A cluster that cannot be read is unreachable, whatever it says why: only what is to be begun or was to be
/// written can be refused. One that does not answer is asked once in a poll, so that the others' commands do
/// not wait for it.
///
/// Copies under way are looked at every `look_every` and whenever they are asked about. What has become of
/// one goes into its record as well: to say it once is to say it for good.

#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/migration/command.hpp>
#include <foreshift/migration/event.hpp>
#include <foreshift/migration/object_record.hpp>
#include <foreshift/migration/place_record.hpp>
#include <foreshift/ports/clock.hpp>
#include <foreshift/ports/orchestrator.hpp>
#include <foreshift/ports/versioned_cluster.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::driver {

struct cluster_orchestrator_options {
  duration look_every = std::chrono::seconds{1};  ///< at a copy under way; each look is one or two requests
  std::size_t tries = 8;  ///< of one command against other writers, before it is answered `unreachable`
  duration slow =
      std::chrono::seconds{1};    ///< a reading that fails after so long: not asked again in this poll
  std::size_t waiting_max = 256;  ///< commands not yet carried out; `submit` refuses more
};

/// Directs the workload's traffic to `command.to`, before the destination is told to serve. Called again for
/// a cut-over that is told again. Empty: done; else the reason why not, and it is tried again.
using traffic_switch = std::function<std::string(const migration::command&)>;

/// A move within one cluster goes in the cluster's own style, one between two clusters in two steps: copy
/// there, healthy, commit, traffic switched, stopped here.
template <ports::VersionedCluster Cluster, ports::Clock Clock>
class cluster_orchestrator {
 public:
  static constexpr bool fences = true;
  static constexpr migration::cut_over_style style = Cluster::style;
  static constexpr migration::cut_over_style style_between = migration::cut_over_style::two_step;

  explicit cluster_orchestrator(Clock clock, cluster_orchestrator_options options = {})
      : clock_(std::move(clock)), options_(options) {}

  /// Opens the way to the cluster of one data centre.
  cluster_orchestrator& reach(site_id site, Cluster cluster) {
    ends_.insert_or_assign(site, end{std::move(cluster), {}, {}, {}});
    return *this;
  }
  /// Without it a cut-over between clusters is refused.
  void switch_traffic(traffic_switch hook) { switch_traffic_ = std::move(hook); }
  [[nodiscard]] Cluster* cluster(site_id site) {
    end* found = ends_.find(site);
    return found != nullptr ? &found->cluster : nullptr;
  }

  /// Kept for the next `poll`. `no_such_device_or_address` without a way to the site, `no_buffer_space` when
  /// too much waits.
  std::error_code submit(const migration::command& what) {
    if (!ends_.contains(what.site())) return std::make_error_code(std::errc::no_such_device_or_address);
    if (waiting_.size() >= options_.waiting_max) return std::make_error_code(std::errc::no_buffer_space);
    waiting_.push_back(what);
    return {};
  }
  /// Carries out what waits, looks at copies under way and hands over the answers. Takes as long as the
  /// requests do, each within its timeout. The sink may submit; that waits for the next poll.
  template <class Sink>
  void poll(Sink&& sink) {
    for (auto& [site, at] : ends_) at.silent.clear();
    for (const auto& what : std::exchange(waiting_, {})) carry_out(what);
    look();
    for (const auto& e : std::exchange(answers_, {})) sink(e);
  }

 private:
  using object = typename Cluster::object;
  using state = migration::place_state;
  using kind = migration::event_kind;
  struct end {
    Cluster cluster;
    time_point quiet_until;  ///< the cluster asked for it
    std::string quiet_why;
    std::string silent;  ///< it has not answered in this poll, and why
  };
  /// A copy under way: the last command about it.
  struct watched {
    migration::command last;
    time_point next;
    bool told_failed = false;
  };
  /// One command on its way through one reading of the object.
  struct attempt {
    const migration::command& what;
    end& at;
    object seen;
    migration::object_record record;
    migration::place_response said{};
    std::optional<std::string> failed{};
    std::string conflict{};  ///< why it could not be written under the version that was read
  };
  enum class step : std::uint8_t { done, again, over };

  [[nodiscard]] static migration::place_rules rules_for(const migration::command& c) {
    return {c.from_site == c.to_site ? style : style_between, true};
  }

  void carry_out(const migration::command& what) {
    end& at = *ends_.find(what.site());
    if (const time_point now = clock_.now(); now < at.quiet_until)
      return answer(what, {}, kind::unreachable, at.quiet_why, at.quiet_until - now);
    if (!at.silent.empty()) return answer(what, {}, kind::unreachable, at.silent);
    std::string conflict;
    for (std::size_t tried = 0; tried < options_.tries; ++tried) {
      const time_point asked = clock_.now();
      auto seen = at.cluster.read(what);
      if (!seen) {
        if (clock_.now() - asked >= options_.slow) at.silent = seen.error().reason;
        return unread(what, at, {}, seen.error());
      }
      attempt now{what, at, *std::move(seen), {}};
      now.record = now.seen.record;
      const step next = attempt_once(now);
      if (next == step::done) conclude(now);
      if (next != step::again) return;
      conflict = std::move(now.conflict);
    }
    answer(what, {}, kind::unreachable,
           "the object was changed by others each time it was to be written: " + conflict);
  }
  step attempt_once(attempt& now);
  step end_copy(attempt& now);
  step decide(attempt& now);
  void conclude(const attempt& now);

  step write(attempt& now, ports::cluster_act act);
  void failed(const migration::command& what, end& at, const migration::object_record& record,
              const ports::call_error& why);
  /// What cannot be read may be readable again; only what was to be begun there is refused.
  void unread(const migration::command& what, end& at, const migration::object_record& record,
              ports::call_error why) {
    using error = ports::call_error::kind;
    if (why.what == error::refused && what.what != migration::verb::start) why.what = error::unknown;
    failed(what, at, record, why);
  }
  [[nodiscard]] static ports::cluster_act act_of(kind did, const attempt& now, state before);

  void answer(const migration::command& to, const migration::object_record& record, kind what,
              std::string reason, duration quiet = duration::zero()) {
    if (looking_ && what == kind::unreachable) return;  // nobody has asked
    answers_.push_back({what, to.what, to.end, to.migration, to.subset, to.workload, to.place(), clock_.now(),
                        record.highest, record.state_of(to.migration, to.end), to.request, std::move(reason),
                        quiet});
  }
  void look() {
    const time_point now = clock_.now();
    std::vector<migration::command> due;
    for (auto& [id, copy] : copies_)
      if (copy.next <= now) copy.next = now + options_.look_every, due.push_back(copy.last);
    looking_ = true;
    for (const auto& what : due) carry_out(what);
    looking_ = false;
  }

  Clock clock_;
  cluster_orchestrator_options options_;
  traffic_switch switch_traffic_;
  flat_map<site_id, end> ends_;
  std::vector<migration::command> waiting_;
  flat_map<migration_id, watched> copies_;
  std::vector<migration::event> answers_;
  bool looking_ = false;  ///< nothing is commanded, only looked after
};

/// Where a copy has ended since, that is said and kept first: what the command means depends on it.
template <ports::VersionedCluster Cluster, ports::Clock Clock>
auto cluster_orchestrator<Cluster, Clock>::attempt_once(attempt& now) -> step {
  const auto& c = now.what;
  const bool at_destination = c.end == migration::endpoint::destination;
  const bool concerns =
      looking_ || c.what == migration::verb::query || !is_stale(c, rules_for(c), now.record.highest);
  if (at_destination && concerns && now.record.state_of(c.migration, c.end) == state::copying)
    if (const step next = end_copy(now); next != step::done) return next;
  return looking_ ? step::done : decide(now);
}

template <ports::VersionedCluster Cluster, ports::Clock Clock>
auto cluster_orchestrator<Cluster, Clock>::end_copy(attempt& now) -> step {
  using progress = ports::copy_progress::state;
  const auto so_far = now.at.cluster.progress(now.seen, now.what);
  if (!so_far) return unread(now.what, now.at, now.record, so_far.error()), step::over;
  const auto rules = rules_for(now.what);
  const bool two_step = rules.style == migration::cut_over_style::two_step;
  if (so_far->what == progress::failed || so_far->what == progress::foreign) now.failed = so_far->reason;
  if (so_far->what != progress::serving && !(two_step && so_far->what == progress::ready)) return step::done;
  now.said = migration::end_copy(rules, now.record.highest, now.record.destination);
  return write(now, ports::cluster_act::hold);
}

/// Looks at the token, then at the verb, and writes what follows.
template <ports::VersionedCluster Cluster, ports::Clock Clock>
auto cluster_orchestrator<Cluster, Clock>::decide(attempt& now) -> step {
  const auto& c = now.what;
  const auto rules = rules_for(c);
  const migration::object_record before = now.record;
  const auto refuse = [&](std::string why) {
    return answer(c, now.record, kind::refused, std::move(why)), step::over;
  };
  // Subsets may be grouped anew; a later grant is the higher token then as well.
  if (c.token <= before.highest && before.subset != c.subset && c.what != migration::verb::query)
    return refuse("the object keeps a token of subset " + std::to_string(before.subset.value));
  now.record.subset = c.subset;
  auto said = check_token(c, rules, now.record.highest);
  if (!said) {
    if (now.record.migration != c.migration) {
      if (c.token <= before.used)
        return refuse("the object keeps migration " + std::to_string(before.migration.value) +
                      " under this token");
      now.record.migration = c.migration;
      now.record.destination = now.record.source = {.subset = c.subset};
    }
    now.record.used = c.token;
    said = migration::carry_out(c, rules, now.record.at(c.end));
  }
  now.said.answers.insert(now.said.answers.end(), said->answers.begin(), said->answers.end());
  if (c.what == migration::verb::query || now.record == before) return step::done;
  const auto act = said->acts.empty() ? ports::cluster_act::hold
                                      : act_of(said->acts.front(), now, before.state_of(c.migration, c.end));
  if (act == ports::cluster_act::serve && c.from_site != c.to_site) {
    if (!switch_traffic_) return refuse("nothing was given that switches the traffic between clusters");
    if (std::string why = switch_traffic_(c); !why.empty())
      return answer(c, before, kind::unreachable, "the traffic was not switched: " + std::move(why)),
             step::over;
  }
  return write(now, act);
}

template <ports::VersionedCluster Cluster, ports::Clock Clock>
ports::cluster_act cluster_orchestrator<Cluster, Clock>::act_of(kind did, const attempt& now, state before) {
  using ports::cluster_act;
  const bool at_source = now.what.end == migration::endpoint::source;
  switch (did) {
    case kind::started:
      return cluster_act::start;
    case kind::serving:  // one_step, and copied under an earlier token: it serves already
      return now.what.what != migration::verb::cut_over ? cluster_act::hold
             : at_source                                ? cluster_act::cease
                                                        : cluster_act::serve;
    case kind::aborted:
      return before == state::never_seen ? cluster_act::hold : cluster_act::undo;
    case kind::released:
      return cluster_act::release;
    case kind::resized:
      return cluster_act::resize;
    case kind::scaled:
      return cluster_act::scale;
    default:
      return cluster_act::hold;
  }
}

template <ports::VersionedCluster Cluster, ports::Clock Clock>
auto cluster_orchestrator<Cluster, Clock>::write(attempt& now, ports::cluster_act act) -> step {
  const auto& c = now.what;
  std::optional<object> elsewhere;
  end* other = c.from_site == c.to_site                    ? nullptr
               : c.end == migration::endpoint::destination ? ends_.find(c.from_site)
                                                           : nullptr;
  if ((act == ports::cluster_act::start || !now.seen.exists) && other != nullptr) {
    migration::command there = c;
    there.end = migration::endpoint::source;
    auto original = other->cluster.read(there);
    if (!original) return unread(c, *other, now.seen.record, original.error()), step::over;
    elsewhere = *std::move(original);
  }
  auto written = now.at.cluster.write(now.seen, c, act, now.record, elsewhere ? &*elsewhere : nullptr);
  if (written) return now.seen = *std::move(written), step::done;
  if (written.error().what == ports::call_error::kind::conflict)
    return now.conflict = std::move(written.error().reason), step::again;
  return failed(c, now.at, now.seen.record, written.error()), step::over;
}

/// Says what there is to say, and keeps watching or ceases to.
template <ports::VersionedCluster Cluster, ports::Clock Clock>
void cluster_orchestrator<Cluster, Clock>::conclude(const attempt& now) {
  const auto& c = now.what;
  for (const auto& one : now.said.answers) answer(c, now.record, one.what, one.reason);
  if (c.end != migration::endpoint::destination) return;
  if (now.record.state_of(c.migration, c.end) != state::copying ||
      is_stale(c, rules_for(c), now.record.highest)) {
    if (now.record.migration != c.migration || now.record.destination.at != state::copying)
      copies_.erase(c.migration);
    return;
  }
  watched& copy = copies_[c.migration];
  if (!looking_) copy = {c, clock_.now() + options_.look_every, false};
  if (now.failed && !std::exchange(copy.told_failed, true)) answer(c, now.record, kind::failed, *now.failed);
}

template <ports::VersionedCluster Cluster, ports::Clock Clock>
void cluster_orchestrator<Cluster, Clock>::failed(const migration::command& what, end& at,
                                                  const migration::object_record& record,
                                                  const ports::call_error& why) {
  if (why.retry_after) {
    at.quiet_until = clock_.now() + *why.retry_after;
    at.quiet_why = "the cluster asked for quiet: " + why.reason;
  }
  answer(what, record, why.what == ports::call_error::kind::refused ? kind::refused : kind::unreachable,
         why.reason, why.retry_after.value_or(duration::zero()));
}

}  // namespace foreshift::inline FORESHIFT_ABI::driver
