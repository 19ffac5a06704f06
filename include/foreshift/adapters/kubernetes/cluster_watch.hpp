#pragma once
/// @file
/// A cluster's inventory kept up to date by watches, instead of read anew each time.
///
/// Six collections are followed; of each object only what an inventory needs is kept. Without I/O, as its
/// parts are: `step` makes the requests that are due with the client it is given.

#include <foreshift/adapters/kubernetes/cluster_inventory.hpp>
#include <foreshift/adapters/kubernetes/collection_watch.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/ports/cluster_inventory.hpp>
#include <foreshift/ports/http_client.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

class cluster_watch {
 public:
  /// @param space empty: every namespace
  explicit cluster_watch(const std::string& space = {}, const watch_rules& rules = {}) {
    for (const auto k : kinds)
      watches_.emplace_back(k, list_query{.space = facts_of(k).namespaced ? space : std::string{}}, rules);
  }

  /// Makes every request that is due, each once; a watch takes `watch_for`. Returns what went wrong, which is
  /// tried again by itself. An object that cannot be read is left out and told.
  template <ports::HttpClient H>
  std::vector<std::string> step(H& client, time_point now) {
    std::vector<std::string> faults;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      const auto request = watches_[i].next(now);
      if (!request) continue;
      auto fault = watches_[i].take(client.exchange(*request), now, [&](const collection_change& c) {
        if (auto wrong = change(kinds[i], c); !wrong.empty()) faults.push_back(std::move(wrong));
      });
      if (!fault.empty()) faults.push_back(std::move(fault));
    }
    return faults;
  }
  /// When the next request is due.
  [[nodiscard]] time_point due() const {
    return std::ranges::min(watches_, {}, &collection_watch::due).due();
  }
  /// Every collection has been seen whole once.
  [[nodiscard]] bool complete() const { return std::ranges::all_of(watches_, &collection_watch::complete); }
  [[nodiscard]] std::size_t objects() const {
    std::size_t n = 0;
    for (const auto& w : watches_) n += w.size();
    return n;
  }

  [[nodiscard]] ports::cluster_inventory inventory() const {
    inventory_parts parts;
    const auto values = [](const auto& from, auto& to) {
      to.reserve(to.size() + from.size());
      for (const auto& [key, value] : from) to.push_back(value);
    };
    values(nodes_, parts.nodes), values(pods_, parts.pods), values(budgets_, parts.budgets);
    values(sets_, parts.sets), values(deployments_, parts.workloads), values(stateful_sets_, parts.workloads);
    return inventory_of(parts);
  }

 private:
  static constexpr std::array kinds{kind::node,        kind::deployment, kind::stateful_set,
                                    kind::replica_set, kind::pod,        kind::disruption_budget};
  template <class T>
  using by_key = std::unordered_map<std::string, T>;

  template <class T, class Read>
  static std::string change(by_key<T>& kept, const collection_change& c, Read read) {
    auto now = c.object != nullptr ? std::optional{read(*c.object)} : std::nullopt;
    if (!now || !*now) kept.erase(c.key);
    if (now && !*now) return c.key + ": " + now->error();
    if (now) kept.insert_or_assign(c.key, **std::move(now));
    return {};
  }
  std::string change(kind k, const collection_change& c) {
    const auto as = [k](const json& o) { return read_workload(k, o); };
    switch (k) {
      case kind::node:
        return change(nodes_, c, read_node);
      case kind::pod:
        return change(pods_, c, read_pod);
      case kind::disruption_budget:
        return change(budgets_, c, read_disruption_budget);
      case kind::deployment:
        return change(deployments_, c, as);
      case kind::stateful_set:
        return change(stateful_sets_, c, as);
      default:
        return change(sets_, c, as);
    }
  }

  std::vector<collection_watch> watches_;
  by_key<node> nodes_;
  by_key<pod> pods_;
  by_key<disruption_budget> budgets_;
  by_key<workload> deployments_, stateful_sets_, sets_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
