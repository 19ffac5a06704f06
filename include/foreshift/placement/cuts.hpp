#pragma once
/// @file
/// Which links part a site from all others, and how little passes between them.
///
/// All moves into a site together get no more bandwidth than the narrowest set of links around it has, and
/// whoever loses that set loses the site. A maximum flow from the site to all others finds both at once: as
/// much as flows is what the minimum cut bears.
///
/// Sources: L. R. Ford, D. R. Fulkerson, "Maximal flow through a network", Canadian Journal of Mathematics 8,
/// 1956; J. Edmonds, R. M. Karp, "Theoretical improvements in algorithmic efficiency for network flow
/// problems", Journal of the ACM 19, 1972.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/placement/topology.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// What a cut is to have the least of.
enum class cut_by : std::uint8_t { bandwidth, links };

/// The links whose loss parts a site from every other.
struct site_cut {
  site_id site{};
  std::vector<std::size_t> links{};  ///< places in `topology::links`, ascending; none: it is parted already
  bytes_per_second bandwidth = 0;    ///< of them together
};

/// One for each site that a link names, in ascending order; empty where there are fewer than two. Fails on
/// what `fault_of` finds. A link of infinite bandwidth is cut only where there is no other way.
[[nodiscard]] result<std::vector<site_cut>, diagnostic> parting_cuts(const topology& what,
                                                                     cut_by measure = cut_by::bandwidth);

/// A sentence for each site that the loss of `links_max` links or fewer parts from all others.
/// @param cuts by links
[[nodiscard]] inline std::vector<std::string> warnings_of(const std::vector<site_cut>& cuts,
                                                          std::size_t links_max = 1) {
  std::vector<std::string> out;
  for (const auto& c : cuts) {
    if (c.links.size() > links_max) continue;
    const std::string site = "site " + std::to_string(c.site.value);
    if (c.links.empty()) {
      out.push_back(site + " has no way to any other");
      continue;
    }
    std::string names;
    for (const auto l : c.links) names += (names.empty() ? "" : ", ") + std::to_string(l + 1);
    out.push_back("losing " + std::string{c.links.size() == 1 ? "link " : "links "} + names + " parts " +
                  site + " from all others");
  }
  return out;
}

namespace detail {

/// A flow network over the nodes of a topology and one more, which stands for all sites but one.
class parting_flow {
 public:
  parting_flow(const topology& what, cut_by measure)
      : what_(&what), nodes_(nodes_of(what)), net_(nodes_.size() + 1) {
    double finite = 1;
    for (const auto& l : what.links) finite += std::isfinite(l.bandwidth) ? l.bandwidth : 0;
    for (const auto& l : what.links)
      forth_.push_back(connect(index_of(l.a), index_of(l.b),
                               measure == cut_by::links ? 1 : std::min(l.bandwidth, finite)));
    unbounded_ = measure == cut_by::links ? static_cast<double>(what.links.size() + 1)
                                          : finite * static_cast<double>(what.links.size() + 1);
    for (const auto& n : nodes_)
      if (n.what == topology_node::kind::site)
        to_others_.push_back({index_of(n), connect_one_way(index_of(n))});
  }
  [[nodiscard]] std::size_t site_count() const { return to_others_.size(); }

  /// @param nth of the sites
  [[nodiscard]] site_cut around(std::size_t nth) {
    const auto source = to_others_[nth].first;
    for (const auto& [site, away] : to_others_)
      boost::put(boost::edge_capacity, net_, away, site == source ? 0 : unbounded_);
    boost::edmonds_karp_max_flow(net_, source, nodes_.size());
    const auto near = reached_from(source);
    site_cut cut{.site = {nodes_[source].number}};
    for (std::size_t i = 0; i < forth_.size(); ++i)
      if (near[boost::source(forth_[i], net_)] != near[boost::target(forth_[i], net_)])
        cut.links.push_back(i), cut.bandwidth += what_->links[i].bandwidth;
    return cut;
  }

 private:
  using traits = boost::adjacency_list_traits<boost::vecS, boost::vecS, boost::directedS>;
  using node = boost::property<boost::vertex_color_t, boost::default_color_type,
                               boost::property<boost::vertex_predecessor_t, traits::edge_descriptor>>;
  using arc =
      boost::property<boost::edge_capacity_t, double,
                      boost::property<boost::edge_residual_capacity_t, double,
                                      boost::property<boost::edge_reverse_t, traits::edge_descriptor>>>;
  using graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, node, arc>;
  using edge = traits::edge_descriptor;

  [[nodiscard]] std::size_t index_of(const topology_node& n) const {
    return static_cast<std::size_t>(std::ranges::lower_bound(nodes_, n) - nodes_.begin());
  }
  edge connect(std::size_t a, std::size_t b, double there, double back) {
    const edge forth = boost::add_edge(a, b, net_).first, reverse = boost::add_edge(b, a, net_).first;
    boost::put(boost::edge_capacity, net_, forth, there),
        boost::put(boost::edge_capacity, net_, reverse, back);
    boost::put(boost::edge_reverse, net_, forth, reverse),
        boost::put(boost::edge_reverse, net_, reverse, forth);
    return forth;
  }
  edge connect(std::size_t a, std::size_t b, double both) { return connect(a, b, both, both); }
  edge connect_one_way(std::size_t site) { return connect(site, nodes_.size(), 0, 0); }

  /// The nodes that more could flow to.
  [[nodiscard]] std::vector<bool> reached_from(std::size_t start) const {
    std::vector<bool> seen(nodes_.size() + 1);
    std::vector<std::size_t> open{start};
    seen[start] = true;
    while (!open.empty()) {
      const auto at = open.back();
      open.pop_back();
      for (auto [e, end] = boost::out_edges(at, net_); e != end; ++e) {
        const auto next = boost::target(*e, net_);
        if (seen[next] || !(boost::get(boost::edge_residual_capacity, net_, *e) > 0)) continue;
        seen[next] = true;
        open.push_back(next);
      }
    }
    return seen;
  }

  const topology* what_;
  std::vector<topology_node> nodes_;
  graph net_;
  std::vector<edge> forth_;                              // of each link
  std::vector<std::pair<std::size_t, edge>> to_others_;  // of each site
  double unbounded_ = 0;
};

}  // namespace detail

inline result<std::vector<site_cut>, diagnostic> parting_cuts(const topology& what, cut_by measure) {
  if (auto fault = fault_of(what)) return failure{*std::move(fault)};
  detail::parting_flow flow{what, measure};
  std::vector<site_cut> cuts;
  if (flow.site_count() < 2) return cuts;
  for (std::size_t i = 0; i < flow.site_count(); ++i) cuts.push_back(flow.around(i));
  return cuts;
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
