#include <foreshift/adapters/asio/transport.hpp>

#include "loopback.hpp"
#include "support/allocation_count.hpp"

#include <contracts/transport_contract.hpp>

#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;
using asio::frame_kind;
using contracts::arrivals;
using loopback::one;
using loopback::run_until;
using loopback::two;
using ports::channel;

namespace {

struct harness {
  loopback::pair net;
  asio::transport& endpoint(site_id site) { return site == one ? net.first : net.second; }
  void settle() { net.settle(); }
  /// Until the flood is stuck and nothing happens any more.
  void settle_briefly() {
    for (; net.io.run_one_for(100ms) > 0; net.io.restart()) {
    }
    net.io.restart();
  }
  void flood_monitoring() {
    const std::string reading(100'000, 'r');
    while (!net.first.send(two, channel::monitoring, bytes_of(reading))) {
    }
  }
};

/// A peer of site 2 that claims to be site 1 and may say anything.
struct impostor {
  explicit impostor(asio::options rules = loopback::site(two, {{one, "127.0.0.1", 0}}))
      : site(asio::transport::open(io, std::move(rules)).value()), peer(io, site.port()) {}
  void say_hello(asio::hello said = {one, two, channel::resource}) {
    peer.say(frame_kind::hello, encode(said));
  }
  bool dropped() {
    return run_until(io, [&] {
      site.poll([](site_id, channel, byte_span) { FAIL("something was delivered"); });
      return peer.closed();
    });
  }
  asio::net::io_context io{1};
  asio::transport site;
  loopback::raw_peer peer;
};

}  // namespace

TEST_CASE("the transport over TCP keeps the contract of a transport") {
  contracts::transport_contract<harness>();
}

TEST_CASE("messages of a channel arrive once and in the order of sending, however long") {
  loopback::pair net;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < 300; ++i) texts.push_back(std::string(i * i % 7919, static_cast<char>(i)));
  texts.push_back(std::string(3'000'000, 'x'));
  texts.push_back("last");
  for (const auto& t : texts) REQUIRE(!net.first.send(two, channel::resource, bytes_of(t)));
  std::vector<std::string> got;
  REQUIRE(run_until(net.io, [&] {
    for (auto& m : arrivals(net.second)) got.push_back(m.text);
    return got.size() >= texts.size();
  }));
  CHECK(got == texts);
}

TEST_CASE("what gathers goes out with a flush, without the context") {
  loopback::pair net;
  const auto before = net.first.counts().bytes_sent;
  for (int i = 0; i < 10; ++i) REQUIRE(!net.first.send(two, channel::resource, bytes_of("word")));
  CHECK(net.first.counts().bytes_sent == before);
  net.first.flush();
  CHECK(net.first.counts().bytes_sent == before + 140);
}

TEST_CASE("a site that is no peer, and one that is not connected, cannot be sent to") {
  asio::net::io_context io;
  auto alone = asio::transport::open(io, loopback::site(two, {{one, "127.0.0.1", 0}})).value();
  CHECK(alone.send(site_id{9}, channel::resource, bytes_of("x")) == std::errc::host_unreachable);
  CHECK(alone.send(one, channel::resource, bytes_of("x")) == std::errc::not_connected);
  CHECK(alone.counts().unreachable == 1);
}

TEST_CASE("a message above the bound is not taken") {
  auto rules = loopback::site(one, {});
  rules.message_bytes_max = 100;
  loopback::pair net{rules};
  CHECK(!net.first.send(two, channel::resource, bytes_of(std::string(100, 'x'))));
  CHECK(net.first.send(two, channel::resource, bytes_of(std::string(101, 'x'))) == std::errc::message_size);
}

TEST_CASE("an address that is none and a port that is taken are errors") {
  asio::net::io_context io;
  CHECK(!asio::transport::open(io, loopback::site(one, {{two, "localhost", 1}})));
  auto rules = loopback::site(one, {});
  rules.address = "nowhere";
  CHECK(!asio::transport::open(io, rules));
  auto holder = asio::transport::open(io, loopback::site(one, {})).value();
  rules = loopback::site(two, {});
  rules.port = holder.port();
  CHECK(asio::transport::open(io, rules).error() == std::errc::address_in_use);
}

TEST_CASE("random bytes end the connection and deliver nothing") {
  random_stream random{11};
  for (int i = 0; i < 200; ++i) {
    impostor fake;
    byte_string noise(64 + random.below(200));
    for (auto& b : noise) b = static_cast<std::byte>(random.below(256));
    if (i % 2 == 0) fake.say_hello();
    if (i % 3 == 0) noise[0] = std::byte{1}, noise[1] = std::byte{1};  // a message, by its head
    if (i % 3 == 0) noise[4] = noise[5] = std::byte{0};                // and not too long for a bound
    noise.resize(std::size_t{1} << 16 | noise.size());                 // so that its body has come
    fake.peer.say(noise);
    REQUIRE(fake.dropped());
    std::uint64_t counted = 0;
    for (const auto n : fake.site.counts().broken) counted += n;
    CHECK(counted == 1);
  }
}

TEST_CASE("a message with any byte changed is not delivered, and ends the connection") {
  byte_string good;
  append_frame(good, frame_kind::message, bytes_of("yes"));
  for (std::size_t at = 0; at < good.size(); ++at) {
    impostor fake;
    fake.say_hello();
    auto changed = good;
    changed[at] ^= std::byte{0x40};
    changed.resize(std::size_t{1} << 15);
    fake.peer.say(changed);
    if (at == 4 || at == 5) continue;  // now longer than what was said: it waits for the rest
    CHECK(fake.dropped());
  }
}

TEST_CASE("whoever says a wrong hello is refused") {
  const asio::hello right{one, two, channel::resource};
  auto said = right;
  auto rules = loopback::site(two, {{one, "127.0.0.1", 0}, {site_id{3}, "127.0.0.1", 0}});
  SUBCASE("a site that is no peer") { said.from = site_id{9}; }
  SUBCASE("the site itself") { said.from = two; }
  SUBCASE("to another site") { said.to = site_id{4}; }
  SUBCASE("a peer that is dialled and does not dial") { said.from = site_id{3}; }
  SUBCASE("a peer from another address than its own") { rules.peers[0].address = "127.0.0.2"; }
  impostor fake{rules};
  fake.say_hello(said);
  CHECK(fake.dropped());
  CHECK(fake.site.counts().strangers == 1);
  CHECK(fake.site.counts().connected == 0);
  CHECK(fake.peer.heard.empty());  // and learns nothing
}

TEST_CASE("a second hello and a message before the first one are garbage") {
  impostor fake;
  SUBCASE("a second hello") { fake.say_hello(), fake.say_hello(); }
  SUBCASE("a message first") { fake.peer.say(frame_kind::message, bytes_of("no hello, just as long")); }
  SUBCASE("a short message first") { fake.peer.say(frame_kind::message, bytes_of("x")); }
  CHECK(fake.dropped());
  std::uint64_t counted = 0;
  for (const auto n : fake.site.counts().broken) counted += n;
  CHECK(counted == 1);
}

TEST_CASE("a connection on which nothing comes is dropped, before the hello and after it") {
  auto rules = loopback::site(two, {{one, "127.0.0.1", 0}});
  rules.beat = 5ms;
  impostor fake{rules};
  SUBCASE("before") {}
  SUBCASE("after") { fake.say_hello(); }
  SUBCASE("in the middle of a message") {
    fake.say_hello();
    byte_string framed;
    append_frame(framed, frame_kind::message, bytes_of("half of this never comes"));
    fake.peer.say(byte_span{framed}.first(20));
  }
  CHECK(fake.dropped());
  CHECK(fake.site.counts().silent == 1);
  CHECK(!fake.site.connected(one, channel::resource));
}

TEST_CASE("sites that have nothing to say stay connected") {
  auto rules = loopback::site(one, {});
  auto others = loopback::site(two, {});
  rules.beat = others.beat = 20ms;
  loopback::pair net{rules, others};
  net.first.poll([](site_id, channel, byte_span) {});
  const auto sent = net.first.counts().bytes_sent;
  REQUIRE(run_until(net.io, [&] {  // thirty beats on each channel
    net.first.poll([](site_id, channel, byte_span) { FAIL("a beat is no message"); });
    net.second.poll([](site_id, channel, byte_span) { FAIL("a beat is no message"); });
    return net.first.counts().bytes_sent >= sent + 30 * 2 * asio::frame_head_bytes || !net.connected();
  }));
  CHECK(net.first.counts().silent + net.second.counts().silent == 0);
  CHECK(net.first.counts().connected == 2);
}

TEST_CASE("a peer that starts anew is connected again, whoever of the two it was") {
  asio::net::io_context io{1};
  auto listening = loopback::site(two, {{one, "127.0.0.1", 0}});
  auto open = [&](const asio::options& rules) {
    return std::optional<asio::transport>{asio::transport::open(io, rules).value()};
  };
  auto second = open(listening);
  listening.port = second->port();
  const auto dialling = loopback::site(one, {{two, "127.0.0.1", listening.port}});
  auto first = open(dialling);
  const auto connected = [&] {
    return first->connected(two, channel::resource) && second->connected(one, channel::resource);
  };
  REQUIRE(run_until(io, connected));
  for (int round = 0; round < 4; ++round) {
    auto& restarted = round % 2 == 0 ? second : first;
    auto& staying = round % 2 == 0 ? first : second;
    restarted.reset();
    REQUIRE(
        run_until(io, [&] { return !staying->connected(round % 2 == 0 ? two : one, channel::resource); }));
    restarted = open(round % 2 == 0 ? listening : dialling);
    REQUIRE(run_until(io, connected));
    REQUIRE(!first->send(two, channel::resource, bytes_of("again")));
    REQUIRE(!second->send(one, channel::resource, bytes_of("and back")));
    int heard = 0;
    REQUIRE(run_until(io, [&] {
      for (auto* end : {&*first, &*second})
        for (const auto& m : arrivals(*end)) heard += m.text == "again" || m.text == "and back" ? 1 : 100;
      return heard >= 2;
    }));
    CHECK(heard == 2);
  }
}

TEST_CASE("a peer that comes back before its end was noticed takes its own place") {
  impostor fake;
  fake.say_hello();
  REQUIRE(run_until(fake.io, [&] { return fake.site.connected(one, channel::resource); }));
  loopback::raw_peer returned{fake.io, fake.site.port()};
  returned.say(frame_kind::hello, encode(asio::hello{one, two, channel::resource}));
  returned.say(frame_kind::message, bytes_of("I am back"));
  std::vector<contracts::arrival> got;
  REQUIRE(run_until(fake.io, [&] {
    got = arrivals(fake.site);
    return !got.empty();
  }));
  CHECK(got == std::vector<contracts::arrival>{{one, channel::resource, "I am back"}});
  CHECK(fake.peer.closed());
}

TEST_CASE("connections that never say hello are bounded, and do not keep a peer out") {
  impostor fake;
  std::vector<std::unique_ptr<loopback::raw_peer>> crowd;
  for (int i = 0; i < 100; ++i) {
    crowd.push_back(std::make_unique<loopback::raw_peer>(fake.io, fake.site.port()));
    while (fake.io.poll() > 0) {
    }
  }
  REQUIRE(run_until(fake.io, [&] { return fake.site.counts().strangers >= 80; }));
  loopback::raw_peer late{fake.io, fake.site.port()};
  late.say(frame_kind::hello, encode(asio::hello{one, two, channel::resource}));
  CHECK(run_until(fake.io, [&] { return fake.site.connected(one, channel::resource); }));
}

TEST_CASE("a peer that does not read fills its own queue, and no other; nothing is lost of what was taken") {
  auto rules = loopback::site(one, {});
  rules.queue_bytes_max = 1'000'000;
  loopback::pair net{rules};
  const std::string reading(10'000, 'r');
  std::size_t taken = 0;
  std::error_code refused;
  // Nobody polls the second site, so it reads ahead no more than its buffer holds.
  while (!(refused = net.first.send(two, channel::monitoring, bytes_of(reading)))) {
    ++taken;
    net.first.flush();
    while (net.io.poll_one() > 0) {
    }
    REQUIRE(taken < 100'000);
  }
  CHECK(refused == std::errc::no_buffer_space);
  CHECK(net.first.counts().overflowed == 1);
  CHECK(!net.first.send(two, channel::resource, bytes_of("urgent")));

  std::size_t readings = 0;
  std::size_t urgent_at = 0;
  REQUIRE(run_until(net.io, [&] {
    net.second.poll([&](site_id, channel which, byte_span m) {
      if (which == channel::resource)
        urgent_at = readings + 1;
      else
        readings += m.size() == reading.size() ? 1 : 1'000'000;
    });
    return readings >= taken && urgent_at > 0;
  }));
  CHECK(readings == taken);
  CHECK(urgent_at < taken / 2);
  CHECK(!net.first.send(two, channel::monitoring, bytes_of(reading)));
}

TEST_CASE("no message costs an allocation once the buffers have grown") {
  loopback::pair net;
  const std::string text(300, 'm');
  std::size_t arrived = 0;
  const auto round = [&] {
    for (int i = 0; i < 50; ++i) {
      static_cast<void>(net.first.send(two, channel::resource, bytes_of(text)));
      static_cast<void>(net.second.send(one, channel::resource, bytes_of(text)));
    }
    net.first.flush();  // and the second one's goes out with the context
    const auto before = arrived;
    while (arrived < before + 100) {
      net.io.run_one();
      const auto count = [&](site_id, channel, byte_span) { ++arrived; };
      net.first.poll(count), net.second.poll(count);
    }
  };
  for (int i = 0; i < 20; ++i) round();
  const auto before = allocation_count();
  for (int i = 0; i < 100; ++i) round();
  CHECK(allocation_count() == before);
}
