// What following a cluster of 10,000 pods, 1,000 Deployments and 200 nodes costs: the lists that begin it,
// and a minute in which 1,000 pods change, followed by `cluster_watch` through a client in this process, with
// an inventory made after each of its ten rounds. The counter `core` is the share of one core that such a
// minute takes; `bytes_per_pod` what is held for each pod, beside the text of one (`text_bytes`). The plain
// loop beside it parses the same events and keeps nothing.
#include <foreshift/adapters/kubernetes/cluster_watch.hpp>

#include <benchmark/benchmark.h>

#include <malloc.h>  // mallinfo2 is glibc's

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;
using kubernetes::json, kubernetes::kind;

namespace {

constexpr int pods = 10'000, changes = 1'000, deployments = 1'000, nodes = 200, rounds = 10;

std::string pod_text(int i, std::size_t version, const char* phase) {
  const auto n = std::to_string(i);
  json labels{
      {"app", "web-" + std::to_string(i / 10)}, {"pod-template-hash", "6d4cf56db6"}, {"team", "checkout"}};
  json container{
      {"name", "main"},
      {"image", "registry.example/shop/web@sha256:" + std::string(64, 'a')},
      {"ports", {{{"containerPort", 8080}, {"protocol", "TCP"}}}},
      {"resources",
       {{"requests", {{"cpu", "250m"}, {"memory", "256Mi"}}}, {"limits", {{"memory", "512Mi"}}}}},
      {"volumeMounts", {{{"name", "token"}, {"mountPath", "/var/run/secrets"}, {"readOnly", true}}}}};
  json managed = json::object();
  for (const char* field : {"f:image", "f:imagePullPolicy", "f:name", "f:ports", "f:resources",
                            "f:volumeMounts", "f:terminationMessagePath", "f:terminationMessagePolicy"})
    managed["f:spec"]["f:containers"][R"(k:{"name":"main"})"][field] = json::object();
  const json out{
      {"kind", "Pod"},
      {"apiVersion", "v1"},
      {"metadata",
       {{"name", "web-" + n},
        {"namespace", "shop"},
        {"uid", "8f2f1c1e-0000-4000-8000-" + n},
        {"resourceVersion", std::to_string(version)},
        {"labels", labels},
        {"annotations", {{"example.com/checksum", std::string(64, 'b')}}},
        {"ownerReferences",
         {{{"controller", true},
           {"kind", "ReplicaSet"},
           {"name", "web"},
           {"uid", "set-" + std::to_string(i / 10)}}}},
        {"managedFields",
         {{{"manager", "kube-controller-manager"}, {"operation", "Update"}, {"fieldsV1", managed}},
          {{"manager", "kubelet"}, {"operation", "Update"}, {"fieldsV1", managed}}}}}},
      {"spec",
       {{"nodeName", "node-" + std::to_string(i % 200)},
        {"containers", {container, container}},
        {"tolerations",
         {{{"key", "node.kubernetes.io/not-ready"}, {"operator", "Exists"}, {"tolerationSeconds", 300}}}}}},
      {"status",
       {{"phase", phase},
        {"conditions",
         {{{"type", "Ready"}, {"status", "True"}, {"lastTransitionTime", "2026-11-27T10:00:00Z"}},
          {{"type", "PodScheduled"}, {"status", "True"}, {"lastTransitionTime", "2026-11-27T10:00:00Z"}}}},
        {"containerStatuses",
         {{{"name", "main"},
           {"ready", true},
           {"containerID", std::string(80, 'c')},
           {"imageID", std::string(100, 'd')}}}}}}};
  return kubernetes::to_text(out);
}

/// The answers that a server would give.
std::string page(int from, int to) {
  std::string body = R"({"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"20000")";
  if (to < pods) body += R"(,"continue":")" + std::to_string(to) + "\"";
  body += "},\"items\":[";
  for (int i = from; i < to; ++i)
    body += (i > from ? "," : "") + pod_text(i, 10'000 + static_cast<std::size_t>(i), "Pending");
  return body + "]}";
}
/// @param first of the changes of a minute
std::string events(std::size_t& version, int first, int count) {
  std::string body;
  for (int i = first; i < first + count; ++i) {
    const int p = (i * 7919) % pods;
    body += R"({"type":"MODIFIED","object":)" + pod_text(p, ++version, "Running") + "}\n";
  }
  return body;
}
/// Of objects that are few: `text` makes one of its number.
template <class Text>
std::string whole_list(int count, Text text) {
  std::string body = R"({"metadata":{"resourceVersion":"20000"},"items":[)";
  for (int i = 0; i < count; ++i) body += (i > 0 ? "," : "") + text(std::to_string(i));
  return body + "]}";
}
std::string meta(const std::string& name, const std::string& uid, const std::string& owner = "") {
  return R"("metadata":{"name":")" + name + R"(","namespace":"shop","uid":")" + uid +
         R"(","resourceVersion":"1000")" +
         (owner.empty() ? ""
                        : R"(,"ownerReferences":[{"controller":true,"kind":"Deployment","name":"d","uid":")" +
                              owner + R"("}])") +
         "}";
}

/// The server, as a client in this process: answers that lie ready.
struct ready_answers {
  std::map<std::string, std::string> lists{};  ///< by path
  std::vector<std::string> pages{};            ///< of pods
  std::string changed{};                       ///< what the next watch of pods hears

  ready_answers() {
    for (int i = 0; i < pods; i += 500) pages.push_back(page(i, i + 500));
    using kubernetes::collection_target;
    lists[collection_target(kind::node)] = whole_list(nodes, [](const std::string& n) {
      return R"({"metadata":{"name":"node-)" + n +
             R"(","resourceVersion":"1"},"status":{"allocatable":{"cpu":"64","memory":"256Gi"},)" +
             R"("conditions":[{"type":"Ready","status":"True"}]}})";
    });
    lists[collection_target(kind::deployment)] = whole_list(deployments, [](const std::string& n) {
      return "{" + meta("web-" + n, "dep-" + n) +
             R"(,"spec":{"replicas":10,"selector":{"matchLabels":{"app":"web-)" + n + R"("}}}})";
    });
    lists[collection_target(kind::replica_set)] = whole_list(deployments, [](const std::string& n) {
      return "{" + meta("web-" + n, "set-" + n, "dep-" + n) + "}";
    });
    for (const auto k : {kind::stateful_set, kind::disruption_budget})
      lists[collection_target(k)] = whole_list(0, [](const std::string&) { return std::string{}; });
  }
  result<ports::http_response, ports::http_error> exchange(const ports::http_request& r) {
    const auto path = r.target.substr(0, r.target.find('?'));
    const bool of_pods = path == kubernetes::collection_target(kind::pod);
    if (r.target.find("watch=1") != std::string::npos)
      return ports::http_response{200, {}, of_pods ? std::exchange(changed, {}) : std::string{}};
    if (!of_pods) return ports::http_response{200, {}, lists.at(path)};
    const auto at = r.target.find("continue=");
    const auto from = at == std::string::npos ? 0U : std::stoul(r.target.substr(at + 9));
    return ports::http_response{200, {}, pages.at(from / 500)};
  }
};

std::size_t held_bytes() { return ::mallinfo2().uordblks; }

struct followed {
  kubernetes::cluster_watch watch{};
  time_point now{};

  void step(ready_answers& server) {
    if (!watch.step(server, now += 6s).empty()) std::abort();
  }
  void list(ready_answers& server) {
    for (std::size_t i = 0; i < server.pages.size(); ++i) step(server);
    if (watch.objects() != pods + 2 * deployments + nodes || !watch.complete()) std::abort();
  }
};

void follow_a_minute(benchmark::State& state) {
  ready_answers server;
  followed held;
  const auto before = held_bytes();
  held.list(server);
  const auto after = held_bytes();
  std::size_t version = 20'000, copies = 0;
  double seconds = 0;
  for (auto _ : state)
    for (int round = 0; round < rounds; ++round) {
      state.PauseTiming();
      server.changed = events(version, round * changes / rounds, changes / rounds);
      state.ResumeTiming();
      const auto begin = std::chrono::steady_clock::now();
      held.step(server);
      const auto seen = held.watch.inventory();
      seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
      copies = 0;
      for (const auto& w : seen.workloads) copies += w.on.size();
    }
  if (copies != pods || held.watch.objects() != pods + 2 * deployments + nodes) std::abort();
  const auto later = held_bytes();
  state.SetItemsProcessed(state.iterations() * changes);
  state.counters["core"] = seconds / (60.0 * static_cast<double>(state.iterations()));
  state.counters["bytes_per_pod"] = static_cast<double>(after - before) / pods;
  state.counters["grown_bytes_per_pod"] = (static_cast<double>(later) - static_cast<double>(after)) / pods;
  state.counters["text_bytes"] = static_cast<double>(pod_text(1, 1, "Running").size());
}
BENCHMARK(follow_a_minute)->Unit(benchmark::kMillisecond);

void parse_a_minute(benchmark::State& state) {
  std::size_t version = 20'000;
  const auto body = events(version, 0, changes);
  for (auto _ : state) {
    std::string_view left = body;
    while (!left.empty()) {
      const auto end = left.find('\n');
      benchmark::DoNotOptimize(json::parse(left.substr(0, end)));
      left.remove_prefix(end + 1);
    }
  }
  state.SetItemsProcessed(state.iterations() * changes);
}
BENCHMARK(parse_a_minute)->Unit(benchmark::kMillisecond);

void list_all(benchmark::State& state) {
  ready_answers server;
  for (auto _ : state) followed{}.list(server);
  state.SetItemsProcessed(state.iterations() * pods);
}
BENCHMARK(list_all)->Unit(benchmark::kMillisecond);

}  // namespace
