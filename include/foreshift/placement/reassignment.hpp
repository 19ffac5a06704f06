#pragma once
/// @file
/// A whole fleet to rearrange: who runs where, what everybody needs, what is allowed and what a change costs.
///
/// The problem is Google's machine reassignment: vector demands under hard capacities, where a moved workload
/// still holds some resources at the host it leaves (transient ones: the space of what is being copied);
/// workloads of one service on different hosts, spread over locations, and beside the services they depend
/// on. What is paid for is load above a safety capacity, imbalance between resources, and the moves. Whole
/// numbers throughout, so that a cost is exact and the same everywhere. Everything lies in flat arrays by
/// index; ids and names are the caller's.
///
/// Source: ROADEF/EURO challenge 2012, "Machine Reassignment", problem statement by Google.

#include <foreshift/core/config.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// Host of each workload, by index.
using assignment = std::vector<std::uint32_t>;

struct reassignment {
  using count = std::uint32_t;
  using amount = std::int64_t;  ///< at least 0; sums over all workloads or hosts, weighted, stay below 2^62

  struct resource_kind {
    bool transient = false;    ///< a moved workload holds it at its first host too
    amount overload_cost = 0;  ///< of a unit above the safety capacity
  };
  /// For every unit of `first` that is free on a host, `target` units of `second` should be free there.
  struct balance_rule {
    count first = 0, second = 0;
    amount target = 0, cost = 0;  ///< cost of each unit of `second` that is missing
  };

  std::vector<resource_kind> resources;
  std::vector<count> location, neighbourhood;  ///< by host
  std::vector<amount> capacity, safety;        ///< hosts x resources
  std::vector<amount> distance;                ///< hosts x hosts: of a move from the first to the second
  std::vector<count> spread_min;               ///< by service: locations that it has to run in
  std::vector<std::vector<count>> depends_on;  ///< by service: has to run in each neighbourhood of it
  std::vector<count> service;                  ///< by workload
  std::vector<amount> demand;                  ///< workloads x resources
  std::vector<amount> move_cost;               ///< by workload
  std::vector<balance_rule> balances;
  amount move_weight = 1, service_weight = 1, distance_weight = 1;
  assignment start;  ///< where everything is now

  [[nodiscard]] std::size_t kinds() const { return resources.size(); }
  [[nodiscard]] std::size_t hosts() const { return location.size(); }
  [[nodiscard]] std::size_t services() const { return spread_min.size(); }
  [[nodiscard]] std::size_t workloads() const { return service.size(); }
  [[nodiscard]] std::span<const amount> demand_of(std::size_t workload) const {
    return {demand.data() + workload * kinds(), kinds()};
  }
};

/// What an assignment costs, by what is paid for, each weighted.
struct reassignment_cost {
  std::int64_t load = 0;
  std::int64_t balance = 0;
  std::int64_t moves = 0;     ///< of the moved workloads
  std::int64_t services = 0;  ///< the most moves of any service
  std::int64_t distances = 0;
  [[nodiscard]] std::int64_t total() const { return load + balance + moves + services + distances; }
  friend bool operator==(const reassignment_cost&, const reassignment_cost&) = default;
};

/// What an assignment must not do.
enum class placement_rule : std::uint8_t { capacity, transient_capacity, conflict, spread, dependency };

[[nodiscard]] constexpr std::string_view name_of(placement_rule r) {
  constexpr std::string_view names[] = {"capacity", "transient capacity", "conflict", "spread", "dependency"};
  return names[static_cast<std::size_t>(r)];
}

/// The first rule broken, and by whom.
struct placement_violation {
  placement_rule what{};
  std::size_t subject = 0;  ///< a host for capacities, else a service
  std::size_t other = 0;    ///< capacities: the resource; conflict: a host; dependency: the missing service
  friend bool operator==(const placement_violation&, const placement_violation&) = default;
};

/// A search notes, by a bit, on which hosts each service of several workloads runs; and, by a counter of four
/// bytes, how many of each service with a spread or a dependency run in each location and neighbourhood. Each
/// of the two may take so many times four bytes: 1 GiB.
inline constexpr std::size_t mapped_max = std::size_t{1} << 28;

/// What is wrong with the description itself: a size, an index or an amount; nothing for a sound one.
[[nodiscard]] std::optional<std::string> ill_formed(const reassignment& problem);

/// Computed from nothing but the problem: slow, and what faster ways are held against.
/// @pre the problem is well formed, `where` has a host for each workload. O((workloads + hosts) x resources),
/// and for each dependency the neighbourhoods that the one who depends runs in.
[[nodiscard]] reassignment_cost cost_of(const reassignment& problem, const assignment& where);
[[nodiscard]] std::optional<placement_violation> violation_of(const reassignment& problem,
                                                              const assignment& where);
/// No assignment costs less: loads and balances as if all hosts were one. O(workloads x resources).
[[nodiscard]] std::int64_t lower_bound_of(const reassignment& problem);

namespace detail {

/// More than any sum that is formed from the problem can come to.
[[nodiscard]] inline double magnitude_of(const reassignment& p) {
  const auto sum = [](const auto& values) {
    double out = 0;
    for (const auto v : values) out += static_cast<double>(v);
    return out;
  };
  const double amounts = 2 * sum(p.demand) + sum(p.capacity) + sum(p.safety);
  double cost = 1;
  for (const auto& r : p.resources) cost += static_cast<double>(r.overload_cost);
  // What costs nothing is worked out all the same, and so is a way that nobody goes.
  const auto at_least_one = [](auto v) { return std::max(1.0, static_cast<double>(v)); };
  for (const auto& b : p.balances) cost += at_least_one(b.cost) * (1 + static_cast<double>(b.target));
  double moves = static_cast<double>(p.move_weight) * sum(p.move_cost);
  const double n = at_least_one(p.workloads());
  moves += n * static_cast<double>(p.service_weight);
  const auto farthest = std::ranges::max_element(p.distance);
  moves += n * static_cast<double>(p.distance_weight) * static_cast<double>(*farthest);
  return amounts * cost + moves;
}

/// By service: 1 where a spread or a dependency, to it or from it, makes it matter in which locations and
/// neighbourhoods it runs.
[[nodiscard]] inline std::vector<std::uint8_t> bound_services(const reassignment& p) {
  std::vector<std::uint8_t> bound(p.services());
  for (std::size_t s = 0; s < p.services(); ++s) {
    if (p.spread_min[s] > 1 || !p.depends_on[s].empty()) bound[s] = 1;
    for (const auto other : p.depends_on[s]) bound[other] = 1;
  }
  return bound;
}
/// Locations and neighbourhoods.
[[nodiscard]] inline std::size_t parts_of(const reassignment& p) {
  return std::size_t{2} + std::ranges::max(p.location) + std::ranges::max(p.neighbourhood);
}
/// Services of several workloads, and those that are bound.
[[nodiscard]] inline std::pair<std::size_t, std::size_t> services_to_map(const reassignment& p) {
  std::vector<std::uint32_t> members(p.services());
  for (const auto s : p.service) ++members[s];
  const auto several = std::ranges::count_if(members, [](auto n) { return n > 1; });
  return {static_cast<std::size_t>(several),
          static_cast<std::size_t>(std::ranges::count(bound_services(p), 1))};
}

}  // namespace detail

inline std::optional<std::string> ill_formed(const reassignment& p) {
  const auto all_below = [](const auto& values, std::size_t end) {
    return std::ranges::all_of(values, [&](auto v) { return v < end; });
  };
  const auto any_negative = [](const auto& values) {
    return std::ranges::any_of(values, [](auto v) { return v < 0; });
  };
  const std::size_t k = p.kinds(), h = p.hosts(), w = p.workloads(), s = p.services();
  if (k == 0 || h == 0) return "there is no resource or no host";
  if (p.neighbourhood.size() != h || p.capacity.size() != h * k || p.safety.size() != h * k ||
      p.distance.size() != h * h)
    return "the hosts' arrays differ in length";
  if (p.depends_on.size() != s) return "the services' arrays differ in length";
  if (p.demand.size() != w * k || p.move_cost.size() != w || p.start.size() != w)
    return "the workloads' arrays differ in length";
  if (!all_below(p.location, h) || !all_below(p.neighbourhood, h))
    return "locations and neighbourhoods have to be numbered from 0, and fewer than the hosts";
  if (!all_below(p.service, s)) return "a workload belongs to an unknown service";
  if (!all_below(p.start, h)) return "a workload is on an unknown host";
  for (const auto& named : p.depends_on)
    if (!all_below(named, s)) return "a service depends on an unknown one";
  if (any_negative(p.capacity) || any_negative(p.safety) || any_negative(p.distance) ||
      any_negative(p.demand) || any_negative(p.move_cost) || p.move_weight < 0 || p.service_weight < 0 ||
      p.distance_weight < 0)
    return "an amount or a cost is negative";
  for (const auto& r : p.resources)
    if (r.overload_cost < 0) return "a resource's cost is negative";
  for (const auto& b : p.balances) {
    if (b.first >= k || b.second >= k) return "a balance names an unknown resource";
    if (b.target < 0 || b.cost < 0) return "a balance's target or cost is negative";
  }
  if (!(detail::magnitude_of(p) < 0x1p61)) return "the amounts are so large that a cost may overflow";
  if (const auto [several, bound] = detail::services_to_map(p);
      several > mapped_max * 32 / p.hosts() || bound > mapped_max / detail::parts_of(p))
    return std::to_string(several) + " services of several workloads on " + std::to_string(p.hosts()) +
           " hosts, or " + std::to_string(bound) + " with a spread or a dependency in " +
           std::to_string(detail::parts_of(p)) +
           " locations and neighbourhoods, are too many: to map them may take 1 GiB at most";
  return std::nullopt;
}

namespace detail {

/// Demand on each host, hosts x resources; with what is held at first hosts where `held`.
[[nodiscard]] inline std::vector<std::int64_t> loads_of(const reassignment& p, const assignment& where,
                                                        bool held) {
  std::vector<std::int64_t> sum(p.hosts() * p.kinds());
  for (std::size_t w = 0; w < p.workloads(); ++w)
    for (std::size_t r = 0; r < p.kinds(); ++r) {
      sum[where[w] * p.kinds() + r] += p.demand_of(w)[r];
      if (held && p.resources[r].transient && where[w] != p.start[w])
        sum[p.start[w] * p.kinds() + r] += p.demand_of(w)[r];
    }
  return sum;
}
/// Of one host, or of all as if they were one.
[[nodiscard]] inline std::int64_t overload_cost(const reassignment& p, const std::int64_t* load,
                                                const std::int64_t* safety) {
  std::int64_t cost = 0;
  for (std::size_t r = 0; r < p.kinds(); ++r)
    cost += p.resources[r].overload_cost * std::max<std::int64_t>(0, load[r] - safety[r]);
  return cost;
}
[[nodiscard]] inline std::int64_t imbalance_cost(const reassignment& p, const std::int64_t* load,
                                                 const std::int64_t* capacity) {
  std::int64_t cost = 0;
  for (const auto& b : p.balances)
    cost += b.cost * std::max<std::int64_t>(0, b.target * (capacity[b.first] - load[b.first]) -
                                                   (capacity[b.second] - load[b.second]));
  return cost;
}

}  // namespace detail

inline reassignment_cost cost_of(const reassignment& p, const assignment& where) {
  reassignment_cost out;
  const auto load = detail::loads_of(p, where, false);
  for (std::size_t h = 0; h < p.hosts(); ++h) {
    out.load += detail::overload_cost(p, &load[h * p.kinds()], &p.safety[h * p.kinds()]);
    out.balance += detail::imbalance_cost(p, &load[h * p.kinds()], &p.capacity[h * p.kinds()]);
  }
  std::vector<std::int64_t> moved(p.services());
  for (std::size_t w = 0; w < p.workloads(); ++w) {
    if (where[w] == p.start[w]) continue;
    out.moves += p.move_weight * p.move_cost[w];
    out.distances += p.distance_weight * p.distance[p.start[w] * p.hosts() + where[w]];
    ++moved[p.service[w]];
  }
  if (!moved.empty()) out.services = p.service_weight * std::ranges::max(moved);
  return out;
}

inline std::optional<placement_violation> violation_of(const reassignment& p, const assignment& where) {
  using rule = placement_rule;
  const std::size_t k = p.kinds();
  const auto load = detail::loads_of(p, where, false), held = detail::loads_of(p, where, true);
  for (std::size_t i = 0; i < load.size(); ++i) {
    if (load[i] > p.capacity[i]) return placement_violation{rule::capacity, i / k, i % k};
    if (held[i] > p.capacity[i]) return placement_violation{rule::transient_capacity, i / k, i % k};
  }
  std::vector<std::vector<std::size_t>> on(p.services());
  for (std::size_t w = 0; w < p.workloads(); ++w) on[p.service[w]].push_back(where[w]);
  const auto places = [&](std::size_t s, const std::vector<std::uint32_t>& of) {
    std::vector<std::uint32_t> out;
    for (const std::size_t h : on[s]) out.push_back(of[h]);
    std::ranges::sort(out);
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  };
  const auto bound = detail::bound_services(p);
  std::vector<std::vector<std::uint32_t>> near(p.services());
  for (std::size_t s = 0; s < p.services(); ++s)
    if (bound[s] != 0) near[s] = places(s, p.neighbourhood);
  for (std::size_t s = 0; s < p.services(); ++s) {
    std::ranges::sort(on[s]);
    const auto twice = std::ranges::adjacent_find(on[s]);
    if (twice != on[s].end()) return placement_violation{rule::conflict, s, *twice};
    if (p.spread_min[s] > 0 && places(s, p.location).size() < p.spread_min[s])
      return placement_violation{rule::spread, s, 0};
    for (const auto other : p.depends_on[s])
      for (const auto n : near[s])
        if (!std::ranges::binary_search(near[other], n))
          return placement_violation{rule::dependency, s, other};
  }
  return std::nullopt;
}

inline std::int64_t lower_bound_of(const reassignment& p) {
  std::vector<std::int64_t> load(p.kinds()), capacity(p.kinds()), safety(p.kinds());
  for (std::size_t i = 0; i < p.demand.size(); ++i) load[i % p.kinds()] += p.demand[i];
  for (std::size_t i = 0; i < p.capacity.size(); ++i)
    capacity[i % p.kinds()] += p.capacity[i], safety[i % p.kinds()] += p.safety[i];
  return detail::overload_cost(p, load.data(), safety.data()) +
         detail::imbalance_cost(p, load.data(), capacity.data());
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
