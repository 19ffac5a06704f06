#pragma once
// A fleet of up to four hosts and seven workloads in which every rule has something to say, as plain arrays,
// and every rule and price stated again over them, slowly and without the library's inventory.

#include <foreshift/core/random.hpp>
#include <foreshift/placement/best_fit.hpp>
#include <foreshift/placement/load_terms.hpp>
#include <foreshift/placement/move_terms.hpp>
#include <foreshift/placement/scalarised.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <vector>

namespace small_fleet {

using namespace foreshift;
using namespace foreshift::placement;
using forecast::sample_paths;

inline constexpr std::size_t path_count = 10, horizon = 4;
inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// Where nothing is said, ids are places in the arrays plus one.
struct fleet {
  std::vector<host_record> hosts;
  std::vector<workload_record> workloads;
  std::vector<service_record> services;
  std::vector<std::optional<std::size_t>> goes_to;  // of each workload: the host its move in flight ends at
  std::vector<sample_paths> load;                   // of each host
  std::vector<sample_paths> demand;                 // of each workload
  std::vector<bool> busy;
  std::vector<double> pending;
  std::vector<std::vector<distance>> far;  // empty: not known
  std::vector<move_made> made;
  std::vector<std::optional<time_point>> refuses_until;
  time_point now{std::chrono::hours{1}};
  migration_cost moves{1, 0.2};
  disruption_budget budget;
  double price_of_move = 0;

  [[nodiscard]] std::size_t at(std::size_t w) const { return workloads[w].host.value - 1; }
  [[nodiscard]] std::size_t ends_at(std::size_t w) const { return goes_to[w].value_or(at(w)); }
};

inline fleet random_fleet(std::uint64_t seed) {
  random_stream random{seed};
  const auto chance = [&](double p) { return random.uniform() < p; };
  fleet f;
  const std::size_t hosts = 2 + random.below(3), workloads = 1 + random.below(7);
  const bool domains = chance(0.6), pressed = chance(0.5);
  for (std::size_t h = 0; h < hosts; ++h) {
    host_record one{.id = {h + 1}, .site = {1 + random.below(2)}};
    one.capacity = {
        {10, static_cast<double>(6 + random.below(10)), static_cast<double>(6 + random.below(10)), 30}};
    if (domains) one.domain = {random.below(3)};
    one.neighbourhood = {random.below(2)};
    if (chance(0.5)) one.safety = resources{{static_cast<double>(3 + random.below(6)), 1, 1, 1}};
    one.clearance = static_cast<std::uint32_t>(pressed ? random.below(3) : 2);
    one.licences = {pressed ? random.below(4) : 3};
    one.taints = {chance(0.2) ? 1 + random.below(3) : 0};
    f.hosts.push_back(one);
    f.busy.push_back(chance(0.1));
    f.pending.push_back(chance(0.2) ? random.uniform() * 2 - 1 : 0);
    f.refuses_until.push_back(
        chance(0.2) ? std::optional{f.now + std::chrono::minutes{random.below(3)} - std::chrono::minutes{1}}
                    : std::nullopt);
    sample_paths paths{path_count, horizon};
    const double level = h == 0 ? 1 : 4 * random.uniform();
    for (auto& x : paths.flat()) x = level * (0.5 + random.uniform());
    f.load.push_back(paths);
  }
  for (std::uint64_t s = 1; s <= 3; ++s) {
    service_record one{.id = {s}, .domains_min = static_cast<std::uint32_t>(1 + random.below(3))};
    if (s > 1 && chance(0.3)) one.depends_on.push_back({s - 1});
    if (s > 2 && chance(0.3)) one.depends_on.push_back({1});
    if (chance(0.3)) one.moves_max = static_cast<std::uint32_t>(random.below(2));
    f.services.push_back(one);
  }
  for (std::size_t w = 0; w < workloads; ++w) {
    workload_record one{.id = {w + 1}};
    one.criticality = static_cast<std::uint32_t>(1 + random.below(3));
    one.requested = {{1, static_cast<double>(random.below(5)), static_cast<double>(random.below(5)), 1}};
    const std::size_t host = chance(0.6) ? 0 : random.below(hosts);
    one.host = {host + 1};
    if (chance(0.3)) one.apart = {1 + random.below(2)};
    if (chance(0.3)) one.together = {1 + random.below(2)};
    one.together_within = static_cast<nearness>(random.below(4));
    if (chance(0.2)) one.latency_ms_max = static_cast<double>(random.below(6));
    one.pinned = chance(0.1);
    one.service = {random.below(4)};
    one.clearance = static_cast<std::uint32_t>(random.below(3));
    one.licences = {chance(0.5) ? random.below(4) : 0};
    one.tolerates = {random.below(4)};
    f.workloads.push_back(one);
    const bool moves = host != 0 && chance(0.3);
    f.goes_to.push_back(std::nullopt);
    if (const auto to = random.below(hosts); moves && to != host) f.goes_to.back() = to;
    sample_paths paths{path_count, horizon};
    const double level = 1 + 4 * random.uniform();
    for (auto& x : paths.flat()) x = level * (0.5 + random.uniform());
    f.demand.push_back(paths);
    f.load[host] += paths;
    if (chance(0.2)) f.made.push_back({one.id, {1 + random.below(hosts)}, one.host});
  }
  if (chance(0.7))
    for (std::size_t a = 0; a < hosts; ++a) {
      f.far.emplace_back();
      for (std::size_t b = 0; b < hosts; ++b)
        f.far.back().push_back(a == b        ? distance{0, infinity}
                               : chance(0.1) ? distance{}
                                             : distance{static_cast<double>(1 + random.below(8)), 1e9});
    }
  f.moves.copy_steps = 1 + random.below(2);
  f.moves.overhead_share = chance(0.3) ? 0.8 : 0.2;
  if (chance(0.3)) f.budget = {2, 1, 2, 2};
  f.price_of_move = chance(0.3) ? 3 : 0;
  return f;
}

/// All rules there are.
using every_rule =
    std::tuple<not_busy, not_pinned, not_refusing, cleared, licensed, taints_tolerated, other_resources_fit,
               latency_bound, disruption_budget, apart_domains, stays_together, keeps_dependencies,
               stays_spread, copy_fits, quantile_fits, bounded_risk>;
inline constexpr std::size_t rule_count = std::tuple_size_v<every_rule>;

inline every_rule rules_of(const fleet& f) {
  every_rule rules;
  std::get<disruption_budget>(rules) = f.budget;
  std::get<quantile_fits>(rules) = {0.9};
  std::get<bounded_risk>(rules) = {0.2};
  std::get<copy_fits>(rules) = {0.2};
  return rules;
}
inline auto objective_of(const fleet& f) {
  return scalarised{weighted{overload_minutes{}}, weighted{imbalance{}, 5.0},
                    weighted{load_over_safety{}, 2.0}, weighted{stability{f.price_of_move}}};
}

/// The library's view of the fleet.
struct looked_at {
  explicit looked_at(const fleet& f) {
    known = inventory::make(f.hosts, f.workloads, f.services).value();
    for (std::size_t w = 0; w < f.workloads.size(); ++w)
      if (f.goes_to[w]) known.begin_move({w + 1}, {*f.goes_to[w] + 1});
    for (std::size_t h = 0; h < f.hosts.size(); ++h)
      hosts.push_back(outlook_of({h + 1}, f.hosts[h].site, 8, f.load[h], f.pending[h], f.busy[h]));
    for (std::size_t w = 0; w < f.workloads.size(); ++w)
      workloads.push_back({.workload = {w + 1}, .paths = &f.demand[w], .demand = f.demand[w].flat()[0]});
    if (!f.far.empty()) {
      std::vector<host_place> places;
      std::vector<distance> flat;
      for (const auto& h : f.hosts) places.push_back({h.id, {}});
      for (const auto& row : f.far) flat.insert(flat.end(), row.begin(), row.end());
      links = {places, flat};
    }
    disruptions = count_disruptions(known, f.made);
    for (std::size_t h = 0; h < f.hosts.size(); ++h)
      if (f.refuses_until[h]) refusals.push_back({{h + 1}, *f.refuses_until[h]});
    view = {.known = &known,
            .links = f.far.empty() ? nullptr : &links,
            .hosts = hosts,
            .workloads = workloads,
            .moves = f.moves,
            .now = f.now,
            .disruptions = disruptions,
            .refusals = refusals};
  }
  looked_at(const looked_at&) = delete;
  looked_at& operator=(const looked_at&) = delete;

  inventory known;
  distance_table links;
  std::vector<host_outlook> hosts;
  std::vector<workload_outlook> workloads;
  std::vector<disruption> disruptions;
  std::vector<refused_until> refusals;
  site_view view;
};

/// The rules again, one by one, for workload w of host 0 to host `to`.
class stated_again {
 public:
  stated_again(const fleet& f, std::size_t w, std::size_t to) : f_(f), w_(w), to_(to) {}

  /// In the order of `every_rule`: whether the rule refuses.
  [[nodiscard]] std::vector<bool> refusals() const {
    const auto& h = f_.hosts[to_];
    const auto& w = f_.workloads[w_];
    return {f_.busy[to_],
            w.pinned,
            f_.refuses_until[to_] && *f_.refuses_until[to_] > f_.now,
            h.clearance < w.clearance,
            lacks(h.licences.bits, w.licences.bits),
            lacks(w.tolerates.bits, h.taints.bits),
            no_room(),
            too_far(),
            over_budget(),
            too_near(),
            too_lonely(),
            dependency_broken(),
            gathered(),
            copy_exhausts(0) || copy_exhausts(to_),
            quantile_over(),
            overloaded_share() > 0.2};
  }
  [[nodiscard]] bool refused() const {
    const auto all = refusals();
    return std::ranges::find(all, true) != all.end();
  }
  /// Of the move, by `objective_of`.
  [[nodiscard]] double price() const {
    const double demand = f_.demand[w_].flat()[0];
    double minutes = 5 * (steps_over(0, -1) + std::max(steps_over(to_, 1) - steps_over(to_, 0), 0.0));
    minutes += 5 * static_cast<double>(f_.moves.copy_steps) * demand / 8 + (peak(to_) + demand) / 8;
    const double left = std::max(peak(0) - demand, 0.0), there = std::max(peak(to_), 0.0);
    const double uneven = left * left / 64 + ((there + demand) * (there + demand) - there * there) / 64;
    const double over = over_safety(0, left) + over_safety(to_, there + demand) - over_safety(to_, there);
    return minutes + 5 * uneven + 2 * over + f_.price_of_move;
  }
  [[nodiscard]] double price_of_staying() const {
    const double load = std::max(peak(0), 0.0);
    return 5 * steps_over(0, 0) + 5 * load * load / 64 + 2 * over_safety(0, load);
  }
  /// Mean steps over the limit of a host with the workload gone (-1), as it is (0) or come (1).
  [[nodiscard]] double steps_over(std::size_t host, int change) const {
    int over = 0;
    for (std::size_t p = 0; p < path_count; ++p)
      for (std::size_t s = 0; s < horizon; ++s)
        over += value(host, change, p, s) > 8 - f_.pending[host] ? 1 : 0;
    return over / static_cast<double>(path_count);
  }

 private:
  [[nodiscard]] double value(std::size_t host, int change, std::size_t p, std::size_t s) const {
    const double own = f_.load[host].flat()[p * horizon + s], moved = f_.demand[w_].flat()[p * horizon + s];
    if (change == 0) return own;
    if (s < f_.moves.copy_steps) return own + f_.moves.overhead_share * moved;
    return change > 0 ? own + moved : own - moved;
  }
  [[nodiscard]] double peak(std::size_t host) const {
    double highest = -infinity;
    for (std::size_t s = 0; s < horizon; ++s) {
      double sum = 0;
      for (std::size_t p = 0; p < path_count; ++p) sum += f_.load[host].flat()[p * horizon + s];
      highest = std::max(highest, sum / path_count);
    }
    return highest + f_.pending[host];
  }
  [[nodiscard]] double over_safety(std::size_t host, double load) const {
    const double safe = f_.hosts[host].safety ? (*f_.hosts[host].safety)[resource::cpu] : 8;
    return std::max(load - safe, 0.0) / safe;
  }
  [[nodiscard]] static bool lacks(std::uint64_t offered, std::uint64_t asked) {
    for (int bit = 0; bit < 64; ++bit)
      if ((asked >> bit & 1U) == 1 && (offered >> bit & 1U) == 0) return true;
    return false;
  }
  [[nodiscard]] bool no_room() const {
    for (const auto r : {resource::memory, resource::network, resource::io}) {
      double used = f_.workloads[w_].requested[r];
      for (std::size_t o = 0; o < f_.workloads.size(); ++o)
        if (f_.at(o) == to_ || f_.ends_at(o) == to_) used += f_.workloads[o].requested[r];
      if (used > f_.hosts[to_].capacity[r]) return true;
    }
    return false;
  }
  [[nodiscard]] bool too_far() const {
    const double bound = f_.workloads[w_].latency_ms_max;
    if (bound == infinity) return false;
    return f_.far.empty() || f_.far[0][to_].latency_ms > bound;
  }
  [[nodiscard]] bool over_budget() const {
    std::uint32_t all = 0, of_service = 0, at_source = 0, at_destination = 0, source_domain = 0, domain = 0;
    const auto in = [&](const move_made& m, domain_id d) {
      return f_.hosts[m.from.value - 1].domain == d || f_.hosts[m.to.value - 1].domain == d;
    };
    const auto own = f_.workloads[w_].service;
    const auto from_domain = f_.hosts[0].domain, to_domain = f_.hosts[to_].domain;
    for (const auto& m : f_.made) {
      ++all;
      of_service += f_.workloads[m.workload.value - 1].service == own ? 1 : 0;
      at_source += m.from.value == 1 || m.to.value == 1 ? 1 : 0;
      at_destination += m.from.value == to_ + 1 || m.to.value == to_ + 1 ? 1 : 0;
      source_domain += in(m, from_domain) ? 1 : 0;
      domain += in(m, to_domain) ? 1 : 0;
    }
    const auto& b = f_.budget;
    if (all >= b.cycle || at_source >= b.host || at_destination >= b.host) return true;
    if (from_domain.value != 0 && source_domain >= b.domain) return true;
    if (to_domain.value != 0 && domain >= b.domain) return true;
    return own.value != 0 && (of_service >= b.service || of_service >= f_.services[own.value - 1].moves_max);
  }
  /// Hosts with one key fail together.
  [[nodiscard]] std::uint64_t fails_with(std::size_t host) const {
    const auto d = f_.hosts[host].domain.value;
    return d != 0 ? d : 1000 + host;
  }
  [[nodiscard]] bool too_near() const {
    const auto group = f_.workloads[w_].apart;
    for (std::size_t o = 0; o < f_.workloads.size(); ++o) {
      if (o == w_ || group.value == 0 || f_.workloads[o].apart != group) continue;
      if (fails_with(f_.at(o)) == fails_with(to_) || fails_with(f_.ends_at(o)) == fails_with(to_))
        return true;
    }
    return false;
  }
  [[nodiscard]] bool too_lonely() const {
    const auto& w = f_.workloads[w_];
    for (std::size_t o = 0; o < f_.workloads.size(); ++o) {
      if (o == w_ || w.together.value == 0 || f_.workloads[o].together != w.together) continue;
      const std::size_t there = f_.ends_at(o);
      const auto &a = f_.hosts[there], &b = f_.hosts[to_];
      const bool near[] = {there == to_, fails_with(there) == fails_with(to_),
                           a.neighbourhood == b.neighbourhood, a.site == b.site};
      if (!near[static_cast<std::size_t>(w.together_within)]) return true;
    }
    return false;
  }
  /// Where a workload runs when all moves are over, this one included or not.
  [[nodiscard]] std::size_t finally(std::size_t w, bool with_move) const {
    return w == w_ && with_move ? to_ : f_.ends_at(w);
  }
  [[nodiscard]] bool runs(std::uint64_t service, neighbourhood_id where, bool with_move) const {
    for (std::size_t o = 0; o < f_.workloads.size(); ++o)
      if (f_.workloads[o].service.value == service && f_.hosts[finally(o, with_move)].neighbourhood == where)
        return true;
    return false;
  }
  /// A service runs in the neighbourhood and something that it depends on does not.
  [[nodiscard]] bool broken(std::size_t s, service_id needed, neighbourhood_id where, bool with_move) const {
    return runs(s + 1, where, with_move) && !runs(needed.value, where, with_move);
  }
  [[nodiscard]] bool dependency_broken() const {
    const auto left = f_.hosts[0].neighbourhood, entered = f_.hosts[to_].neighbourhood;
    const auto own = f_.workloads[w_].service;
    if (left == entered) return false;
    for (std::size_t s = 0; s < f_.services.size(); ++s)
      for (const auto needed : f_.services[s].depends_on) {
        if (own.value == s + 1 && broken(s, needed, entered, true)) return true;
        if (own == needed && broken(s, needed, left, true) && !broken(s, needed, left, false)) return true;
      }
    return false;
  }
  [[nodiscard]] bool gathered() const {
    const auto own = f_.workloads[w_].service;
    if (own.value == 0) return false;
    std::set<std::uint64_t> before, after;
    for (std::size_t o = 0; o < f_.workloads.size(); ++o)
      if (f_.workloads[o].service == own)
        before.insert(fails_with(finally(o, false))), after.insert(fails_with(finally(o, true)));
    return after.size() < before.size() && after.size() < f_.services[own.value - 1].domains_min;
  }
  [[nodiscard]] bool copy_exhausts(std::size_t host) const {
    int paths = 0;
    for (std::size_t p = 0; p < path_count; ++p) {
      bool exhausted = false;
      for (std::size_t s = 0; s < f_.moves.copy_steps; ++s) {
        const double load = f_.load[host].flat()[p * horizon + s] + f_.pending[host];
        const double copy = f_.moves.overhead_share * f_.demand[w_].flat()[p * horizon + s];
        exhausted = exhausted || (load <= 10 && load + copy > 10);
      }
      paths += exhausted ? 1 : 0;
    }
    return paths > 2;  // of ten
  }
  /// The ninth of the ten values, in order, is over the limit at some step.
  [[nodiscard]] bool quantile_over() const {
    for (std::size_t s = 0; s < horizon; ++s) {
      std::vector<double> values;
      for (std::size_t p = 0; p < path_count; ++p) values.push_back(value(to_, 1, p, s));
      std::ranges::sort(values);
      if (values[8] > 8 - f_.pending[to_]) return true;
    }
    return false;
  }
  [[nodiscard]] double overloaded_share() const {
    int paths = 0;
    for (std::size_t p = 0; p < path_count; ++p) {
      bool over = false;
      for (std::size_t s = 0; s < horizon; ++s) over = over || value(to_, 1, p, s) > 8 - f_.pending[to_];
      paths += over ? 1 : 0;
    }
    return paths / static_cast<double>(path_count);
  }

  const fleet& f_;
  std::size_t w_, to_;
};

/// The cheapest move off host 0 that nothing refuses, of all pairs.
struct cheapest {
  double price = infinity;
  std::size_t workload = 0, to = 0;  // to 0: there is none
  double staying = 0;
  bool alone = true;  // nothing else is as cheap
};
inline cheapest try_all(const fleet& f) {
  cheapest best;
  for (std::size_t w = 0; w < f.workloads.size(); ++w) {
    if (f.at(w) != 0 || f.goes_to[w]) continue;
    for (std::size_t to = 1; to < f.hosts.size(); ++to) {
      const stated_again rules{f, w, to};
      best.staying = rules.price_of_staying();
      if (rules.refused()) continue;
      const double price = rules.price();
      if (price < best.price - 1e-9)
        best.alone = true, best.price = price, best.workload = w, best.to = to;
      else if (price < best.price + 1e-9)
        best.alone = false;
    }
  }
  return best;
}

}  // namespace small_fleet
