#include <foreshift/adapters/asio/connection.hpp>

#include "loopback.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace foreshift;
using namespace foreshift::asio;
using loopback::one;
using loopback::run_until;
using loopback::two;

namespace {

struct keeper final : connection_keeper {
  bool on_hello(connection&, const hello& said) override {
    greeting = said;
    return welcoming;
  }
  void on_end(connection&) override { ++ends; }
  std::optional<hello> greeting;
  bool welcoming = true;
  int ends = 0;
};

/// A connection, and a raw peer at its other end.
struct line {
  line() {
    tcp::acceptor listening{io, {net::ip::address_v4::loopback(), 0}};
    peer.emplace(io, listening.local_endpoint().port());
    own = std::make_shared<connection>(listening.accept(), rules, counts, holder);
  }
  ~line() { own->close(); }
  void greet() {
    own->start({});
    peer->say(frame_kind::hello, encode(hello{one, two, ports::channel::resource}));
    REQUIRE(run_until(io, [&] { return own->usable(); }));
  }
  std::vector<std::string> delivered() {
    std::vector<std::string> texts;
    own->deliver([&](byte_span m) { texts.emplace_back(reinterpret_cast<const char*>(m.data()), m.size()); });
    return texts;
  }
  net::io_context io{1};
  options rules;
  counters counts;
  keeper holder;
  std::optional<loopback::raw_peer> peer;
  std::shared_ptr<connection> own;
};

}  // namespace

TEST_CASE("no message is taken before the peer has said hello") {
  line l;
  CHECK(l.own->send(bytes_of("early")) == std::errc::not_connected);
  l.greet();
  CHECK(l.holder.greeting == hello{one, two, ports::channel::resource});
  CHECK(!l.own->send(bytes_of("now")));
  CHECK(l.own->address() == net::ip::make_address("127.0.0.1"));
}

TEST_CASE("a peer that is not welcome is gone after its hello") {
  line l;
  l.holder.welcoming = false;
  l.own->start({});
  l.peer->say(frame_kind::hello, encode(hello{one, two, ports::channel::resource}));
  REQUIRE(run_until(l.io, [&] { return l.holder.ends == 1; }));
  CHECK(!l.own->usable());
  CHECK(l.counts.strangers == 1);
  CHECK(l.peer->closed());
}

TEST_CASE("messages that came with the hello are delivered") {
  line l;
  byte_string all;
  append_frame(all, frame_kind::hello, encode(hello{one, two, ports::channel::resource}));
  for (const char* text : {"a", "", "bc"}) append_frame(all, frame_kind::message, bytes_of(text));
  l.own->start({});
  l.peer->say(all);
  REQUIRE(run_until(l.io, [&] { return l.counts.bytes_received == all.size(); }));
  CHECK(l.delivered() == std::vector<std::string>{"a", "", "bc"});
  CHECK(l.delivered().empty());
}

TEST_CASE("the end is told once, and nothing is told after a close") {
  line l;
  l.greet();
  SUBCASE("the peer goes") {
    l.peer.reset();
    REQUIRE(run_until(l.io, [&] { return l.holder.ends > 0; }));
  }
  SUBCASE("it falls silent") {
    for (unsigned i = 0; i <= l.rules.beats_missed_max + 1; ++i) l.own->on_beat();
    CHECK(l.counts.silent == 1);
  }
  SUBCASE("the keeper closes it") {
    l.own->close();
    l.holder.ends = 1;
  }
  l.own->on_beat();
  l.own->flush();
  CHECK(l.delivered().empty());
  while (l.io.poll() > 0) {
  }
  CHECK(l.holder.ends == 1);
  CHECK(l.own->send(bytes_of("late")) == std::errc::not_connected);
}

TEST_CASE("a connection whose host does not poll is not taken for silent") {
  line l;
  l.greet();
  byte_string flood;
  while (flood.size() < (std::size_t{1} << 17)) append_frame(flood, frame_kind::message, bytes_of("again"));
  l.peer->say(flood);
  REQUIRE(run_until(l.io, [&] { return l.counts.bytes_received >= (std::size_t{1} << 16); }));
  for (int i = 0; i < 50; ++i) l.own->on_beat();
  CHECK(l.own->usable());
  CHECK(!l.delivered().empty());
}
