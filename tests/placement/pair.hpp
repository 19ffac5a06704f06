#pragma once
// One workload and one destination, in a world that a test may change before it asks a rule.

#include "fleet.hpp"

#include <foreshift/placement/constraint.hpp>
#include <foreshift/placement/objective.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <vector>

namespace fleet {

/// Workload 10 (demand 4) from host 1 to host 2 (load 3). Workload 11 (demand 5) is on host 1 as well,
/// workload 12 (demand 1) on host 3. Hosts 2 and 3 are in one site and, where there are links, in one domain.
struct pair {
  world w;
  distance_table links;
  std::vector<service_record> services;
  std::vector<move_in_flight> in_flight;
  std::vector<disruption> disruptions;
  std::vector<refused_until> refusals;
  time_point now{};
  migration_cost moves{};

  pair() {
    w.host(1, 1), w.host(2, 2, 3), w.host(3, 2);
    w.workload(10, 1, flat_paths(4)), w.workload(11, 1, flat_paths(5)), w.workload(12, 3, flat_paths(1));
    links = {{{{1}, {100}}, {{2}, {200}}, {{3}, {200}}},
             {{0, 1e9}, {12, 1e9}, {12, 1e9}, {12, 1e9}, {0, 1e9}, {1, 1e9}, {12, 1e9}, {1, 1e9}, {0, 1e9}}};
  }
  host_record& host(std::size_t number) { return w.host_records[number - 1]; }
  workload_record& workload(std::size_t id) { return w.workload_records[id - 10]; }

  std::optional<rejection> ask(const Constraint auto& rule, bool with_links = true) {
    return with(with_links, [&](const candidate& c, const standstill&, const site_view& view) {
      return rule.admits(c, view);
    });
  }
  /// Asks about the candidate, the host that it leaves, and the view.
  auto with(bool with_links, const auto& question) {
    w.build();
    w.known = inventory::make(w.host_records, w.workload_records, services).value();
    for (const auto& m : in_flight) w.known.begin_move(m.workload, m.to);
    auto view = w.view();
    view.links = with_links ? &links : nullptr;
    view.disruptions = disruptions, view.refusals = refusals, view.now = now, view.moves = moves;
    const auto before = as_it_is(w.hosts[0]);
    const auto& outlook = *view.find(workload_id{10});
    const departure leaving{w.known.find(workload_id{10}), &outlook,
                            if_left(w.hosts[0], outlook, view.moves)};
    const arrival to{w.hosts[1], w.known};
    return question(candidate{leaving, w.hosts[0], before, to, view.moves}, standstill{w.hosts[0], before},
                    view);
  }
  double cost(const Objective auto& price, bool with_links = true) {
    return with(with_links, [&](const candidate& c, const standstill&, const site_view& view) {
      CHECK(price.bound(c, view) <= price.cost(c, view));
      CHECK(price.bound(c, view) >= 0);
      return static_cast<double>(price.cost(c, view));
    });
  }
  double staying(const Objective auto& price, bool with_links = true) {
    return with(with_links, [&](const candidate&, const standstill& still, const site_view& view) {
      return static_cast<double>(price.staying(still, view));
    });
  }
};

}  // namespace fleet
