#pragma once
/// @file
/// How far a rollout is, and whether one may be begun without a gap.
///
/// The judgement of `kubectl rollout status` (k8s.io/kubectl, pkg/polymorphichelpers/rollout_status.go): only
/// a status that has observed the specification's generation says anything about it. A start without a gap is
/// a matter of the strategy: a copy more must be allowed, or a copy less must be affordable.

#include <foreshift/adapters/kubernetes/disruption_budget.hpp>
#include <foreshift/adapters/kubernetes/workload.hpp>

#include <cstdint>
#include <span>
#include <string>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

struct rollout {
  enum class state : std::uint8_t { under_way, complete, failed };
  state what = state::under_way;
  std::string reason{};  ///< what is waited for, or why it failed
  friend bool operator==(const rollout&, const rollout&) = default;
};

[[nodiscard]] inline rollout rollout_of(const workload& w) {
  using enum rollout::state;
  const auto count = [](std::uint32_t n) { return std::to_string(n); };
  if (w.meta.generation > w.observed_generation)
    return {under_way, "the controller has not seen the change yet"};
  if (w.progress_reason == "ProgressDeadlineExceeded")
    return {failed, "ProgressDeadlineExceeded: " + w.progress_message};
  if (w.paused) return {failed, "it is paused: nothing is replaced until somebody resumes it"};
  if (!w.rolling && w.what == kind::stateful_set)
    return {failed, "its update strategy is OnDelete: nothing is replaced until somebody deletes its pods"};
  const auto wanted = w.what == kind::stateful_set && w.partition < w.replicas ? w.replicas - w.partition
                      : w.what == kind::stateful_set                           ? 0U
                                                                               : w.replicas;
  if (w.updated < wanted) return {under_way, count(w.updated) + " of " + count(wanted) + " copies are new"};
  if (w.existing > w.replicas)
    return {under_way, count(w.existing - w.replicas) + " old copies are still there"};
  const auto serve = w.what == kind::deployment ? w.available : w.ready;
  if (serve < w.replicas)
    return {under_way, count(serve) + " of " + count(w.replicas) + " copies are available"};
  if (w.what == kind::stateful_set && w.partition == 0 && w.current_revision != w.update_revision)
    return {under_way, "the last copies are on their way"};
  return {complete, {}};
}

/// Why a change of its template would leave clients without an answer; empty: it would not.
/// @param budgets of its namespace; those that mean other pods do not count
[[nodiscard]] inline std::string gap_reason(const workload& w, std::span<const disruption_budget> budgets) {
  if (w.replicas == 0) return {};
  if (w.what == kind::replica_set)
    return "a ReplicaSet replaces nothing when its template changes: move the Deployment that owns it";
  if (!w.rolling && w.what == kind::deployment)
    return "its strategy is Recreate: every copy stops before a new one starts";
  if (!w.rolling) return "its update strategy is OnDelete: it replaces nothing by itself";
  if (w.paused) return "it is paused: resume it first";
  if (w.what == kind::stateful_set && w.has_claims)
    return "its copies have volumes of their own, which may not follow to another node";
  if (w.what == kind::stateful_set && w.partition > 0)
    return "its update is partitioned: copies below " + std::to_string(w.partition) + " would stay";
  if (w.unavailable == 0) return {};  // a new copy is ready before an old one stops
  if (w.unavailable >= w.replicas)
    return w.what == kind::stateful_set
               ? "a StatefulSet stops a copy before its successor starts, and this one has a single copy"
               : "its strategy lets all of its copies be unavailable at once: set maxUnavailable to 0 and "
                 "maxSurge "
                 "to 1";
  for (const auto& b : budgets)
    if (b.covers(w) && w.replicas - w.unavailable < b.desired_healthy)
      return "the disruption budget " + b.meta.name + " wants " + std::to_string(b.desired_healthy) +
             " copies, and its strategy leaves " + std::to_string(w.replicas - w.unavailable);
  return {};
}

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
