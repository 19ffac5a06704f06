#pragma once
/// @file
/// Three members of etcd in three processes, and clients that call its leader over gRPC.

#include "children.hpp"
#include "grpc.hpp"
#include "load.hpp"
#include "own.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cluster_bench {

class etcd_cluster {
 public:
  static bool installed() { return std::system("command -v etcd >/dev/null 2>&1") == 0; }

  etcd_cluster(const std::string& logs, const std::string& dir) : ports_(free_ports(6)) {
    const auto url = [&](std::size_t port) { return "http://127.0.0.1:" + std::to_string(ports_[port]); };
    std::string cluster;
    for (std::size_t i = 0; i < 3; ++i)
      cluster += (i > 0 ? "," : "") + ("m" + std::to_string(i)) + "=" + url(3 + i);
    for (std::size_t i = 0; i < 3; ++i) {
      const std::string name = "m" + std::to_string(i);
      members_[i] = child{{"etcd", "--name", name, "--data-dir", dir + "/" + name, "--listen-client-urls",
                           url(i), "--advertise-client-urls", url(i), "--listen-peer-urls", url(3 + i),
                           "--initial-advertise-peer-urls", url(3 + i), "--initial-cluster", cluster,
                           "--logger", "zap", "--log-level", "error"},
                          logs + "/etcd-" + name + ".log"};
    }
    find_leader();
  }

  void ready() { find_leader(); }
  void put(std::size_t tag) {
    proto request;
    request.field(1, "key-" + std::to_string(tag));
    request.field(2, value_);
    leader_->call("/etcdserverpb.KV/Put", request.bytes, tag);
  }
  template <class F>
  void wait(F answered) {
    leader_->flush();
    io_.run_one_for(10ms);
    io_.poll();
    io_.restart();
    leader_->poll([&](std::size_t tag, std::string_view message) { answered(tag, !message.empty()); });
  }
  [[nodiscard]] std::chrono::nanoseconds cpu() const {
    std::chrono::nanoseconds sum{};
    for (const auto& m : members_) sum += m.cpu();
    return sum;
  }
  /// By its own metrics.
  [[nodiscard]] std::uint64_t syncs() {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      const std::string text = get("/metrics", ports_[i]);
      constexpr std::string_view name = "\netcd_disk_wal_fsync_duration_seconds_count ";
      if (const auto at = text.find(name); at != std::string::npos)
        sum += static_cast<std::uint64_t>(std::strtod(text.c_str() + at + name.size(), nullptr));
    }
    return sum;
  }

 private:
  static std::string get(const std::string& path, std::uint16_t port) {
    namespace net = foreshift::asio::net;
    net::io_context io;
    net::ip::tcp::socket socket{io};
    boost::system::error_code error;
    socket.connect({net::ip::address_v4::loopback(), port}, error);
    if (error) return {};
    net::write(socket, net::buffer("GET " + path + " HTTP/1.0\r\n\r\n"), error);
    std::string text;
    char some[1 << 14];
    while (!error) {
      const auto n = socket.read_some(net::buffer(some), error);
      text.append(some, n);
    }
    return text;
  }
  void find_leader() {
    for (const auto deadline = bench_clock::now() + 60s; bench_clock::now() < deadline;)
      for (std::size_t i = 0; i < 3; ++i) {
        auto to = std::make_unique<grpc_connection>(io_, ports_[i]);
        if (!to->alive()) {
          ::usleep(100'000);
          continue;
        }
        to->call("/etcdserverpb.Maintenance/Status", "", 0);
        std::string status;
        for (const auto patience = bench_clock::now() + 1s;
             status.empty() && bench_clock::now() < patience;) {
          to->flush();
          io_.run_one_for(10ms);
          io_.restart();
          to->poll([&](std::size_t, std::string_view message) { status = message; });
        }
        const auto own = find_field(find_field(status, 1).bytes, 2).number;
        if (own != 0 && own == find_field(status, 4).number) return void(leader_ = std::move(to));
      }
    std::fprintf(stderr, "etcd elects nobody\n");
    std::exit(1);
  }

  std::vector<std::uint16_t> ports_;
  std::array<child, 3> members_;
  foreshift::asio::net::io_context io_{1};
  std::unique_ptr<grpc_connection> leader_;
  std::string value_ = std::string(value_bytes, 'v');
};

}  // namespace cluster_bench
