#pragma once
/// @file
/// Which workloads can move without a gap and without loss, and why not the others.
///
/// Three questions, each with a reason for people: whether the way in which copies are replaced leaves
/// clients without an answer (rollout.hpp), whether a new copy is known to work before an old one goes
/// (without a probe a pod is ready as soon as its process exists), and whether data would stay behind
/// (pod_volumes.hpp). Old and new copies run side by side, so within a cluster a claim could follow only
/// where many nodes may mount it at once; claims themselves are not looked at, and each is taken for one that
/// cannot. To another cluster none follows.

#include <foreshift/adapters/kubernetes/disruption_budget.hpp>
#include <foreshift/adapters/kubernetes/pod_volumes.hpp>
#include <foreshift/adapters/kubernetes/rollout.hpp>
#include <foreshift/adapters/kubernetes/workload.hpp>
#include <foreshift/core/diagnostic.hpp>

#include <span>
#include <string>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

/// Why it does not move to another node of its cluster; empty: it does, as far as can be told.
/// @param budgets of its namespace; those that are about others do not count
[[nodiscard]] std::string why_not_within(const workload& w, std::span<const disruption_budget> budgets);

/// Why it does not move to another cluster; empty: it does, as far as can be told.
/// @param w as it is in the cluster that it comes from
[[nodiscard]] std::string why_not_between(const workload& w);

namespace detail {

inline std::string stays_behind(const workload& w) {
  if (!w.volumes.host_path.empty())
    return "it writes to its node's folder " + excerpt(w.volumes.host_path) +
           ", which would stay behind: mount that read-only, or keep the data in a volume";
  if (!w.volumes.disk.empty())
    return "it writes to the disk " + w.volumes.disk +
           ", which one node holds at a time, so that a new copy would wait for the old one to end";
  return {};
}
inline std::string no_probe(const workload& w) {
  if (w.probed) return {};
  return "none of its containers has a readinessProbe: a new copy would count as ready as soon as its "
         "process "
         "exists, and the old one would stop before the new one is known to work; add one to "
         "spec.template.spec.containers";
}
}  // namespace detail

inline std::string why_not_within(const workload& w, std::span<const disruption_budget> budgets) {
  if (w.replicas == 0) return {};
  if (auto gap = gap_reason(w, budgets); !gap.empty()) return gap;
  if (auto unknown = detail::no_probe(w); !unknown.empty()) return unknown;
  if (auto stays = detail::stays_behind(w); !stays.empty()) return stays;
  if (w.volumes.claims.empty()) return {};
  return "its claim " + excerpt(w.volumes.claims.front().name) +
         " may be mounted by one node at a time, and then a new copy would wait for the old one to end";
}

inline std::string why_not_between(const workload& w) {
  if (w.has_claims) return "its copies have volumes of their own, which stay in their cluster";
  if (!w.volumes.claims.empty())
    return "its claim " + excerpt(w.volumes.claims.front().name) +
           " stays in its cluster: a copy elsewhere would begin with an empty volume, or with none";
  if (auto stays = detail::stays_behind(w); !stays.empty()) return stays;
  return detail::no_probe(w);
}

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
