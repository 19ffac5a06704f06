#include <foreshift/core/random.hpp>
#include <foreshift/placement/cuts.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <vector>

using namespace foreshift;
using namespace foreshift::placement;

namespace {

/// Three sites in a row with two links between the last two, and a host at each end.
topology row() {
  return {{},
          {{host_id{1}, site_id{1}, 0, 100},
           {site_id{1}, site_id{2}, 5, 10},
           {site_id{2}, site_id{3}, 5, 3},
           {site_id{3}, site_id{2}, 5, 4},
           {site_id{3}, host_id{9}, 0, 1}}};
}

/// The least that parts site s from all others, over all ways to part the nodes in two.
double by_enumeration(const topology& t, std::uint64_t site, cut_by measure) {
  const auto nodes = placement::detail::nodes_of(t);
  double least = std::numeric_limits<double>::infinity();
  for (std::uint32_t side = 0; side < 1U << nodes.size(); ++side) {
    const auto in = [&](const topology_node& n) {
      return (side >> (std::ranges::lower_bound(nodes, n) - nodes.begin()) & 1U) != 0;
    };
    bool parts = true;
    for (const auto& n : nodes)
      if (n.what == topology_node::kind::site) parts = parts && in(n) == (n.number == site);
    if (!parts) continue;
    double sum = 0;
    for (const auto& l : t.links)
      if (in(l.a) != in(l.b)) sum += measure == cut_by::links ? 1 : l.bandwidth;
    least = std::min(least, sum);
  }
  return least;
}

}  // namespace

TEST_CASE("the links that part a site are found, and hosts behind it are of no account") {
  const auto cuts = parting_cuts(row()).value();
  REQUIRE(cuts.size() == 3);
  CHECK(cuts[0].site == site_id{1});
  CHECK(cuts[0].links == std::vector<std::size_t>{1});
  CHECK(cuts[0].bandwidth == 10);
  CHECK(cuts[1].links == std::vector<std::size_t>{1, 2, 3});
  CHECK(cuts[2].links == std::vector<std::size_t>{2, 3});
  CHECK(cuts[2].bandwidth == 7);
}

TEST_CASE("a site that one link holds is warned of") {
  auto t = row();
  CHECK(warnings_of(parting_cuts(t, cut_by::links).value()) ==
        std::vector<std::string>{"losing link 2 parts site 1 from all others"});
  CHECK(warnings_of(parting_cuts(t, cut_by::links).value(), 2).back() ==
        "losing links 3, 4 parts site 3 from all others");
  t.links.push_back({site_id{4}, host_id{3}, 1, 1});
  CHECK(warnings_of(parting_cuts(t, cut_by::links).value()).back() == "site 4 has no way to any other");
}

TEST_CASE("one site has no others to be parted from, and what cannot be is refused") {
  CHECK(parting_cuts({{}, {{host_id{1}, site_id{1}, 0, 1}}}).value().empty());
  CHECK(parting_cuts({}).value().empty());
  CHECK_FALSE(parting_cuts({{}, {{host_id{1}, site_id{1}, 0, 0}}}));
}

TEST_CASE("an infinite link is spared where another way to part the site is finite") {
  constexpr double inf = std::numeric_limits<double>::infinity();
  const auto cuts = parting_cuts({{},
                                  {{site_id{1}, host_id{1}, 0, inf},
                                   {host_id{1}, host_id{2}, 0, 5},
                                   {host_id{2}, site_id{2}, 0, inf}}})
                        .value();
  CHECK(cuts[0].links == std::vector<std::size_t>{1});
  CHECK(cuts[0].bandwidth == 5);
}

TEST_CASE("cuts agree with parting the nodes in every way") {
  random_stream random{5};
  for (int round = 0; round < 80; ++round) {
    topology t;
    const auto node = [&]() -> topology_node {
      const auto n = random.below(8);
      if (n < 3) return site_id{n};
      return host_id{n};
    };
    for (int e = 0; e < 12; ++e)
      t.links.push_back({node(), node(), 0, static_cast<double>(1 + random.below(9))});
    for (const auto measure : {cut_by::bandwidth, cut_by::links}) {
      const auto cuts = parting_cuts(t, measure).value();
      for (const auto& c : cuts) {
        const double got = measure == cut_by::links ? static_cast<double>(c.links.size()) : c.bandwidth;
        CHECK(got == by_enumeration(t, c.site.value, measure));
      }
    }
  }
}
