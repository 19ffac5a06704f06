#include "pair.hpp"

#include <foreshift/placement/disruption_rules.hpp>

#include <doctest/doctest.h>

using namespace fleet;
using namespace std::chrono_literals;

TEST_CASE("a budget that is spent refuses the next move") {
  pair p;
  p.services = {{.id = {1}}};
  p.workload(10).service = {1};
  p.host(1).domain = {5}, p.host(2).domain = {6};
  const disruption_budget all{.cycle = 3, .service = 3, .domain = 3, .host = 3};
  const std::vector<disruption> used{{{}, 2},           {service_id{1}, 2}, {domain_id{5}, 2},
                                     {domain_id{6}, 2}, {host_id{1}, 2},    {host_id{2}, 2},
                                     {host_id{3}, 9}};
  p.disruptions = used;
  CHECK_FALSE(p.ask(all));
  for (std::size_t i = 0; i + 1 < used.size(); ++i) {
    p.disruptions = used;
    p.disruptions[i].moves = 3;
    CHECK(p.ask(all) == rejection::budget_spent);
    CHECK_FALSE(p.ask(disruption_budget{}));
  }
}

TEST_CASE("a service's own budget holds beside that for all") {
  pair p;
  p.services = {{.id = {1}, .moves_max = 1}};
  p.workload(10).service = {1};
  CHECK_FALSE(p.ask(disruption_budget{}));
  p.disruptions = {{service_id{1}, 1}};
  CHECK(p.ask(disruption_budget{}) == rejection::budget_spent);
  p.services[0].moves_max = 2;
  CHECK_FALSE(p.ask(disruption_budget{}));
  CHECK(p.ask(disruption_budget{.service = 1}) == rejection::budget_spent);
  p.services[0].moves_max = 0;
  CHECK(p.ask(disruption_budget{}) == rejection::budget_spent);
}

TEST_CASE("a destination that has refused is left alone until the time that it named") {
  pair p;
  p.refusals = {{{1}, time_point{9h}}, {{2}, time_point{2h}}};
  p.now = time_point{2h} - 1ns;
  CHECK(p.ask(not_refusing{}) == rejection::asked_to_wait);
  p.now = time_point{2h};
  CHECK_FALSE(p.ask(not_refusing{}));
}
