// Three whole sites on a simulated network: every noon the workloads of host 1 together exceed its limit.
// Prints what sites 1 and 2 tell their observers from six to noon - risk, proposal, votes, verdict, token,
// migration, check - and fails unless a workload has left host 1 before the overload, by a verdict in the
// log.

#include <foreshift/anomaly/standard_ensemble.hpp>
#include <foreshift/driver/agent.hpp>
#include <foreshift/forecast/backtested.hpp>
#include <foreshift/forecast/scenario.hpp>
#include <foreshift/forecast/seasonal_ar.hpp>
#include <foreshift/placement/best_fit.hpp>
#include <foreshift/ports/host.hpp>
#include <foreshift/sim/clock.hpp>
#include <foreshift/sim/data_centre.hpp>
#include <foreshift/sim/network.hpp>
#include <foreshift/sim/orchestrator.hpp>
#include <foreshift/sim/storage.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <deque>
#include <memory>
#include <numbers>
#include <utility>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;

constexpr std::array members = {site_id{1}, site_id{2}, site_id{3}};
constexpr std::uint64_t workload_count = 12;  // four on each host, one host a site, host n at site n

/// Cores that a workload wants: the first four have a peak at noon.
double demand(std::uint64_t w, time_point at) {
  const double hour = std::fmod(to_seconds(at.time_since_epoch()) / 3600, 24);
  const double ripple = 0.02 * std::sin(static_cast<double>(w) + 40 * hour);
  return ripple + (w <= 4 ? 1.2 - 0.6 * std::cos(hour * std::numbers::pi / 12) : 0.8);
}

struct readings {
  std::vector<telemetry::reading> waiting;
  template <class Sink>
  void poll(Sink&& sink) {
    for (const auto& r : std::exchange(waiting, {})) sink(r);
  }
};

/// Prints what two of the sites are told; all three are told the same verdicts.
struct teller {
  std::size_t* approved;
  void observe(const ports::note& n) {
    const auto say = [&](const char* what, const std::string& text) {
      const auto site = static_cast<int>(n.site.value);
      if (site < 3) std::printf("%s site %d %-9s %s\n", format_time(n.at).c_str(), site, what, text.c_str());
    };
    if (const auto* r = std::get_if<ports::risk_raised>(&n.what))
      say("risk", std::to_string(r->what.probability));
    if (const auto* p = std::get_if<ports::proposed>(&n.what))
      say("proposes", "workload " + std::to_string(p->what.workload.value) + " to host " +
                          std::to_string(std::get<placement::migrate>(p->what.what).to.host.value));
    if (const auto* v = std::get_if<ports::voted>(&n.what)) say("votes", v->reason);
    if (const auto* a = std::get_if<ports::agreed>(&n.what))
      *approved += a->approved ? 1 : 0, say("verdict", a->approved ? "approved" : a->reason);
    if (const auto* a = std::get_if<ports::authority_passed>(&n.what))
      say("token",
          "slot " + std::to_string(a->token.at.value) + " for site " + std::to_string(a->owner.value));
    if (const auto* m = std::get_if<ports::migration_advanced>(&n.what)) say("migration", m->phase);
    if (const auto* o = std::get_if<ports::outcome_judged>(&n.what))
      say("check", std::string{name_of(o->what.what)} + "; " + o->advice);
    if (const auto* a = std::get_if<ports::alarm>(&n.what)) say("alarm", a->text);
  }
};

using model = forecast::backtested<forecast::seasonal_ar>;
using site_host =
    ports::host<sim::clock, sim::transport, sim::storage, sim::orchestrator<>, readings, teller>;
using site_agent = driver::agent<site_host, model, anomaly::standard_ensemble, placement::best_fit<>>;

int main() {
  const time_point six = *parse_time("2026-03-12T06:00");
  sim::timer time{six};
  sim::network network{time, 1};
  std::array<std::uint64_t, workload_count + 1> place{};  // which host each workload runs on

  consensus::genesis genesis{consensus::uniform_epoch(members), {}, {}, {}};
  genesis.credits.standard = consensus::credit{5};
  genesis.log_time = {.per_entry = 1h, .per_window = 24h, .window = 16};
  driver::agent_options options;
  random_stream random{1};
  options.book = {.plan = forecast::make_scenario_plan({.count = 64, .ages_max = 128}, random)};
  options.budget.share = 0.25;
  options.replica.members = genesis.members;
  options.replica.times = {20s, 20s, 90s};  // sites are polled once a second here: be patient
  std::vector<placement::host_record> hosts;
  std::vector<placement::workload_record> workloads;
  for (std::uint64_t n = 1; n <= 3; ++n) hosts.push_back({{n}, {n}, {}, {{8, 0, 0, 0}}, 0.8});
  for (std::uint64_t w = 1; w <= workload_count; ++w) {
    place[w] = (w + 3) / 4;
    genesis.subsets.push_back({{{w}, {}, {{w}}, {{1}, {2}, {3}}}, {place[w]}});
    placement::workload_record one;
    one.id = {w}, one.host = {place[w]}, one.subset = {w};
    workloads.push_back(one);
  }
  const auto known = placement::inventory::make(hosts, workloads).value();

  std::size_t approved = 0;
  std::array<sim::disk, 3> disks;
  std::deque<sim::data_centre> centres;
  std::deque<site_host> bags;
  std::vector<std::unique_ptr<site_agent>> agents;
  for (const site_id s : members)
    centres.emplace_back(time, s, 1).on_act([&](const sim::act& a) {
      if (a.what == migration::event_kind::serving && a.command.end == migration::endpoint::destination)
        place[a.command.workload.value] = a.command.to.value;
    });
  for (const site_id s : members) {
    sim::orchestrator<> orchestrator{s};
    for (auto& c : centres) orchestrator.reach(c);
    bags.push_back({sim::clock{time},
                    network.attach(s),
                    sim::storage{disks[s.value - 1]},
                    orchestrator,
                    {},
                    {&approved}});
    agents.push_back(
        *site_agent::start(options.belong_to(s), {known, {}, genesis}, bags.back(),
                           {.inner = {.season_length = 288}, .horizon = 6, .errors_kept = 128, .lower = 0},
                           anomaly::make_standard_ensemble(), placement::best_fit<>{}));
  }
  // Readings of one step: workloads where they run, and their hosts.
  const auto each = [&](time_point at, auto&& sink) {
    std::array<double, 4> sum{};
    for (std::uint64_t w = 1; w <= workload_count; ++w)
      sum[place[w]] += demand(w, at), sink(place[w], telemetry::entity{workload_id{w}}, demand(w, at));
    for (std::uint64_t n = 1; n <= 3; ++n) sink(n, telemetry::entity{host_id{n}}, sum[n]);
    return sum[1];
  };
  flat_map<std::pair<std::uint64_t, telemetry::entity>, telemetry::series> past;
  for (time_point at = six - 72h; at < six; at += 5min)
    each(at, [&](std::uint64_t n, telemetry::entity of, double v) {
      auto& one = past[{n, of}];
      one.start = six - 72h, one.values.push_back(v);
    });
  for (auto& [key, history] : past)
    for (std::uint64_t n = 1; n <= 3; ++n)
      if ((n == key.first) == (key.second.what == telemetry::entity::kind::workload))
        agents[n - 1]->learn(key.second, history);

  double highest = 0;
  for (time_point at = six; at < six + 6h; at += 5min) {
    time.run_until(at);
    for (auto now = at; now < at + 5min; now += 1s, time.run_until(now))
      for (auto& a : agents) a->poll();
    const double on_host_1 = each(at, [&](std::uint64_t n, telemetry::entity of, double v) {
      bags[n - 1].telemetry.waiting.push_back({{of, telemetry::metric::cpu}, {at, v}});
    });
    highest = std::max(highest, on_host_1);
  }
  std::printf("%zu verdicts approve; host 1 has seen %.2f of 6.40 cores at most\n", approved / 3, highest);
  return approved > 0 && highest <= 6.4 ? 0 : 1;
}
