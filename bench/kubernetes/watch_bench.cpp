// What following 10,000 pods costs: the list that begins it, and a minute of 1,000 changes. The counter
// `core` is the share of one core that the changes of a minute take; `bytes_per_pod` what is held for each
// pod, beside the text of one (`text_bytes`). The plain loop beside it parses the same events and keeps
// nothing.
#include <foreshift/adapters/kubernetes/cluster_watch.hpp>

#include <benchmark/benchmark.h>

#include <malloc.h>  // mallinfo2 is glibc's

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;
using kubernetes::json, kubernetes::kind;

namespace {

constexpr int pods = 10'000, changes = 1'000;

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
std::string minute(std::size_t& version) {
  std::string body;
  for (int i = 0; i < changes; ++i) {
    const int p = (i * 7919) % pods;
    body += R"({"type":"MODIFIED","object":)" + pod_text(p, ++version, "Running") + "}\n";
  }
  return body;
}
std::size_t held_bytes() { return ::mallinfo2().uordblks; }

struct kept_pods {
  kubernetes::collection_watch watch{kind::pod, {}};
  std::unordered_map<std::string, kubernetes::pod> all;
  time_point now{};
  void take(std::string body) {
    (void)watch.next(now += 1s);
    const auto fault = watch.take(ports::http_response{200, {}, std::move(body)}, now,
                                  [&](const kubernetes::collection_change& c) {
                                    if (c.object == nullptr)
                                      all.erase(c.key);
                                    else if (auto read = kubernetes::read_pod(*c.object))
                                      all.insert_or_assign(c.key, *std::move(read));
                                  });
    if (!fault.empty()) std::abort();
  }
  void list() {
    for (int i = 0; i < pods; i += 500) take(page(i, i + 500));
    if (all.size() != pods || !watch.complete()) std::abort();
  }
};

void follow_a_minute(benchmark::State& state) {
  kept_pods held;
  const auto before = held_bytes();
  held.list();
  const auto after = held_bytes();
  std::size_t version = 20'000;
  double seconds = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto body = minute(version);
    state.ResumeTiming();
    const auto begin = std::chrono::steady_clock::now();
    held.take(std::move(body));
    seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }
  if (held.watch.counts().duplicates != 0 || held.all.size() != pods) std::abort();
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
  const auto body = minute(version);
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
  std::vector<std::string> bodies;
  for (int i = 0; i < pods; i += 500) bodies.push_back(page(i, i + 500));
  for (auto _ : state) {
    kept_pods held;
    for (const auto& body : bodies) held.take(body);
    if (held.all.size() != pods) std::abort();
  }
  state.SetItemsProcessed(state.iterations() * pods);
}
BENCHMARK(list_all)->Unit(benchmark::kMillisecond);

}  // namespace
