#include "smc_run.hpp"

#include "address_argument.hpp"
#include "calendar_reader.hpp"
#include "clocks.hpp"
#include "command.hpp"
#include "files.hpp"
#include "fleet_file.hpp"
#include "option_error.hpp"
#include "serving.hpp"
#include "smc_agent.hpp"
#include "smc_notes.hpp"
#include "smc_status.hpp"
#include "text.hpp"
#include "traffic_program.hpp"

#include <foreshift/adapters/asio.hpp>
#include <foreshift/adapters/http/server.hpp>
#include <foreshift/adapters/prometheus/exporter.hpp>
#include <foreshift/adapters/wal.hpp>
#include <foreshift/ports/host.hpp>
#include <foreshift/telemetry/time_grid.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace tool {

namespace asio = foreshift::asio;
namespace ports = foreshift::ports;
namespace prometheus = foreshift::prometheus;
namespace wal = foreshift::wal;
using foreshift::diagnostic;
using foreshift::duration;
using foreshift::excerpt;
using foreshift::failure;
using foreshift::result;
using foreshift::site_id;
using foreshift::time_point;
using namespace std::chrono_literals;

namespace {

/// A name may stand for several addresses: the first one is taken.
result<std::string, diagnostic> resolve(const fleet_site& s) {
  asio::net::io_context io;
  boost::system::error_code error;
  const auto found = asio::net::ip::tcp::resolver{io}.resolve(s.address, std::to_string(s.port), error);
  if (error || found.empty())
    return failure{diagnostic{"", 0, "address of " + s.name, excerpt(s.address) + ": " + error.message()}};
  return found.begin()->endpoint().address().to_string();
}

result<asio::options, diagnostic> network_of(const smc_options& o, const fleet_file& fleet, site_id self) {
  asio::options out;
  out.self = self;
  for (std::size_t s = 0; s < fleet.sites.size(); ++s) {
    const auto& one = fleet.sites[s];
    const bool mine = site_id{s + 1} == self;
    if (mine && !o.listen.empty()) continue;
    auto address = resolve(one);
    if (!address) return failure{address.error()};
    if (mine)
      out.address = *address, out.port = one.port;
    else
      out.peers.push_back({{s + 1}, *address, one.port});
  }
  if (o.listen.empty()) return out;
  const auto where = parse_address(o.listen);
  if (!where)
    return wrong("--listen", "not an address and a port: " + excerpt(o.listen) + ": write 0.0.0.0:7400");
  out.address = where->address, out.port = where->port;
  return out;
}

/// The log's folder. A log that was begun with another fleet file is not gone on with.
result<wal::posix_directory, diagnostic> open_log(const smc_options& o, std::uint64_t digest) {
  namespace fs = std::filesystem;
  const fs::path folder{o.data}, kept = folder / "fleet";
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return wrong("--data", o.data + ": " + error.message());
  const std::string now = std::to_string(digest) + "\n";
  if (fs::exists(kept, error)) {
    const auto before = read_text(kept.string());
    if (!before) return failure{before.error()};
    if (*before != now)
      return wrong("--fleet", "the log in " + o.data +
                                  " was begun with another file: put that one back, or begin anew with "
                                  "empty folders at every site");
  } else if (const auto written = write_text(kept.string(), now); !written) {
    return failure{written.error()};
  }
  auto files = wal::posix_directory::at((folder / "log").string());
  if (files) return *std::move(files);
  const bool taken = files.error() == std::errc::device_or_resource_busy;
  return wrong("--data",
               o.data + ": " + (taken ? "another process has this log open" : files.error().message()));
}

result<std::unique_ptr<open_clusters>, diagnostic> open_fleet(const smc_options& o, const fleet_file& fleet) {
  if (fleet.orchestrator == "none") return std::unique_ptr<open_clusters>{};
  std::vector<site_cluster> all;
  for (std::size_t s = 0; s < fleet.sites.size(); ++s) all.push_back({{s + 1}, fleet.sites[s].cluster});
  auto opened = open(all);
  if (!opened) return opened;
  std::vector<std::string> hosts, workloads;
  for (const auto& host : fleet.known.hosts()) hosts.push_back(host.name);
  for (const auto& workload : fleet.known.workloads()) workloads.push_back(workload.name);
  for (const auto& one : all)
    if (const auto learned = (*opened)->learn_names(one.site, hosts, workloads); !learned)
      return wrong("--fleet", learned.error());
  if (!o.switch_traffic.empty()) (*opened)->switch_traffic(traffic_program(o.switch_traffic, fleet));
  return opened;
}

}  // namespace

result<int, diagnostic> run_site(const smc_options& o) {
  const auto text = read_text(o.fleet);
  if (!text) return failure{text.error()};
  const auto read = parse_fleet_file(*text, source_name(o.fleet));
  if (!read) return failure{read.error()};
  const fleet_file& fleet = *read;
  const site_id self = fleet.find(o.site);
  if (self == site_id{})
    return wrong("--site", "there is no site " + excerpt(o.site) + " in " + source_name(o.fleet));
  const auto history = parse_duration(o.history);
  if (!history) return wrong("--history", "not a duration: " + excerpt(o.history) + ": write 12h or 7d");
  const auto where = parse_address(o.serve);
  if (!where)
    return wrong("--serve", "not an address and a port: " + excerpt(o.serve) + ": write 127.0.0.1:9465");

  wall_clock clock;
  const auto times = times_of(fleet);
  const auto steps = std::clamp<duration::rep>(*history / fleet.step, 1, 100'000);
  const fleet_names names{&fleet.known};
  auto source =
      open_telemetry(o.telemetry, {fleet.step, static_cast<std::size_t>(steps), times.collect}, names);
  if (!source) return failure{source.error()};
  foreshift::telemetry::calendar announced;
  if (!o.calendar.empty()) {  // what repeats itself is taken so far ahead; a site is started anew before that
    auto events = read_calendar(o.calendar, {clock.now() - *history, clock.now() + 24h * 366}, "smc");
    if (!events) return failure{events.error()};
    announced = *std::move(events);
  }
  auto clusters = open_fleet(o, fleet);
  if (!clusters) return failure{clusters.error()};
  auto network = network_of(o, fleet, self);
  if (!network) return failure{network.error()};
  auto files = open_log(o, fleet.digest);
  if (!files) return failure{files.error()};
  asio::net::io_context io;
  auto transport = asio::transport::open(io, *network);
  if (!transport)
    return wrong("--listen",
                 network->address + ":" + std::to_string(network->port) + ": " + transport.error().message());

  smc_notes notes{fleet, o.json};
  prometheus::exporter exporter;
  const time_point live_from = foreshift::telemetry::align_down(clock.now(), fleet.step) - fleet.step;
  smc_host host{wall_clock{},
                smc_transport{*std::move(transport), fleet.digest},
                smc_log{*std::move(files), {.store = self.value}},
                smc_orchestrator{*std::move(clusters)},
                smc_telemetry{*std::move(source), fleet.step, live_from},
                exporter.observer(smc_observer{&notes})};
  auto started = start_agent(fleet, self, o.seed, std::move(announced), host);
  if (!started) return wrong("--data", o.data + ": " + started.error().reason);
  smc_agent& agent = **started;
  host.telemetry.set_residents([&] {
    std::vector<std::pair<foreshift::host_id, std::vector<foreshift::workload_id>>> own;
    const auto& known = agent.fleet().known();
    for (const auto& h : known.hosts())
      if (agent.fleet().is_mine(h.id)) {
        const auto there = known.workloads_on(h.id);
        own.emplace_back(h.id, std::vector<foreshift::workload_id>{there.begin(), there.end()});
      }
    return own;
  });
  auto server = foreshift::http::server::listen(
      {.address = where->address, .port = where->port}, [&](const ports::http_request& request) {
        const auto path = std::string_view{request.target}.substr(0, request.target.find('?'));
        if (path == "/status" && request.method == "GET")
          return ports::http_response{200,
                                      {{"Content-Type", "application/json"}},
                                      status_of(agent, host, fleet, self, notes.recent())};
        return answer_metrics(
            request, [&](auto format) { return exporter.page(agent, clock.now(), format); },
            "foreshift smc: see /metrics and /status");
      });
  if (!server) return wrong("--serve", server.error());

  note_stop_signals();
  notes.say(clock.now(), "site",
            o.site + ", of " + std::to_string(fleet.sites.size()) + " sites, listens on " + network->address +
                ":" + std::to_string(host.transport.port()) + "; http://" + where->address + ":" +
                std::to_string((*server)->port()) + "/status" +
                (fleet.orchestrator == "none" ? "; agreed moves are not carried out" : ""));
  std::string trouble;
  time_point trouble_due{};
  std::set<site_id> connected;
  while (!told_to_stop() && !agent.halted()) {
    io.restart();
    io.run_one_for(20ms);
    io.poll();
    agent.poll();
    const auto past = host.telemetry.take_history();
    for (const auto& [of, series] : past)
      if (!agent.fleet().book().knows(of)) agent.learn(of, series);
    if (!past.empty()) {
      notes.say(clock.now(), "telemetry", "a history of " + std::to_string(past.size()) + " series has come");
      agent.share_histories();
    }
    exporter.follow(agent);
    (*server)->poll();
    for (std::size_t s = 1; s <= fleet.sites.size(); ++s) {
      const site_id peer{s};
      if (peer == self || host.transport.connected(peer) == connected.contains(peer)) continue;
      const bool now = host.transport.connected(peer);
      now ? void(connected.insert(peer)) : void(connected.erase(peer));
      if (now) agent.share_histories();
      notes.say(clock.now(), "peer",
                fleet.at(peer).name + (now ? ": connected" : ": the connection is lost"));
    }
    for (std::size_t s = 1; s <= fleet.sites.size(); ++s)
      if (host.transport.newly_of_another_fleet({s}))
        notes.say(clock.now(), "alarm",
                  fleet.at({s}).name + " runs with another fleet file: its messages are not taken");
    // A stream of bad lines has a new complaint with each: one of them now and then is enough.
    if (auto now = host.telemetry.trouble(); now != trouble && clock.now() >= trouble_due) {
      trouble = std::move(now), trouble_due = clock.now() + 30s;
      notes.say(clock.now(), "telemetry", trouble.empty() ? "samples come again" : trouble);
    }
  }
  notes.say(
      clock.now(), "site",
      agent.halted() ? o.site + " gives up: " + agent.replica().error().reason : o.site + " is stopped");
  return agent.halted() ? exit_no : exit_fine;
}

}  // namespace tool
