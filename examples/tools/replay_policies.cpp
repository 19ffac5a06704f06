#include "replay_policies.hpp"

#include "replay_foreshift.hpp"
#include "replay_run.hpp"

#include <foreshift/core/id.hpp>

#include <algorithm>
#include <numeric>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace tool {

using foreshift::host_id;
using foreshift::workload_id;
using foreshift::sim::world;

namespace {

/// Demand on every host as it will be when all moves are over, and who can be moved away from it.
struct outlook {
  outlook(const world& w, foreshift::duration memory)
      : demand(w.hosts()), lately(w.hosts()), movable(w.hosts()) {
    const std::size_t n = std::min(w.now() + 1, foreshift::sim::steps_covering(memory, w.step()));
    for (std::size_t i = 0; i < w.workloads(); ++i) {
      const workload_id id{i};
      const auto last = w.observed(id).last(n);
      demand[w.destination_of(id).value] += last.back();
      lately[w.destination_of(id).value] +=
          std::accumulate(last.begin(), last.end(), 0.0) / static_cast<double>(n);
      if (!w.moving(id)) movable[w.host_of(id).value].emplace_back(last.back(), id);
    }
    for (auto& list : movable) std::sort(list.begin(), list.end());
  }
  /// The higher of what it is and what it lately was: a destination must not be chosen in a lucky moment.
  [[nodiscard]] double level(std::size_t h) const { return std::max(demand[h], lately[h]); }

  std::vector<double> demand;
  std::vector<double> lately;                                        // mean over the memory
  std::vector<std::vector<std::pair<double, workload_id>>> movable;  // smallest first
};

/// The host with the most room that `added` does not lift over `goal`.
std::optional<host_id> roomiest(const outlook& now, host_id except, double added, double goal) {
  std::optional<host_id> best;
  for (std::size_t h = 0; h < now.demand.size(); ++h)
    if (h != except.value && now.level(h) + added <= goal && (!best || now.level(h) < now.level(best->value)))
      best = host_id{h};
  return best;
}

}  // namespace

void reactive::decide(world& w) {
  if (w.moves_left() == 0) return;
  outlook now(w, memory);
  const double goal = w.limit() * (1.0 - margin);
  const double while_moving = 1.0 + w.rules().move_cost;

  std::vector<host_id> over;
  for (std::size_t h = 0; h < w.hosts(); ++h)
    if (w.overloaded(host_id{h}) && now.demand[h] > w.limit()) over.push_back(host_id{h});
  std::stable_sort(over.begin(), over.end(),
                   [&](host_id a, host_id b) { return now.demand[a.value] > now.demand[b.value]; });

  for (const host_id h : over) {
    auto& list = now.movable[h.value];
    while (now.demand[h.value] > goal && !list.empty() && w.moves_left() > 0) {
      const double excess = now.demand[h.value] - goal;
      auto chosen = std::find_if(list.begin(), list.end(), [&](const auto& x) { return x.first >= excess; });
      if (chosen == list.end()) --chosen;
      const auto [demand, id] = *chosen;
      list.erase(chosen);
      const auto to = roomiest(now, h, demand * while_moving, goal);
      if (!to || !w.request_move(id, *to)) continue;
      now.demand[h.value] -= demand;
      now.demand[to->value] += demand;
      now.lately[to->value] += demand;
    }
  }
}

namespace {

/// A policy is made from the input when it asks for it.
template <class Policy>
policy_run play_default(const foreshift::sim::demand_table& demand, const replay_input& input,
                        std::size_t stop) {
  if constexpr (std::is_constructible_v<Policy, const replay_input&>)
    return play(Policy{input}, demand, input, stop);
  else
    return play(Policy{}, demand, input, stop);
}

constexpr policy_entry policies[] = {
    {none::name, play_default<none>},
    {reactive::name, play_default<reactive>},
    {foreshift_policy::name, play_default<foreshift_policy>},
};

}  // namespace

std::span<const policy_entry> known_policies() { return policies; }

}  // namespace tool
