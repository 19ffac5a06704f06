#include "pair.hpp"

#include <foreshift/placement/group_rules.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

using namespace fleet;

namespace {

/// The obvious version: the list of all domains, each searched for each workload.
bool keeps_spread(const candidate& what, const site_view& view) {
  const auto* service = view.known->find(what.record().service);
  const host_id from = what.from().host, to = what.to().host;
  bool source_emptied = true, destination_had = false;
  std::vector<host_id> others;
  for (const auto id : view.known->workloads_of(service->id)) {
    if (id == what.record().id) continue;
    const host_id at = view.known->bound_for(id);
    source_emptied = source_emptied && !view.same_domain(at, from);
    destination_had = destination_had || view.same_domain(at, to);
    if (std::ranges::none_of(others, [&](host_id h) { return view.same_domain(h, at); }))
      others.push_back(at);
  }
  const bool fewer = source_emptied && destination_had && !view.same_domain(from, to);
  return !fewer || others.size() >= service->domains_min;
}

}  // namespace

TEST_CASE("a workload stays as near to its group as it asks for") {
  pair p;
  p.workload(10).together = p.workload(12).together = {1};  // the other is on host 3, in the same site
  CHECK_FALSE(p.ask(stays_together{}));
  p.workload(10).together_within = nearness::domain;
  CHECK_FALSE(p.ask(stays_together{}));
  CHECK(p.ask(stays_together{}, false) == rejection::away_from_group);  // no domain is known
  p.workload(10).together_within = nearness::host;
  CHECK(p.ask(stays_together{}) == rejection::away_from_group);
  p.workload(10).together_within = nearness::neighbourhood;
  CHECK_FALSE(p.ask(stays_together{}));  // hosts not told apart are neighbours
  p.host(2).neighbourhood = {4};
  CHECK(p.ask(stays_together{}) == rejection::away_from_group);
  p.host(3).neighbourhood = {4};
  CHECK_FALSE(p.ask(stays_together{}));
  SUBCASE("every other member counts") {
    p.workload(11).together = {1};
    CHECK(p.ask(stays_together{}) == rejection::away_from_group);
  }
  SUBCASE("one on its way counts where it will be") {
    p.workload(10).together_within = nearness::host;
    p.in_flight = {{{12}, {2}}};
    CHECK_FALSE(p.ask(stays_together{}));
  }
}

TEST_CASE("a service is not gathered in fewer failure domains than it needs") {
  pair p;
  p.services = {{.id = {1}, .domains_min = 2}};
  p.workload(10).service = p.workload(12).service = {1};
  CHECK(p.ask(stays_spread{}) == rejection::spread_lost);  // both would be in domain 200
  CHECK_FALSE(p.ask(stays_spread{}, false));               // two hosts, and no domain is known
  p.services[0].domains_min = 1;
  CHECK_FALSE(p.ask(stays_spread{}));
  p.services[0].domains_min = 2;
  SUBCASE("another keeps the source's domain") {
    p.workload(11).service = {1};
    CHECK_FALSE(p.ask(stays_spread{}));
  }
  SUBCASE("what is gathered already may be spread, or stay as it is") {
    p.host(1).domain = p.host(3).domain = {5};
    CHECK_FALSE(p.ask(stays_spread{}, false));
    p.host(2).domain = {5};
    CHECK_FALSE(p.ask(stays_spread{}, false));
  }
  SUBCASE("one on its way counts where it will be") {
    p.in_flight = {{{12}, {1}}};
    CHECK_FALSE(p.ask(stays_spread{}));
  }
}

TEST_CASE("spread is judged as by a list of all domains, whoever knows of them") {
  int refused = 0;
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    CAPTURE(seed);
    random_stream random{seed};
    pair p;
    for (std::uint64_t h = 4; h <= 7; ++h) p.w.host(h, 2);
    for (std::uint64_t w = 13; w <= 16; ++w) p.w.workload(w, 2 + random.below(6), flat_paths(0));
    for (auto& h : p.w.host_records) h.domain = {random.below(5)};
    std::vector<host_place> places;
    for (std::uint64_t h = 1; h <= 7; ++h) places.push_back({{h}, {random.below(6)}});
    p.links = {places, std::vector<placement::distance>(49)};
    p.services = {{.id = {1}, .domains_min = static_cast<std::uint32_t>(2 + random.below(3))}};
    for (auto& w : p.w.workload_records)
      if (w.id != workload_id{11}) w.service = {1};
    for (const bool with_links : {false, true})
      p.with(with_links, [&](const candidate& c, const standstill&, const site_view& view) {
        const bool refuses = stays_spread{}.admits(c, view).has_value();
        CHECK(refuses != keeps_spread(c, view));
        refused += refuses;
        return 0;
      });
  }
  CHECK(refused > 50);
}

TEST_CASE("a service of a thousand replicas over a thousand domains is judged at once") {
  pair p;
  constexpr std::uint64_t n = 1000;
  for (std::uint64_t h = 4; h <= n; ++h) p.w.host(h, 2);
  for (std::uint64_t h = 4; h <= n; ++h) p.w.workload(h + 9, h, flat_paths(0));  // 12 is on host 3
  p.w.workload(n + 10, 2, flat_paths(0));                                        // beside the destination
  for (auto& h : p.w.host_records) h.domain = {h.id.value};
  for (auto& w : p.w.workload_records)
    if (w.id != workload_id{11}) w.service = {1};
  for (const bool enough : {false, true}) {
    p.services = {{.id = {1}, .domains_min = static_cast<std::uint32_t>(enough ? n - 1 : n)}};
    p.with(false, [&](const candidate& c, const standstill&, const site_view& view) {
      int refused = 0;  // a list searched for each replica would take minutes
      for (int i = 0; i < 500; ++i) refused += stays_spread{}.admits(c, view).has_value();
      CHECK(refused == (enough ? 0 : 500));
      return 0;
    });
  }
}

TEST_CASE("a service goes where everything is that it depends on") {
  pair p;
  p.services = {{.id = {1}, .depends_on = {{2}}}, {.id = {2}}};
  p.workload(10).service = {1};
  p.workload(11).service = {2};
  CHECK_FALSE(p.ask(keeps_dependencies{}));  // one neighbourhood
  p.host(2).neighbourhood = {7};
  CHECK(p.ask(keeps_dependencies{}) == rejection::dependency_lost);
  p.workload(12).service = {2};
  CHECK(p.ask(keeps_dependencies{}) == rejection::dependency_lost);
  p.host(3).neighbourhood = {7};
  CHECK_FALSE(p.ask(keeps_dependencies{}));
}

TEST_CASE("the last of a service does not leave those that depend on it") {
  pair p;
  p.services = {{.id = {1}, .depends_on = {{2}}}, {.id = {2}}};
  p.workload(10).service = {2};
  p.workload(11).service = {1};
  CHECK_FALSE(p.ask(keeps_dependencies{}));
  p.host(2).neighbourhood = {7};
  CHECK(p.ask(keeps_dependencies{}) == rejection::dependency_lost);
  SUBCASE("another one stays") {
    p.workload(12).service = {2};
    CHECK_FALSE(p.ask(keeps_dependencies{}));
  }
  SUBCASE("nobody there depends on it") {
    p.host(1).neighbourhood = {8};
    p.workload(11).host = {3};
    CHECK_FALSE(p.ask(keeps_dependencies{}));
  }
}
