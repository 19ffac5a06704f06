#pragma once
/// @file
/// From sites, hosts and links to distances. The door to Boost.Graph, for `routes.hpp` and `cuts.hpp` too.
///
/// Sites and hosts are vertices, links are edges in both directions. Traffic is taken to follow the way of
/// least latency; its bandwidth is that of the narrowest link on this way. Both come from one search for each
/// host, done once: decisions look up the `distance_table` that is made here.
///
/// Source: E. W. Dijkstra, "A note on two problems in connexion with graphs", Numerische Mathematik 1, 1959.

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/placement/distance_table.hpp>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/dijkstra_shortest_paths_no_color_map.hpp>
#include <boost/graph/edmonds_karp_max_flow.hpp>

#include <algorithm>
#include <cmath>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// A vertex: a site's core network or a host.
struct topology_node {
  enum class kind : std::uint8_t { site, host };
  kind what = kind::site;
  std::uint64_t number = 0;

  constexpr topology_node() = default;
  constexpr topology_node(site_id s) : what(kind::site), number(s.value) {}
  constexpr topology_node(host_id h) : what(kind::host), number(h.value) {}
  friend constexpr auto operator<=>(const topology_node&, const topology_node&) = default;
};

/// A way between two nodes, the same in both directions.
struct network_link {
  topology_node a{};
  topology_node b{};
  double latency_ms = 0;           ///< at least 0
  bytes_per_second bandwidth = 0;  ///< above 0; may be infinite
};

struct topology {
  std::vector<host_place> hosts{};
  std::vector<network_link> links{};
};

/// What is wrong with it; nothing when it is fine: no host is given twice, every latency is finite and at
/// least 0, every bandwidth above 0.
[[nodiscard]] std::optional<diagnostic> fault_of(const topology& what);

/// O(hosts x (links + nodes) log nodes). The table takes 16 bytes for each pair of hosts: 16 MB for 1,000,
/// 1.6 GB for 10,000; a larger site is better cut into parts. Fails on what `fault_of` finds. A host without
/// a link is far from everything; a node that only links name is fine.
result<distance_table, diagnostic> measure(topology what);

namespace detail {

/// Carries the width of the narrowest link along while the search spreads. A link is relaxed only from a
/// vertex whose own way is final.
struct narrowest_link : boost::dijkstra_visitor<> {
  explicit narrowest_link(std::vector<bytes_per_second>& widths) : width(&widths) {}
  template <class Edge, class Graph>
  void edge_relaxed(Edge e, const Graph& net) const {
    (*width)[boost::target(e, net)] = std::min((*width)[boost::source(e, net)], net[e].bandwidth);
  }
  std::vector<bytes_per_second>* width;
};

/// Every node that a host or a link names, once, in order.
[[nodiscard]] inline std::vector<topology_node> nodes_of(const topology& what) {
  std::vector<topology_node> nodes;
  for (const auto& h : what.hosts) nodes.emplace_back(h.host);
  for (const auto& l : what.links) nodes.insert(nodes.end(), {l.a, l.b});
  std::ranges::sort(nodes);
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  return nodes;
}

[[nodiscard]] inline std::vector<distance> distances_between(const topology& what) {
  using graph = boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, network_link>;
  const auto nodes = nodes_of(what);
  const auto index = [&](const topology_node& n) {
    return static_cast<std::size_t>(std::ranges::lower_bound(nodes, n) - nodes.begin());
  };
  std::vector<std::pair<std::size_t, std::size_t>> ends;
  std::vector<network_link> both;
  for (const auto& l : what.links)
    for (const auto& [a, b] : {std::pair{l.a, l.b}, std::pair{l.b, l.a}}) {
      ends.emplace_back(index(a), index(b));
      both.push_back(l);
    }
  const graph net{boost::edges_are_unsorted_multi_pass, ends.begin(), ends.end(), both.begin(), nodes.size()};

  constexpr double infinity = std::numeric_limits<double>::infinity();
  std::vector<double> latency(nodes.size());
  std::vector<bytes_per_second> width(nodes.size());
  std::vector<distance> distances;
  distances.reserve(what.hosts.size() * what.hosts.size());
  const auto vertex = boost::get(boost::vertex_index, net);
  std::vector<std::size_t> host_index;
  for (const auto& h : what.hosts) host_index.push_back(index(h.host));
  for (const std::size_t from : host_index) {
    width.assign(nodes.size(), 0);
    width[from] = infinity;
    boost::dijkstra_shortest_paths_no_color_map(
        net, from,
        boost::weight_map(boost::get(&network_link::latency_ms, net))
            .distance_map(boost::make_iterator_property_map(latency.begin(), vertex))
            .distance_inf(infinity)
            .visitor(narrowest_link{width}));
    for (const std::size_t to : host_index) distances.push_back({latency[to], width[to]});
  }
  return distances;
}

}  // namespace detail

inline std::optional<diagnostic> fault_of(const topology& what) {
  const auto wrong = [](std::string field, std::string why) {
    return diagnostic{.source = "topology", .field = std::move(field), .reason = std::move(why)};
  };
  std::vector<host_id> hosts;
  for (const auto& h : what.hosts) hosts.push_back(h.host);
  std::ranges::sort(hosts);
  if (const auto twice = std::ranges::adjacent_find(hosts); twice != hosts.end())
    return wrong("host " + std::to_string(twice->value), "it is given twice");
  for (std::size_t i = 0; i < what.links.size(); ++i) {
    const auto& l = what.links[i];
    if (!(l.latency_ms >= 0) || !std::isfinite(l.latency_ms))
      return wrong("link " + std::to_string(i + 1), "its latency has to be a finite number and at least 0");
    if (!(l.bandwidth > 0)) return wrong("link " + std::to_string(i + 1), "its bandwidth has to be above 0");
  }
  return std::nullopt;
}

inline result<distance_table, diagnostic> measure(topology what) {
  if (auto fault = fault_of(what)) return failure{*std::move(fault)};
  std::ranges::sort(what.hosts, {}, &host_place::host);
  // Of parallel links with one latency the search takes the first: let it be the widest.
  std::ranges::stable_sort(what.links, std::greater{}, &network_link::bandwidth);
  auto distances = detail::distances_between(what);
  return distance_table{std::move(what.hosts), std::move(distances)};
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
