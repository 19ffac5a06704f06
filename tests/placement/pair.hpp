#pragma once
// One workload and one destination, in a world that a test may change before it asks a rule.

#include "fleet.hpp"

#include <foreshift/placement/constraint.hpp>

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
    w.build();
    w.known = inventory::make(w.host_records, w.workload_records, services).value();
    for (const auto& m : in_flight) w.known.begin_move(m.workload, m.to);
    auto view = w.view();
    view.links = with_links ? &links : nullptr;
    view.disruptions = disruptions, view.refusals = refusals, view.now = now, view.moves = moves;
    const auto before = as_it_is(w.hosts[0]);
    const departure leaving{w.known.find(workload_id{10}), view.find(workload_id{10}), {}};
    const arrival to{w.hosts[1], w.known};
    return rule.admits(candidate{leaving, w.hosts[0], before, to, view.moves}, view);
  }
};

}  // namespace fleet
