#pragma once
/// @file
/// A Deployment, a StatefulSet or a ReplicaSet: how many copies, how they are replaced, how far that is.
///
/// What the three call alike is read alike. Of the update strategy the two numbers that matter are resolved
/// as the Deployment controller does: a surge is rounded up, what may be unavailable is rounded down.

#include <foreshift/adapters/kubernetes/api_target.hpp>
#include <foreshift/adapters/kubernetes/json_document.hpp>
#include <foreshift/adapters/kubernetes/object_meta.hpp>
#include <foreshift/adapters/kubernetes/pod_resources.hpp>
#include <foreshift/adapters/kubernetes/pod_volumes.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/units.hpp>

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

struct workload {
  kind what = kind::deployment;
  object_meta meta{};
  label_selector selector{};
  label_map pod_labels{};          ///< of the template
  resources reserved{}, limits{};  ///< of one copy

  std::uint32_t replicas = 1;  ///< wanted
  bool paused = false;
  bool rolling = true;  ///< copies are replaced one after the other, without our doing
  std::uint32_t surge = 0,
                unavailable = 0;  ///< of a Deployment's update: copies too many, and too few, at most
  std::uint32_t partition = 0;    ///< of a StatefulSet: copies of a lower ordinal are not updated
  bool has_claims = false;        ///< a StatefulSet's copies have volumes of their own
  bool probed = false;            ///< a container says when it is ready, or when it has started
  pod_volumes volumes{};          ///< of the template

  std::int64_t observed_generation = 0;
  std::uint32_t existing = 0, updated = 0, ready = 0, available = 0;
  std::string current_revision{}, update_revision{};  ///< of a StatefulSet
  std::string progress_reason{}, progress_message{};  ///< of a Deployment's condition Progressing
};

/// @pre `what` is one of the three. A reason names the member.
[[nodiscard]] result<workload, std::string> read_workload(kind what, const json& object);

namespace detail {

/// A number, or a share of the copies such as "25%".
inline std::uint32_t int_or_percent(fields& in, const std::string& path, std::uint32_t of, bool round_up,
                                    std::string_view absent) {
  const auto cut = path.rfind('.');
  const auto& parent = in.object(path.substr(0, cut));
  const auto at = parent.find(path.substr(cut + 1));
  if (at != parent.end() && at->is_number()) return in.count(path);
  std::string_view text = absent;
  if (at != parent.end() && at->is_string()) text = *at->get_ptr<const std::string*>();
  std::uint32_t percent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), percent);
  if (error != std::errc{} || std::string_view{end, text.data() + text.size()} != "%" || percent > 100'000)
    return in.complain(path, "a count or a percentage, not " + excerpt(text) + ","), 0;
  const std::uint64_t share = std::uint64_t{of} * percent;
  return static_cast<std::uint32_t>((share + (round_up ? 99 : 0)) / 100);
}

inline void read_deployment_strategy(fields& in, workload& out) {
  out.paused = in.flag("spec.paused");
  out.rolling = in.text("spec.strategy.type") != "Recreate";
  if (out.rolling) {
    out.surge = int_or_percent(in, "spec.strategy.rollingUpdate.maxSurge", out.replicas, true, "25%");
    out.unavailable =
        int_or_percent(in, "spec.strategy.rollingUpdate.maxUnavailable", out.replicas, false, "25%");
    // The controller's fallback: with neither an update would never begin.
    if (out.surge == 0 && out.unavailable == 0) out.unavailable = 1;
  } else {
    out.unavailable = out.replicas;
  }
  for (const auto& one : in.list("status.conditions")) {
    if (!one.is_object()) continue;
    fields condition{one};
    if (condition.text("type") != "Progressing") continue;
    out.progress_reason = condition.text("reason");
    out.progress_message = condition.text("message");
  }
}

inline void read_set_strategy(fields& in, workload& out) {
  out.rolling = in.text("spec.updateStrategy.type") != "OnDelete";
  out.partition = in.count("spec.updateStrategy.rollingUpdate.partition");
  out.unavailable = 1;
  out.has_claims = !in.list("spec.volumeClaimTemplates").empty();
  out.current_revision = in.text("status.currentRevision");
  out.update_revision = in.text("status.updateRevision");
}

/// A pod is not ready before these probes have succeeded.
inline bool has_probe(fields& in) {
  bool found = false;
  for (const auto& one : in.list("spec.template.spec.containers")) {
    if (!one.is_object()) continue;
    fields container{one};
    found = !container.object("readinessProbe").empty() || !container.object("startupProbe").empty() || found;
    in.adopt("spec.template.spec.containers[]", container.fault());
  }
  return found;
}

}  // namespace detail

inline result<workload, std::string> read_workload(kind what, const json& object) {
  fields in{object};
  workload out;
  out.what = what;
  out.meta = read_meta(in);
  out.selector = read_selector(in, "spec.selector");
  out.pod_labels = read_labels(in, "spec.template.metadata.labels");
  out.reserved = pod_resources(in, "spec.template.spec", "requests");
  out.limits = pod_resources(in, "spec.template.spec", "limits");
  out.volumes = read_volumes(in, "spec.template.spec");
  out.probed = detail::has_probe(in);
  out.replicas = in.count("spec.replicas", 1);
  out.observed_generation = in.integer("status.observedGeneration").value_or(0);
  out.existing = in.count("status.replicas");
  out.updated = in.count("status.updatedReplicas");
  out.ready = in.count("status.readyReplicas");
  out.available = in.count("status.availableReplicas");
  if (what == kind::deployment) detail::read_deployment_strategy(in, out);
  if (what == kind::stateful_set) detail::read_set_strategy(in, out);
  return detail::unless(in, std::move(out));
}

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
