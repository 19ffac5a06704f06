#pragma once
// A small fleet that every test of this folder can count by hand: hosts of capacity 10 with their limit at 8,
// workloads dealt out in order, `per_host` to each host, and hosts dealt out in order to the sites.

#include <foreshift/consensus/state_machine.hpp>
#include <foreshift/driver/fleet_outlook.hpp>
#include <foreshift/driver/forecast_book.hpp>
#include <foreshift/forecast/backtested.hpp>
#include <foreshift/forecast/naive.hpp>
#include <foreshift/placement/inventory.hpp>
#include <foreshift/placement/proposal.hpp>
#include <foreshift/risk/two_horizon_trigger.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace driver_test {

using namespace foreshift;
using namespace std::chrono_literals;

inline constexpr duration step = 5min;
inline constexpr time_point noon{1'741'003'200s};
inline constexpr std::size_t horizon = 6;

using last_value = forecast::backtested<forecast::naive>;
inline last_value forecaster() { return {.inner = {}, .horizon = horizon, .errors_kept = 32}; }

inline driver::book_options book_options() {
  driver::book_options o;
  o.step = step, o.horizon = horizon, o.history_max = 64;
  for (std::uint32_t age = 0; age < 16; ++age) o.plan.error_age.push_back(age);
  return o;
}

struct fleet_shape {
  std::size_t sites = 3;
  std::size_t hosts_per_site = 2;
  std::size_t per_host = 3;
  double limit = 0;                         ///< what a workload may use; 0: not known
  std::uint32_t criticality_on_second = 1;  ///< of the workloads on host 1; all others have 1
  [[nodiscard]] std::size_t hosts() const { return sites * hosts_per_site; }
  [[nodiscard]] std::size_t workloads() const { return hosts() * per_host; }
  [[nodiscard]] site_id site_of(std::size_t host) const { return {host / hosts_per_site + 1}; }
};

inline placement::inventory make_inventory(const fleet_shape& shape) {
  std::vector<placement::host_record> hosts;
  for (std::size_t h = 0; h < shape.hosts(); ++h) {
    resources capacity;
    capacity[resource::cpu] = 10;
    hosts.push_back({host_id{h}, shape.site_of(h), "host" + std::to_string(h), capacity, 0.8});
  }
  std::vector<placement::workload_record> workloads;
  for (std::size_t w = 0; w < shape.workloads(); ++w) {
    placement::workload_record one;
    one.id = {w}, one.name = "w" + std::to_string(w), one.host = {w / shape.per_host}, one.subset = {w};
    one.limits[resource::cpu] = shape.limit;
    if (one.host == host_id{1}) one.criticality = shape.criticality_on_second;
    workloads.push_back(std::move(one));
  }
  return placement::inventory::make(std::move(hosts), std::move(workloads)).value();
}

inline consensus::genesis make_genesis(const fleet_shape& shape) {
  std::vector<site_id> members;
  std::vector<place_id> everywhere;
  for (std::size_t s = 0; s < shape.sites; ++s) members.push_back({s + 1});
  for (std::size_t h = 0; h < shape.hosts(); ++h) everywhere.push_back({h});
  consensus::genesis start{consensus::uniform_epoch(members), {}, {}, {}};
  start.credits.standard = consensus::credit{5};
  start.log_time = {.per_entry = 1h, .per_window = 24h, .window = 16};
  for (std::size_t w = 0; w < shape.workloads(); ++w)
    start.subsets.push_back({{subset_id{w}, "w" + std::to_string(w), {workload_id{w}}, everywhere},
                             shape.site_of(w / shape.per_host)});
  return start;
}

/// A series that ends at noon and rises by `slope` a step to `last`.
inline telemetry::series ramp(double last, double slope, std::size_t n = 40) {
  telemetry::series out{noon - static_cast<duration::rep>(n) * step, step, {}};
  for (std::size_t i = 0; i < n; ++i) out.values.push_back(last - slope * static_cast<double>(n - 1 - i));
  return out;
}

/// A fifth of the probability on both horizons is danger, and a move is worth whatever it saves.
inline risk::two_horizon_options at_once() {
  risk::two_horizon_options o;
  o.fast.p_on = o.slow.p_on = 0.2, o.fast.p_off = o.slow.p_off = 0.1;
  o.fast.looks = o.slow.looks = 1;
  o.benefit_min = o.cool_down = duration::zero();
  return o;
}

inline driver::fleet_outlook<last_value> make_outlook(site_id self, const fleet_shape& shape = {}) {
  driver::outlook_options o;
  o.self = self;
  return {o, make_inventory(shape), driver::forecast_book<last_value>{forecaster(), book_options()}};
}

/// A move of workload 0 from host 0 to another host, as site 1 would propose it.
inline placement::proposal move_of_first(host_id to, site_id to_site, std::uint64_t number = 1) {
  placement::proposal p;
  p.id = {site_id{1}, number};
  p.made_at = noon;
  p.subset = {0}, p.workload = {0};
  p.what = placement::migrate{{site_id{1}, host_id{0}}, {to_site, to}};
  p.priority = 1;
  p.why.probability = 0.9, p.why.limit = 8, p.why.breach_at = noon + step;
  p.why.expected_overload = 2 * step;
  p.why.recent = ramp(5, 0);
  p.expected = {2 * step, noon + 6 * step};
  return p;
}

}  // namespace driver_test
