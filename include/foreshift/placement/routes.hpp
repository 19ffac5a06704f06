#pragma once
/// @file
/// Which way a copy takes, and what is left for the next one when several run at once.
///
/// The fastest way has the least latency of those that are wide enough; the widest is the fastest of those
/// whose narrowest link is as wide as any way's can be. Bandwidth that is reserved is not there for others
/// until it is released. A link's bandwidth is one for both directions together, which is cautious where it
/// is full duplex.
///
/// Sources: E. W. Dijkstra, "A note on two problems in connexion with graphs", Numerische Mathematik 1, 1959;
/// Z. Wang, J. Crowcroft, "Quality-of-service routing for supporting multimedia applications", IEEE Journal
/// on Selected Areas in Communications 14, 1996, for shortest-widest paths.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/placement/topology.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// A way, link by link from its start.
struct route {
  std::vector<std::size_t> links{};  ///< places in `topology::links`
  double latency_ms = 0;
  bytes_per_second bandwidth = std::numeric_limits<double>::infinity();  ///< left on the narrowest link
  friend bool operator==(const route&, const route&) = default;
};

/// Bandwidth that is held on a way.
using reservation_id = id<struct reservation_tag>;

/// Links and what is left of them. Searches are O((nodes + links) log nodes) and allocate.
class route_planner {
 public:
  /// Fails on what `fault_of` finds.
  static result<route_planner, diagnostic> make(const topology& what) {
    if (auto fault = fault_of(what)) return failure{*std::move(fault)};
    return route_planner{what};
  }

  /// Of the ways on which this much is left everywhere, the one of least latency; nothing when there is none.
  [[nodiscard]] std::optional<route> fastest(topology_node from, topology_node to,
                                             bytes_per_second width_min = 0) const {
    constexpr double closed = std::numeric_limits<double>::infinity();
    const auto weight = [&](std::size_t link) {
      return left_[link] > 0 && left_[link] >= width_min ? links_[link].latency_ms : closed;
    };
    return search(from, to, weight, std::less<>{}, boost::closed_plus<double>{closed}, closed, 0);
  }
  /// The fastest of the ways on which the most is left; nothing when nothing is left on any.
  [[nodiscard]] std::optional<route> widest(topology_node from, topology_node to) const {
    const auto narrower = [](double a, double b) { return std::min(a, b); };
    const auto way = search(
        from, to, [&](std::size_t link) { return left_[link]; }, std::greater<>{}, narrower, 0,
        std::numeric_limits<double>::infinity());
    return way ? fastest(from, to, way->bandwidth) : std::nullopt;
  }

  /// Holds bandwidth on every link of the way until it is released. Fails with the first link that has less
  /// left, and holds nothing then. @pre the links are those of the topology, the bandwidth is above 0
  [[nodiscard]] result<reservation_id, std::size_t> reserve(std::span<const std::size_t> links,
                                                            bytes_per_second bandwidth) {
    FORESHIFT_EXPECT(bandwidth > 0);
    for (const auto link : links) {
      FORESHIFT_EXPECT(link < left_.size());
      if (!(left_[link] >= bandwidth)) return failure{link};
    }
    held_.push_back({reservation_id{++made_}, {links.begin(), links.end()}, bandwidth});
    for (const auto link : links) recount(link);
    return held_.back().id;
  }
  /// @pre it is held
  void release(reservation_id id) {
    const auto at = std::ranges::find(held_, id, &reservation::id);
    FORESHIFT_EXPECT(at != held_.end());
    const auto links = std::move(at->links);
    held_.erase(at);
    for (const auto link : links) recount(link);
  }
  /// What is not reserved of a link. @pre link < number of links
  [[nodiscard]] bytes_per_second left_on(std::size_t link) const {
    FORESHIFT_EXPECT(link < left_.size());
    return left_[link];
  }

 private:
  struct link_end {
    std::size_t link = 0;
  };
  struct reservation {
    reservation_id id;
    std::vector<std::size_t> links;
    bytes_per_second bandwidth;
  };
  using graph = boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, link_end>;
  using edge = boost::graph_traits<graph>::edge_descriptor;

  explicit route_planner(const topology& what) : nodes_(detail::nodes_of(what)), links_(what.links) {
    std::vector<std::pair<std::size_t, std::size_t>> ends;
    std::vector<link_end> names;
    for (std::size_t i = 0; i < links_.size(); ++i) {
      const auto a = *index_of(links_[i].a), b = *index_of(links_[i].b);
      for (const auto& pair : {std::pair{a, b}, std::pair{b, a}}) ends.push_back(pair), names.push_back({i});
      left_.push_back(links_[i].bandwidth);
    }
    net_ =
        graph{boost::edges_are_unsorted_multi_pass, ends.begin(), ends.end(), names.begin(), nodes_.size()};
  }
  /// Summed anew, so that what is released is whole again to the last bit.
  void recount(std::size_t link) {
    double held = 0;
    for (const auto& r : held_) held += r.bandwidth * static_cast<double>(std::ranges::count(r.links, link));
    left_[link] = std::max(links_[link].bandwidth - held, 0.0);
  }
  [[nodiscard]] std::optional<std::size_t> index_of(const topology_node& n) const {
    const auto at = std::ranges::lower_bound(nodes_, n);
    if (at == nodes_.end() || *at != n) return std::nullopt;
    return static_cast<std::size_t>(at - nodes_.begin());
  }

  /// Remembers by which edge each node was reached last.
  struct last_edge : boost::dijkstra_visitor<> {
    explicit last_edge(std::vector<edge>& edges) : by(&edges) {}
    template <class Graph>
    void edge_relaxed(edge e, const Graph& net) const {
      (*by)[boost::target(e, net)] = e;
    }
    std::vector<edge>* by;
  };

  template <class Weight, class Better, class Extend>
  [[nodiscard]] std::optional<route> search(const topology_node& from, const topology_node& to,
                                            const Weight& weight_of, const Better& better,
                                            const Extend& extend, double none, double start) const {
    const auto a = index_of(from), b = index_of(to);
    if (!a || !b) return std::nullopt;
    std::vector<double> best(nodes_.size());
    std::vector<edge> by(nodes_.size());
    std::vector<double> weights(boost::num_edges(net_));
    const auto number = boost::get(boost::edge_index, net_);
    for (auto [e, end] = boost::edges(net_); e != end; ++e)
      weights[get(number, *e)] = weight_of(net_[*e].link);
    boost::dijkstra_shortest_paths_no_color_map(
        net_, *a,
        boost::weight_map(boost::make_iterator_property_map(weights.begin(), number))
            .distance_map(
                boost::make_iterator_property_map(best.begin(), boost::get(boost::vertex_index, net_)))
            .distance_compare(better)
            .distance_combine(extend)
            .distance_inf(none)
            .distance_zero(start)
            .visitor(last_edge{by}));
    if (!better(best[*b], none)) return std::nullopt;
    route found;
    for (std::size_t at = *b; at != *a; at = boost::source(by[at], net_)) {
      const std::size_t link = net_[by[at]].link;
      found.links.push_back(link);
      found.latency_ms += links_[link].latency_ms;
      found.bandwidth = std::min(found.bandwidth, left_[link]);
    }
    std::ranges::reverse(found.links);
    return found;
  }

  std::vector<topology_node> nodes_;  // sorted
  std::vector<network_link> links_;
  std::vector<bytes_per_second> left_;  // of each link
  std::vector<reservation> held_;
  std::uint64_t made_ = 0;
  graph net_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::placement
