#include <foreshift/adapters/asio/station.hpp>

#include "loopback.hpp"

#include <doctest/doctest.h>

#include <support/inherited_sockets.hpp>

#include <array>
#include <memory>
#include <vector>

using namespace foreshift;
using namespace foreshift::asio;
using loopback::run_until;

namespace {

constexpr std::array sites{site_id{1}, site_id{2}, site_id{3}};

/// Three sites, each with the other two as peers. The highest opens first: the lower ones dial it.
struct triangle {
  triangle() {
    std::vector<peer_address> known;
    for (const auto self : sites) known.push_back({self, "127.0.0.1", 0});
    for (std::size_t i = sites.size(); i-- > 0;) {
      auto rules = loopback::site(sites[i], known);
      std::erase_if(rules.peers, [&](const auto& p) { return p.site == sites[i]; });
      stations[i] = std::make_shared<station>(io, rules);
      REQUIRE(!stations[i]->start());
      known[i].port = stations[i]->port();
    }
  }
  ~triangle() {
    for (auto& s : stations) s->stop();
  }
  bool connected() const {
    for (std::size_t i = 0; i < 3; ++i)
      for (std::size_t k = 0; k < 3; ++k)
        for (const auto which : {ports::channel::resource, ports::channel::monitoring})
          if (const auto* c = stations[i]->find(sites[k], which); i != k && (c == nullptr || !c->usable()))
            return false;
    return true;
  }
  net::io_context io{1};
  std::array<std::shared_ptr<station>, 3> stations;
};

}  // namespace

TEST_CASE("every two sites get two connections, and no more") {
  triangle all;
  REQUIRE(run_until(all.io, [&] { return all.connected(); }));
  for (const auto& s : all.stations) {
    CHECK(s->counts().connected == 4);
    CHECK(s->counts().strangers == 0);
    CHECK(s->find(site_id{9}, ports::channel::resource) == nullptr);
  }
}

TEST_CASE("a program that is started while sites talk inherits none of their sockets") {
  const auto before = count_sockets();
  triangle all;
  REQUIRE(run_until(all.io, [&] { return all.connected(); }));
  const auto now = count_sockets();
  CHECK(now.all >= before.all + 3 + 12);  // three that listen, both ends of six connections
  CHECK(now.inherited == before.inherited);
}

TEST_CASE("the resource channel is polled before the monitoring channel") {
  triangle all;
  REQUIRE(run_until(all.io, [&] { return all.connected(); }));
  auto& to = *all.stations[2];
  for (std::size_t i = 0; i < 2; ++i)
    for (const auto which : {ports::channel::monitoring, ports::channel::resource})
      REQUIRE(!all.stations[i]->send(sites[2], which, bytes_of("x")));
  const auto received = to.counts().bytes_received;
  REQUIRE(run_until(all.io, [&] { return to.counts().bytes_received >= received + 44; }));
  std::vector<ports::channel> order;
  to.poll([&](site_id, ports::channel which, byte_span) { order.push_back(which); });
  using enum ports::channel;
  CHECK(order == std::vector{resource, resource, monitoring, monitoring});
}

TEST_CASE("a station that was stopped leaves nothing to do") {
  triangle all;
  REQUIRE(run_until(all.io, [&] { return all.connected(); }));
  for (auto& s : all.stations) s->stop();
  all.io.run();  // returns: nothing waits
  CHECK(all.io.stopped());
}
