#pragma once
/// @file
/// A cluster's inventory kept up to date by watches, instead of read anew each time.
///
/// Six collections are followed; of each object only what an inventory needs is kept. Without I/O, as its
/// parts are: `step` makes the requests that are due with the client it is given. A watch lasts a second at
/// least, for a server ends none sooner; so one thread that has other things to do, such as a site's poll,
/// takes a bounded step in between, and each collection's turn comes round: what a watch has missed meanwhile
/// it is told when it asks again.

#include <foreshift/adapters/kubernetes/cluster_inventory.hpp>
#include <foreshift/adapters/kubernetes/collection_watch.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/ports/clock.hpp>
#include <foreshift/ports/cluster_inventory.hpp>
#include <foreshift/ports/http_client.hpp>

#include <algorithm>
#include <array>
#include <chrono>
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
  explicit cluster_watch(const std::string& space = {}, const watch_rules& rules = {})
      : watch_for_(rules.watch_for) {
    for (const auto k : kinds)
      watches_.emplace_back(k, list_query{.space = facts_of(k).namespaced ? space : std::string{}}, rules);
  }

  /// Makes every request that is due, each once: six watches, one after the other, each of `watch_for` (by
  /// default 6 s in all). Returns what went wrong, which is tried again by itself. An object that cannot be
  /// read is left out and told.
  template <ports::HttpClient H>
  std::vector<std::string> step(H& client, time_point now) {
    std::vector<std::string> faults;
    for (std::size_t i = 0; i < kinds.size(); ++i)
      if (const auto request = watches_[i].next(now)) take(i, client.exchange(*request), now, faults);
    return faults;
  }
  /// The same within a limit: what has been due for longest goes first, and the next request is made only if
  /// the time that is left is no shorter than `shortest_step()`. No request may take longer than what is
  /// left: a page of a list that does not come within `at_most` is a fault, and needs a longer one. By
  /// default one watch in a step, or as many lists as there is time for.
  /// @pre at_most >= shortest_step()
  template <ports::HttpClient H, ports::Clock C>
  std::vector<std::string> step(H& client, C& clock, duration at_most = std::chrono::seconds{2}) {
    FORESHIFT_EXPECT(at_most >= shortest_step());
    std::vector<std::string> faults;
    std::array<bool, kinds.size()> made{};
    const time_point begin = clock.now();
    for (time_point now = begin; begin + at_most - now >= shortest_step(); now = clock.now()) {
      std::size_t first = kinds.size();
      for (std::size_t i = 0; i < kinds.size(); ++i)
        if (!made[i] && (first == kinds.size() || watches_[i].due() < watches_[first].due())) first = i;
      auto request = first < kinds.size() ? watches_[first].next(now) : std::nullopt;
      if (!request) break;
      made[first] = true;
      request->timeout = std::min(request->timeout, begin + at_most - now);
      const auto answer = client.exchange(*request);
      take(first, answer, clock.now(), faults);
    }
    return faults;
  }
  /// One watch, in whole seconds, and half a second for its way.
  [[nodiscard]] duration shortest_step() const {
    return std::max(std::chrono::seconds{1}, std::chrono::ceil<std::chrono::seconds>(watch_for_)) +
           std::chrono::milliseconds{500};
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

  void take(std::size_t i, const result<ports::http_response, ports::http_error>& answer, time_point now,
            std::vector<std::string>& faults) {
    auto fault = watches_[i].take(answer, now, [&](const collection_change& c) {
      if (auto wrong = change(kinds[i], c); !wrong.empty()) faults.push_back(std::move(wrong));
    });
    if (!fault.empty()) faults.push_back(std::move(fault));
  }
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

  duration watch_for_;
  std::vector<collection_watch> watches_;
  by_key<node> nodes_;
  by_key<pod> pods_;
  by_key<disruption_budget> budgets_;
  by_key<workload> deployments_, stateful_sets_, sets_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
