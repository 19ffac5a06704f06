#include "node.hpp"

#include <foreshift/adapters/asio/transport.hpp>
#include <foreshift/adapters/wal/posix_directory.hpp>
#include <foreshift/adapters/wal/write_ahead_log.hpp>
#include <foreshift/consensus/replica.hpp>
#include <foreshift/consensus/state_machine.hpp>
#include <foreshift/driver/replica_driver.hpp>
#include <foreshift/ports/host.hpp>

#include <chrono>
#include <cstdio>
#include <unordered_map>
#include <utility>
#include <variant>

using namespace foreshift;
using namespace std::chrono_literals;

namespace cluster_bench {

namespace {

struct steady_clock {
  time_point now() const {
    return time_point{
        std::chrono::duration_cast<duration>(std::chrono::steady_clock::now().time_since_epoch())};
  }
};
static_assert(ports::Clock<steady_clock>);

/// Remembers nothing: a site that restarts on it would break its word, so none does.
struct no_storage {
  std::error_code append(lsn, byte_span) { return {}; }
  std::error_code sync() { return {}; }
  result<ports::recovered_log, ports::storage_fault> recover() { return ports::recovered_log{}; }
  std::error_code snapshot(lsn, byte_span) { return {}; }
  std::error_code truncate(lsn) { return {}; }
};

/// A storage, and how often it was synced.
template <class Storage>
struct counted {
  Storage storage;
  std::uint64_t syncs = 0;
  std::error_code append(lsn at, byte_span record) { return storage.append(at, record); }
  std::error_code sync() { return ++syncs, storage.sync(); }
  result<ports::recovered_log, ports::storage_fault> recover() { return storage.recover(); }
  std::error_code snapshot(lsn covers, byte_span bytes) { return storage.snapshot(covers, bytes); }
  std::error_code truncate(lsn after) { return storage.truncate(after); }
};

template <class Storage>
int serve(const node_options& o, asio::net::io_context& io, asio::transport transport, Storage storage) {
  ports::host host{steady_clock{}, std::move(transport), counted<Storage>{std::move(storage)}};
  std::vector<site_id> sites;
  for (std::uint64_t i = 1; i <= o.ports.size(); ++i) sites.push_back({i});
  consensus::replica_config config;
  config.self = o.self;
  config.members = consensus::uniform_epoch(sites);
  auto started = driver::replica_driver<decltype(host)>::start(
      config, consensus::state_machine{{config.members, {}, {}, {}}}, host);
  if (!started) return std::fprintf(stderr, "%s\n", started.error().reason.c_str()), 1;
  auto& driver = *started;

  std::unordered_map<std::uint64_t, std::uint64_t> asked;  // our command's sequence -> the client's tag
  const auto answer = [&](client_frame kind, auto... fields) {
    byte_writer out;
    out.put(static_cast<std::uint8_t>(kind));
    (out.put(fields), ...);
    static_cast<void>(host.transport.send(client_site, ports::channel::resource, out.view()));
  };
  const auto finish = [&](consensus::command_id id, bool ok) {
    if (id.client != o.self) return;
    if (const auto found = asked.find(id.sequence); found != asked.end()) {
      answer(client_frame::done, found->second, ok);
      asked.erase(found);
    }
  };
  const auto hear = [&](site_id from, ports::channel, byte_span bytes) {
    if (from != client_site || bytes.empty()) return;
    byte_reader in{bytes.subspan(1)};
    if (bytes[0] == static_cast<std::byte>(client_frame::put)) {
      const auto tag = in.get<std::uint64_t>();
      const auto value = bytes.subspan(9);
      asked[driver.submit(consensus::remark{{value.begin(), value.end()}}).sequence] = tag;
    } else if (bytes[0] == static_cast<std::byte>(client_frame::ask)) {
      answer(client_frame::status, driver.replica().leads(), driver.machine().applied().value,
             host.storage.syncs);
    }
  };
  for (;;) {
    io.run_one_for(10ms);  // asleep until something comes, or it is time for a tick
    io.poll();
    io.restart();
    const auto news = driver.poll(hear);
    if (driver.halted()) return std::fprintf(stderr, "%s\n", driver.error().reason.c_str()), 1;
    for (const auto& command : news.refused)
      if (const auto known = consensus::from_canonical<consensus::command>(command)) finish(known->id, false);
    for (const auto& entry : news.applied)
      for (const auto& effect : entry.effects)
        if (const auto* done = std::get_if<consensus::command_done>(&effect))
          finish(done->command, done->reason == consensus::refusal::none);
    host.transport.flush();
  }
}

}  // namespace

int run_node(const node_options& o) {
  asio::net::io_context io{1};
  asio::options rules;
  rules.self = o.self;
  rules.port = o.ports[o.self.value - 1];
  rules.peers.push_back({client_site, "127.0.0.1", 0});
  for (std::uint64_t i = 1; i <= o.ports.size(); ++i)
    if (o.self != site_id{i}) rules.peers.push_back({{i}, "127.0.0.1", o.ports[i - 1]});
  auto transport = asio::transport::open(io, rules);
  if (!transport) return std::fprintf(stderr, "%s\n", transport.error().message().c_str()), 1;
  if (o.dir.empty()) return serve(o, io, std::move(*transport), no_storage{});
  auto files = wal::posix_directory::at(o.dir);
  if (!files) return std::fprintf(stderr, "%s: %s\n", o.dir.c_str(), files.error().message().c_str()), 1;
  return serve(o, io, std::move(*transport),
               wal::write_ahead_log{std::move(*files), {.store = o.self.value}});
}

}  // namespace cluster_bench
