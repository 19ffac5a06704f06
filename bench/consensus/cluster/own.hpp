#pragma once
/// @file
/// Three sites in three processes, and their clients.

#include "children.hpp"
#include "load.hpp"
#include "node.hpp"

#include <foreshift/adapters/asio/transport.hpp>
#include <foreshift/core/bytes.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cluster_bench {

/// Ports that are free at the moment.
inline std::vector<std::uint16_t> free_ports(std::size_t count) {
  namespace net = foreshift::asio::net;
  net::io_context io;
  std::vector<net::ip::tcp::acceptor> held;
  std::vector<std::uint16_t> ports;
  while (ports.size() < count) {
    held.emplace_back(io, net::ip::tcp::endpoint{net::ip::address_v4::loopback(), 0});
    ports.push_back(held.back().local_endpoint().port());
  }
  return ports;
}

/// The clients speak over the library's own transport: one connection to each site, as many requests under
/// way as asked for.
class own_cluster {
 public:
  /// @param dir of the logs; empty: in memory
  own_cluster(std::string logs, std::string dir)
      : logs_(std::move(logs)), dir_(std::move(dir)), ports_(free_ports(3)), transport_(open()) {
    for (std::size_t i = 0; i < 3; ++i) start(i);
    find_leader();
  }

  /// Connects again where nobody listened for a while, and finds out who leads.
  void ready() { find_leader(); }
  void put(std::size_t tag) { put(leader_, tag); }
  void put(std::size_t at, std::size_t tag) {
    foreshift::byte_writer out;
    out.put(static_cast<std::uint8_t>(client_frame::put));
    out.put(static_cast<std::uint64_t>(tag));
    out.raw(value_);
    static_cast<void>(transport_.send(id(at), foreshift::ports::channel::resource, out.view()));
  }
  template <class F>
  void wait(F answered) {
    step();
    for (const auto& a : std::exchange(answers_, {})) answered(a.tag, a.ok);
  }
  [[nodiscard]] std::chrono::nanoseconds cpu() const {
    std::chrono::nanoseconds sum{};
    for (const auto& s : sites_) sum += s.process.cpu();
    return sum;
  }
  [[nodiscard]] std::uint64_t syncs() {
    std::uint64_t sum = 0;
    ask_all();
    for (const auto& s : sites_) sum += s.syncs;
    return sum;
  }

  /// kill -9 of the distinguished proposer, then a put at each of the others: how long until one is chosen.
  /// The site then starts again on its log.
  std::chrono::nanoseconds fail_over() {
    const std::size_t lost = leader_;
    sites_[lost].process.kill();
    const auto begin = bench_clock::now();
    std::optional<std::size_t> first;
    while (!first) {
      // A put that was lost is asked again; one that is under way is answered once.
      for (std::size_t i = 0; i < 3; ++i)
        if (i != lost && !std::exchange(sites_[i].asked, true)) put(i, ++tag_);
      step();
      for (const auto& a : std::exchange(answers_, {})) {
        sites_[a.site].asked = false;
        if (a.ok) first = a.site;
      }
    }
    const auto took = bench_clock::now() - begin;
    start(lost);
    while (std::any_of(sites_.begin(), sites_.end(), [](const auto& s) { return s.asked; })) {
      step();
      for (const auto& a : std::exchange(answers_, {})) sites_[a.site].asked = false;
    }
    find_leader();
    do ask_all();
    while (sites_[lost].applied < sites_[leader_].applied);
    return took;
  }

 private:
  struct site {
    child process;
    bool leads = false;
    bool heard = false;
    bool asked = false;
    std::uint64_t applied = 0;
    std::uint64_t syncs = 0;
  };
  struct answer {
    std::size_t site;
    std::size_t tag;
    bool ok;
  };
  static foreshift::site_id id(std::size_t at) { return {at + 1}; }

  foreshift::asio::transport open() {
    foreshift::asio::options rules;
    rules.self = client_site;
    rules.redial_max = 100ms;
    for (std::size_t i = 0; i < 3; ++i) rules.peers.push_back({id(i), "127.0.0.1", ports_[i]});
    return foreshift::asio::transport::open(io_, rules).value();
  }
  void start(std::size_t i) {
    std::vector<std::string> command{"/proc/self/exe", "--node", std::to_string(i + 1)};
    for (const auto port : ports_) command.push_back(std::to_string(port));
    if (!dir_.empty()) command.push_back(dir_ + "/site-" + std::to_string(i + 1));
    sites_[i].process = child{command, logs_ + "/site-" + std::to_string(i + 1) + ".log"};
  }
  void step() {
    transport_.flush();
    io_.run_one_for(10ms);
    io_.poll();
    io_.restart();
    transport_.poll([&](foreshift::site_id from, foreshift::ports::channel, foreshift::byte_span bytes) {
      const auto i = static_cast<std::size_t>(from.value - 1);
      foreshift::byte_reader in{bytes};
      const auto kind = static_cast<client_frame>(in.get<std::uint8_t>());
      if (kind == client_frame::done) {
        const auto tag = in.get<std::uint64_t>();
        answers_.push_back({i, static_cast<std::size_t>(tag), in.get_bool()});
      } else if (kind == client_frame::status) {
        sites_[i].heard = true;
        sites_[i].leads = in.get_bool();
        sites_[i].applied = in.get<std::uint64_t>();
        sites_[i].syncs = in.get<std::uint64_t>();
      }
    });
  }
  /// Asks every site how it is, and waits for all answers.
  void ask_all() {
    for (auto& s : sites_) s.heard = false;
    auto again = bench_clock::now();
    while (!std::all_of(sites_.begin(), sites_.end(), [](const auto& s) { return s.heard; })) {
      if (bench_clock::now() >= again) {
        again += 50ms;
        const std::byte question[]{static_cast<std::byte>(client_frame::ask)};
        for (std::size_t i = 0; i < 3; ++i)
          if (!sites_[i].heard)
            static_cast<void>(transport_.send(id(i), foreshift::ports::channel::resource, question));
      }
      step();
    }
  }
  void find_leader() {
    for (;;) {
      ask_all();
      for (std::size_t i = 0; i < 3; ++i)
        if (sites_[i].leads) return void(leader_ = i);
    }
  }

  std::string logs_;
  std::string dir_;
  std::vector<std::uint16_t> ports_;
  foreshift::asio::net::io_context io_{1};
  foreshift::asio::transport transport_;
  std::array<site, 3> sites_;
  std::vector<answer> answers_;
  std::size_t leader_ = 0;
  std::size_t tag_ = 1'000'000;
  foreshift::byte_string value_ = foreshift::byte_string(value_bytes, std::byte{'v'});
};

}  // namespace cluster_bench
