#include "place_report.hpp"

#include "fleet_reader.hpp"

#include <foreshift/placement/reassignment_state.hpp>

#include <algorithm>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>

namespace tool {

using namespace foreshift::placement;

namespace {

template <class... Values>
void print(std::string& out, const char* format, Values... values) {
  char line[256];
  const int n = std::snprintf(line, sizeof line, format, values...);
  out.append(line, std::min(static_cast<std::size_t>(n), sizeof line - 1));
}

/// The hosts that one workload could be on instead.
struct other_hosts {
  std::optional<std::pair<std::uint32_t, std::int64_t>> next_best;  ///< and what it would cost more
  std::size_t without_room = 0;
  std::size_t against_service = 0;
};
other_hosts look_around(const reassignment_state& state, std::uint32_t w, std::size_t hosts) {
  other_hosts out;
  for (std::uint32_t h = 0; h < hosts; ++h) {
    if (h == state.where()[w]) continue;
    if (!state.has_room(w, h)) {
      ++out.without_room;
    } else if (!state.keeps_service(w, h)) {
      ++out.against_service;
    } else if (const auto more = state.shift_delta(w, h); !out.next_best || more < out.next_best->second) {
      out.next_best = {h, more};
    }
  }
  return out;
}

}  // namespace

std::optional<std::string> untrue_of(const reassignment& p, const annealing_outcome& found) {
  if (found.where.size() != p.workloads()) return "not every workload has a host";
  for (const auto host : found.where)
    if (host >= p.hosts()) return "there is no host " + std::to_string(host);
  if (const auto broken = violation_of(p, found.where)) return explain(*broken);
  const auto cost = cost_of(p, found.where).total();
  if (cost == found.cost) return std::nullopt;
  return "it costs " + std::to_string(cost) + ", not " + std::to_string(found.cost);
}

std::string describe_placement(const reassignment& p, const annealing_outcome& found) {
  const auto before = cost_of(p, p.start), after = cost_of(p, found.where);
  std::size_t moved = 0;
  for (std::size_t w = 0; w < p.workloads(); ++w) moved += found.where[w] != p.start[w] ? 1 : 0;
  const auto bound = lower_bound_of(p);
  const auto total = after.total();
  std::string out;
  print(out, "%zu workloads of %zu services on %zu hosts, %zu resources\n\n", p.workloads(), p.services(),
        p.hosts(), p.kinds());
  print(out, "%-12s %16s %16s\n", "cost", "start", "found");
  const auto row = [&](const char* name, std::int64_t reassignment_cost::*term) {
    print(out, "%-12s %16" PRId64 " %16" PRId64 "\n", name, before.*term, after.*term);
  };
  row("load", &reassignment_cost::load), row("balance", &reassignment_cost::balance);
  row("moves", &reassignment_cost::moves), row("services", &reassignment_cost::services);
  row("distances", &reassignment_cost::distances);
  print(out, "%-12s %16" PRId64 " %16" PRId64 "\n\n", "total", before.total(), total);
  print(out, "moved        %zu workloads, after %" PRIu64 " proposals of which %" PRIu64 " were taken\n",
        moved, found.proposals, found.accepted);
  print(out, "bound        %" PRId64 "; gap %.4f %%\n", bound,
        total > 0 ? 100 * static_cast<double>(total - bound) / static_cast<double>(total) : 0.0);
  return out;
}

std::string explain_moves(const reassignment& p, const assignment& where) {
  reassignment_state state{p};
  for (std::uint32_t w = 0; w < p.workloads(); ++w) state.put(w, where[w]);
  std::string out =
      "workload,service,from,to,saves,back,next_best,next_best_costs_more,without_room,against_service\n";
  for (std::uint32_t w = 0; w < p.workloads(); ++w) {
    const auto home = p.start[w];
    if (where[w] == home) continue;
    const auto others = look_around(state, w, p.hosts());
    const char* back = !state.has_room(w, home)        ? "no room"
                       : !state.keeps_service(w, home) ? "against its service"
                                                       : "possible";
    print(out, "%u,%u,%u,%u,%" PRId64 ",%s,", w, p.service[w], home, where[w], state.shift_delta(w, home),
          back);
    if (others.next_best)
      print(out, "%u,%" PRId64 ",", others.next_best->first, others.next_best->second);
    else
      out += ",,";
    print(out, "%zu,%zu\n", others.without_room, others.against_service);
  }
  return out;
}

}  // namespace tool
