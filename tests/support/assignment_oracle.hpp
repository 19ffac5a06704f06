#pragma once
// The least cost of an assignment by Boost.Graph's minimum cost flow: what our own kernels are held against.
//
// Slow and exact: successive shortest paths (Ahuja, Magnanti, Orlin, "Network Flows", 1993, section 9.7) from
// a source over workloads and hosts to a sink. A thousand workloads with twenty candidates each on a
// hundred hosts take half a second. Costs are whole numbers in doubles, which are exact: Boost adds
// the distances of what cannot be reached, which overflows integers.

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/successive_shortest_path_nonnegative_weights.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace assignment_oracle {

/// A workload may go to a host at a price.
struct candidate_arc {
  std::uint32_t workload = 0;
  std::uint32_t host = 0;
  std::int64_t cost = 0;  ///< at least 0
};

/// Every workload to one host, no host above its capacity.
struct assignment_case {
  std::size_t workloads = 0;
  std::vector<std::int64_t> host_capacity{};  ///< in workloads
  std::vector<candidate_arc> arcs{};
};

/// What the cheapest assignment of all workloads costs; nothing when they cannot all be assigned.
/// O(workloads x arcs x log(workloads + hosts)).
inline std::optional<std::int64_t> least_cost(const assignment_case& what) {
  using traits = boost::adjacency_list_traits<boost::vecS, boost::vecS, boost::directedS>;
  using flow_edge =
      boost::property<boost::edge_capacity_t, std::int64_t,
                      boost::property<boost::edge_residual_capacity_t, std::int64_t,
                                      boost::property<boost::edge_reverse_t, traits::edge_descriptor,
                                                      boost::property<boost::edge_weight_t, double>>>>;
  using graph =
      boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, boost::no_property, flow_edge>;

  const std::size_t hosts = what.host_capacity.size();
  const std::size_t source = what.workloads + hosts, sink = source + 1;
  graph net{sink + 1};
  const auto connect = [&](std::size_t a, std::size_t b, std::int64_t capacity, std::int64_t cost) {
    const auto there = boost::add_edge(a, b, net).first;
    const auto back = boost::add_edge(b, a, net).first;
    boost::put(boost::edge_capacity, net, there, capacity);
    boost::put(boost::edge_capacity, net, back, 0);
    boost::put(boost::edge_weight, net, there, static_cast<double>(cost));
    boost::put(boost::edge_weight, net, back, -static_cast<double>(cost));
    boost::put(boost::edge_reverse, net, there, back);
    boost::put(boost::edge_reverse, net, back, there);
    return there;
  };
  std::vector<traits::edge_descriptor> out, chosen;
  for (std::size_t w = 0; w < what.workloads; ++w) out.push_back(connect(source, w, 1, 0));
  for (std::size_t h = 0; h < hosts; ++h) connect(what.workloads + h, sink, what.host_capacity[h], 0);
  for (const auto& arc : what.arcs)
    chosen.push_back(connect(arc.workload, what.workloads + arc.host, 1, arc.cost));

  boost::successive_shortest_path_nonnegative_weights(net, source, sink);
  const auto used = [&](const auto& e) { return boost::get(boost::edge_residual_capacity, net, e) == 0; };
  if (!std::ranges::all_of(out, used)) return std::nullopt;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < chosen.size(); ++i) sum += used(chosen[i]) ? what.arcs[i].cost : 0;
  return sum;
}

}  // namespace assignment_oracle
