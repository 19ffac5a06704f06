#pragma once
// The controllers of a fake API server: each tick is one step of every rollout. A new copy is made on the
// node that the template's affinity names and is ready a tick later; an old one goes when the strategy lets
// it.

#include <adapters/kubernetes/fake_api.hpp>
#include <foreshift/adapters/kubernetes/placement_patch.hpp>
#include <foreshift/adapters/kubernetes/workload.hpp>
#include <foreshift/adapters/kubernetes/workload_writes.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace foreshift::fake {

/// A Deployment or a StatefulSet of `kubectl apply`.
inline json workload_object(std::uint32_t replicas, const std::string& app, kind what = kind::deployment) {
  json spec{{"replicas", replicas},
            {"selector", {{"matchLabels", {{"app", app}}}}},
            {"template",
             {{"metadata", {{"labels", {{"app", app}}}}},
              {"spec",
               {{"containers",
                 json::array({{{"name", "main"},
                               {"image", "shop/" + app + ":1"},
                               {"readinessProbe", {{"httpGet", {{"path", "/ready"}, {"port", 8080}}}}},
                               {"resources", {{"requests", {{"cpu", "250m"}, {"memory", "64Mi"}}}}}}})}}}}}};
  if (what == kind::deployment)
    spec["strategy"] = {{"type", "RollingUpdate"},
                        {"rollingUpdate", {{"maxSurge", 1}, {"maxUnavailable", 0}}}};
  else
    spec["serviceName"] = app, spec["updateStrategy"] = {{"type", "RollingUpdate"}};
  return {{"metadata", {{"labels", {{"app", app}}}}}, {"spec", spec}};
}
inline json node_object(bool ready = true) {
  return {{"metadata", {{"labels", {{"zone", "a"}}}}},
          {"spec", json::object()},
          {"status",
           {{"allocatable", {{"cpu", "8"}, {"memory", "16Gi"}}},
            {"conditions", json::array({{{"type", "Ready"}, {"status", ready ? "True" : "False"}}})}}}};
}

class rollouts {
 public:
  explicit rollouts(api& server) : api_(&server) {}

  bool stuck = false;  ///< new copies never become ready; after `deadline_ticks` the Deployment says so
  std::size_t deadline_ticks = 5;
  std::string first_node = "n1";        ///< of copies that may run anywhere
  std::size_t begun = 0;                ///< templates that were rolled out, the first ones aside
  std::size_t fewest_ready = SIZE_MAX;  ///< copies, at any time since a workload was whole

  void tick() {
    for (const auto what : {kind::deployment, kind::stateful_set})
      for (const auto& o : api_->all(what)) step(what, o);
  }
  void run(std::size_t ticks) {
    while (ticks-- > 0) tick();
  }
  /// Nodes of the copies that are ready, sorted.
  [[nodiscard]] std::vector<std::string> where(const std::string& app) const {
    std::vector<std::string> out;
    for (const auto& p : api_->all(kind::pod))
      if (p["metadata"]["labels"]["app"] == app && p["status"]["phase"] == "Running")
        out.push_back(p["spec"]["nodeName"]);
    std::ranges::sort(out);
    return out;
  }

 private:
  static std::string revision_of(const json& object) {
    return std::to_string(std::hash<std::string>{}(kubernetes::to_text(object["spec"]["template"])) %
                          100'000);
  }
  void step(kind what, const json& object) {
    const auto w = *kubernetes::read_workload(what, object);
    const auto revision = revision_of(object);
    std::vector<json> fresh, old;
    for (const auto& p : api_->all(kind::pod))
      if (p["metadata"]["namespace"] == w.meta.space &&
          p["metadata"]["ownerReferences"][0]["uid"] == w.meta.uid)
        (p["metadata"]["labels"]["revision"] == revision ? fresh : old).push_back(p);
    const auto ready = [](const std::vector<json>& pods) {
      return static_cast<std::size_t>(
          std::ranges::count_if(pods, [](const json& p) { return p["status"]["phase"] == "Running"; }));
    };
    if (fresh.empty() && !old.empty() && w.replicas > 0) ++begun;
    if (!fresh.empty() && ready(fresh) == w.replicas && old.empty()) waited_[w.meta.uid] = 0;
    if (!stuck || old.empty())
      for (auto& p : fresh)
        if (p["status"]["phase"] == "Pending") set_running(p);
    const std::size_t total = fresh.size() + old.size();
    if (!old.empty() && (total > w.replicas || w.unavailable > 0) &&
        ready(fresh) + ready(old) > w.replicas - std::min(w.unavailable, w.replicas))
      api_->remove(kind::pod, w.meta.space, old[0]["metadata"]["name"]), old.erase(old.begin());
    else if (total > w.replicas && old.empty())
      api_->remove(kind::pod, w.meta.space, fresh[0]["metadata"]["name"]), fresh.erase(fresh.begin());
    if (fresh.size() < w.replicas && fresh.size() + old.size() < w.replicas + w.surge)
      make(w, object, revision);
    report(what, w, revision);
  }
  void set_running(json& p) {
    api_->change(kind::pod, p["metadata"]["namespace"], p["metadata"]["name"], [](json& pod) {
      pod["status"] = {{"phase", "Running"},
                       {"conditions", json::array({{{"type", "Ready"}, {"status", "True"}}})}};
    });
    p["status"]["phase"] = "Running";
  }
  void make(const kubernetes::workload& w, const json& object, const std::string& revision) {
    const auto node = kubernetes::placed_by_us(object).value_or(first_node);
    json labels = object["spec"]["template"]["metadata"]["labels"];
    labels["revision"] = revision;
    api_->put(
        kind::pod, w.meta.space, w.meta.name + "-" + std::to_string(++made_),
        {{"metadata",
          {{"labels", labels},
           {"ownerReferences", json::array({{{"controller", true},
                                             {"kind", facts_of(w.what).name},
                                             {"name", w.meta.name},
                                             {"uid", w.meta.uid}}})}}},
         {"spec", {{"nodeName", node}, {"containers", object["spec"]["template"]["spec"]["containers"]}}},
         {"status", {{"phase", "Pending"}}}},
        "controller");
  }
  void report(kind what, const kubernetes::workload& w, const std::string& revision) {
    std::size_t total = 0, updated = 0, ready = 0;
    for (const auto& p : api_->all(kind::pod)) {
      if (p["metadata"]["namespace"] != w.meta.space ||
          p["metadata"]["ownerReferences"][0]["uid"] != w.meta.uid)
        continue;
      ++total;
      updated += p["metadata"]["labels"]["revision"] == revision ? 1 : 0;
      ready += p["status"]["phase"] == "Running" ? 1 : 0;
    }
    if (ready >= w.replicas && w.replicas > 0) whole_ = true;
    if (whole_) fewest_ready = std::min(fewest_ready, ready);
    auto& waited = waited_[w.meta.uid];
    const bool done = updated == w.replicas && total == w.replicas && ready >= w.replicas;
    waited = done ? 0 : waited + 1;
    const bool late = stuck && waited > deadline_ticks;
    api_->change(what, w.meta.space, w.meta.name, [&](json& o) {
      json s{{"observedGeneration", w.meta.generation},
             {"replicas", total},
             {"updatedReplicas", updated},
             {"readyReplicas", ready},
             {"availableReplicas", ready}};
      if (what == kind::deployment)
        s["conditions"] = json::array({{{"type", "Progressing"},
                                        {"status", late ? "False" : "True"},
                                        {"reason", late   ? "ProgressDeadlineExceeded"
                                                   : done ? "NewReplicaSetAvailable"
                                                          : "ReplicaSetUpdated"},
                                        {"message", late ? "has timed out progressing." : ""}}});
      else
        s["updateRevision"] = revision,
        s["currentRevision"] = done ? revision : fields{o}.text("status.currentRevision");
      if (o["status"] != s) o["status"] = s;
    });
  }

  api* api_;
  std::map<std::string, std::size_t> waited_;
  std::size_t made_ = 0;
  bool whole_ = false;
};

}  // namespace foreshift::fake
