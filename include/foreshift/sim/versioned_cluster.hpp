#pragma once
/// @file
/// A cluster with versioned objects that delays, fails, hangs, lies, half-succeeds and forgets, as it is
/// told.

#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/migration/command.hpp>
#include <foreshift/migration/object_record.hpp>
#include <foreshift/migration/place_record.hpp>
#include <foreshift/ports/versioned_cluster.hpp>
#include <foreshift/sim/timer.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// How a cluster misbehaves. Counts go down by one each time that they have had their way.
struct cluster_faults {
  int unsent = 0;      ///< calls that do not leave
  int unreadable = 0;  ///< calls that are carried out and whose answer is lost
  int conflicts = 0;   ///< writes that somebody else came before
  int refusals = 0;    ///< writes that the cluster will not do
  int shut = 0;        ///< readings that it will not allow
  int forgotten = 0;   ///< readings in which the object is without its record
  int lies = 0;      ///< looks at a copy under way that say it is there, at one that is there that it failed
  duration quiet{};  ///< asked for with each refused or unsent call; 0: not asked for
  bool copies_fail = false;
  bool copies_hang = false;
  bool overwritten = false;  ///< somebody else has put his own placement there
  friend bool operator==(const cluster_faults&, const cluster_faults&) = default;
};

/// The objects of one data centre; outlives the processes that command it. Not thread-safe.
struct cluster_objects {
  struct object {
    bool exists = false;
    std::uint64_t version = 0;
    migration::object_record record{};
    place_id runs_at{};      ///< 0: nowhere
    place_id copied_to{};    ///< the copy under way or ended, 0: none
    time_point copied_at{};  ///< when it ends
    resources limits{};
    std::uint32_t replicas = 1;
  };
  flat_map<workload_id, object> all{};
  std::vector<std::pair<ports::cluster_act, migration::command>> acts{};  ///< written, in order
  cluster_faults faults{};
  duration copy_time = std::chrono::seconds{10};
};

/// One process's way to the objects.
template <migration::cut_over_style Style = migration::cut_over_style::one_step>
class versioned_cluster {
 public:
  static constexpr migration::cut_over_style style = Style;
  using object = cluster_objects::object;
  using command = migration::command;

  /// @pre both outlive it
  versioned_cluster(const timer& t, cluster_objects& objects) : timer_(&t), objects_(&objects) {}

  result<object, ports::call_error> read(const command& what) {
    if (auto broken = broken_call()) return failure{*std::move(broken)};
    if (strikes(objects_->faults.shut)) return failure{error{error::kind::refused, "not allowed", quiet()}};
    const object* found = objects_->all.find(what.workload);
    object seen = found != nullptr ? *found : object{};
    if (strikes(objects_->faults.forgotten)) seen.record = {};
    return seen;
  }
  result<object, ports::call_error> write(const object& as_read, const command& what, ports::cluster_act act,
                                          const migration::object_record& next, const object* elsewhere);
  result<ports::copy_progress, ports::call_error> progress(const object& as_read, const command& what);

 private:
  using error = ports::call_error;
  static bool strikes(int& left) { return left > 0 && left-- > 0; }
  [[nodiscard]] std::optional<duration> quiet() const {
    return objects_->faults.quiet == duration::zero() ? std::nullopt : std::optional(objects_->faults.quiet);
  }
  [[nodiscard]] std::optional<error> broken_call() {
    if (strikes(objects_->faults.unsent)) return error{error::kind::unsent, "no connection", quiet()};
    return std::nullopt;
  }
  void carry_out(object& now, const command& what, ports::cluster_act act) const;

  const timer* timer_;
  cluster_objects* objects_;
};
static_assert(ports::VersionedCluster<versioned_cluster<>>);

template <migration::cut_over_style Style>
result<cluster_objects::object, ports::call_error> versioned_cluster<Style>::write(
    const object& as_read, const command& what, ports::cluster_act act, const migration::object_record& next,
    const object* elsewhere) {
  cluster_faults& faults = objects_->faults;
  if (auto broken = broken_call()) return failure{*std::move(broken)};
  if (strikes(faults.refusals)) return failure{error{error::kind::refused, "not allowed", quiet()}};
  object& now = objects_->all[what.workload];
  if (strikes(faults.conflicts)) ++now.version;
  if (now.version != as_read.version)
    return failure{error{error::kind::conflict, "changed since it was read", {}}};
  if (!now.exists) {
    if (elsewhere == nullptr || !elsewhere->exists)
      return failure{error{error::kind::refused, "nowhere is a specification of it", {}}};
    now.exists = true;
    now.limits = elsewhere->limits;
  }
  ++now.version;
  now.record = next;
  carry_out(now, what, act);
  objects_->acts.emplace_back(act, what);
  if (strikes(faults.unreadable)) return failure{error{error::kind::unknown, "the answer was cut short", {}}};
  return now;
}

template <migration::cut_over_style Style>
void versioned_cluster<Style>::carry_out(object& now, const command& what, ports::cluster_act act) const {
  using ports::cluster_act;
  switch (act) {
    case cluster_act::start:
      now.copied_to = what.to;
      now.copied_at = timer_->now() + objects_->copy_time;
      break;
    case cluster_act::serve:
      now.runs_at = what.to;
      break;
    case cluster_act::cease:
    case cluster_act::release:
      if (what.from_site != what.to_site) now.runs_at = {};
      break;
    case cluster_act::undo:
      if (what.end == migration::endpoint::source) now.runs_at = what.from;
      now.copied_to = {};
      break;
    case cluster_act::resize:
      now.limits = what.limits;
      break;
    case cluster_act::scale:
      now.replicas = what.replicas;
      break;
    case cluster_act::hold:
      break;
  }
}

template <migration::cut_over_style Style>
result<ports::copy_progress, ports::call_error> versioned_cluster<Style>::progress(const object&,
                                                                                   const command& what) {
  using progress_state = ports::copy_progress::state;
  cluster_faults& faults = objects_->faults;
  if (auto broken = broken_call()) return failure{*std::move(broken)};
  object& now = objects_->all[what.workload];
  if (faults.overwritten) return ports::copy_progress{progress_state::foreign, "placed by somebody else"};
  const bool there = !faults.copies_hang && timer_->now() >= now.copied_at, lies = strikes(faults.lies);
  const bool failed = there && faults.copies_fail != lies;
  if (!there && !lies) return ports::copy_progress{};
  if (failed) return ports::copy_progress{progress_state::failed, "unhealthy"};
  if (what.from_site == what.to_site && Style == migration::cut_over_style::one_step) {
    if (there) now.runs_at = now.copied_to;  // the cluster's own update goes on to the end
    return ports::copy_progress{progress_state::serving, {}};
  }
  return ports::copy_progress{progress_state::ready, {}};
}

}  // namespace foreshift::inline FORESHIFT_ABI::sim
