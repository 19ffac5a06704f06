#pragma once
/// @file
/// What any model of Transport must do, for hosts to run on their own.
///
/// A harness connects sites 1 and 2 (and itself) by a network that is in good order:
///     struct harness {
///       auto& endpoint(site_id);     // a Transport
///       void settle();               // waits until what was sent has arrived, or will not
///       void flood_monitoring();     // optional: fills the monitoring queue from 1 to 2 beyond what it can
///       carry void settle_briefly();       // with flood_monitoring: long enough for one message on an idle
///       channel
///     };
/// Call `transport_contract<harness>()` inside a TEST_CASE.

#include <foreshift/core/bytes.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/ports/transport.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace foreshift::contracts {

struct arrival {
  site_id from;
  ports::channel which;
  std::string text;
  friend bool operator==(const arrival&, const arrival&) = default;
};
template <class Transport>
std::vector<arrival> arrivals(Transport& transport) {
  std::vector<arrival> all;
  transport.poll([&](site_id from, ports::channel which, byte_span bytes) {
    all.push_back({from, which, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}});
  });
  return all;
}

template <class Harness>
void transport_contract() {
  using ports::channel;
  Harness net;
  constexpr site_id one{1};
  constexpr site_id two{2};

  SUBCASE("a message arrives whole, on its channel, under its sender's name") {
    REQUIRE(!net.endpoint(one).send(two, channel::resource, bytes_of("a vote")));
    net.settle();
    REQUIRE(!net.endpoint(one).send(two, channel::monitoring, bytes_of("a reading")));
    net.settle();
    const auto got = arrivals(net.endpoint(two));
    CHECK(std::count(got.begin(), got.end(), arrival{one, channel::resource, "a vote"}) >= 1);
    CHECK(std::count(got.begin(), got.end(), arrival{one, channel::monitoring, "a reading"}) >= 1);
    for (const auto& m : got) CHECK((m.text == "a vote" || m.text == "a reading"));
    CHECK(arrivals(net.endpoint(one)).empty());
  }
  SUBCASE("the bytes are copied on sending") {
    std::string text = "first";
    REQUIRE(!net.endpoint(one).send(two, channel::resource, bytes_of(text)));
    text = "other";
    net.settle();
    for (const auto& m : arrivals(net.endpoint(two))) CHECK(m.text == "first");
  }
  SUBCASE("every byte value passes, and so do the empty and the large message") {
    std::string all;
    for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
    std::string large;
    for (int i = 0; i < 1024; ++i) large += all;
    for (const std::string& text : {std::string{}, all, large}) {
      REQUIRE(!net.endpoint(one).send(two, channel::resource, bytes_of(text)));
      net.settle();
      const auto got = arrivals(net.endpoint(two));
      CHECK(!got.empty());
      for (const auto& m : got) CHECK(m.text == text);
    }
  }
  SUBCASE("polling twice gives nothing twice") {
    REQUIRE(!net.endpoint(one).send(two, channel::resource, bytes_of("once")));
    net.settle();
    CHECK(!arrivals(net.endpoint(two)).empty());
    CHECK(arrivals(net.endpoint(two)).empty());
  }
  SUBCASE("a sink may answer while it is called") {
    REQUIRE(!net.endpoint(one).send(two, channel::resource, bytes_of("question")));
    net.settle();
    net.endpoint(two).poll([&](site_id from, channel which, byte_span) {
      CHECK(!net.endpoint(two).send(from, which, bytes_of("answer")));
    });
    net.settle();
    const auto got = arrivals(net.endpoint(one));
    CHECK(std::count(got.begin(), got.end(), arrival{two, channel::resource, "answer"}) >= 1);
  }
  if constexpr (requires { net.flood_monitoring(); }) {
    SUBCASE("a flooded monitoring channel does not delay the resource channel") {
      net.flood_monitoring();
      REQUIRE(!net.endpoint(one).send(two, channel::resource, bytes_of("urgent")));
      net.settle_briefly();
      const auto got = arrivals(net.endpoint(two));
      CHECK(std::count(got.begin(), got.end(), arrival{one, channel::resource, "urgent"}) >= 1);
    }
  }
}

}  // namespace foreshift::contracts
