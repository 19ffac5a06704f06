#include <foreshift/sim/network.hpp>

#include <contracts/transport_contract.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;
using contracts::arrivals;
using ports::channel;

namespace {

constexpr site_id one{1};
constexpr site_id two{2};

struct harness {
  sim::timer time;
  sim::network net{time, 7, {.bytes_per_second = 1'000'000}};
  sim::transport ends[2] = {net.attach(one), net.attach(two)};
  sim::transport& endpoint(site_id site) { return ends[site.value - 1]; }
  void settle() { time.run_for(10s); }
  void settle_briefly() { time.run_for(100ms); }
  void flood_monitoring() {
    const std::string reading(1000, 'r');
    for (int i = 0; i < 20'000; ++i) (void)ends[0].send(two, channel::monitoring, bytes_of(reading));
  }
};

/// Sends `count` numbered messages and gives back the numbers in the order in which they arrived.
std::vector<int> sent_and_arrived(sim::link weather, int count, std::uint64_t seed) {
  sim::timer time;
  sim::network net{time, seed, weather};
  auto from = net.attach(one);
  auto to = net.attach(two);
  for (int i = 0; i < count; ++i) {
    (void)from.send(two, channel::resource, bytes_of(std::to_string(i)));
    time.run_for(10ms);
  }
  time.run_for(10s);
  std::vector<int> order;
  for (const auto& m : arrivals(to)) order.push_back(std::stoi(m.text));
  return order;
}

constexpr sim::link foul{.loss = 0.2, .duplication = 0.2, .reordering = 0.3, .held_max = 200ms};

}  // namespace

TEST_CASE("the simulated network keeps the contract of a transport") {
  contracts::transport_contract<harness>();
}

TEST_CASE("in fair weather everything arrives once and in order of sending, when sending is slow") {
  const auto order = sent_and_arrived({.latency_min = 1ms, .latency_tail = 0ms}, 100, 1);
  REQUIRE(order.size() == 100);
  for (int i = 0; i < 100; ++i) CHECK(order[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("in foul weather messages are lost, repeated and reordered, about as often as asked for") {
  constexpr int count = 5000;
  const auto order = sent_and_arrived(foul, count, 2);
  std::vector<int> copies(count, 0);
  int overtaken = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    ++copies[static_cast<std::size_t>(order[i])];
    if (i > 0 && order[i] < order[i - 1]) ++overtaken;
  }
  const auto share = [&](int n) {
    return static_cast<double>(std::count(copies.begin(), copies.end(), n)) / count;
  };
  // Four standard deviations of a share of 5,000 are below 0.023.
  CHECK(std::abs(share(0) - 0.2) < 0.023);
  CHECK(std::abs(share(2) - 0.8 * 0.2) < 0.023);
  CHECK(overtaken > 100);
}

TEST_CASE("the same seed gives the same fate, another seed another") {
  CHECK(sent_and_arrived(foul, 200, 3) == sent_and_arrived(foul, 200, 3));
  CHECK(sent_and_arrived(foul, 200, 3) != sent_and_arrived(foul, 200, 4));
}

TEST_CASE("a cut stops one direction, what is under way included, and heals") {
  harness h;
  (void)h.endpoint(one).send(two, channel::resource, bytes_of("under way"));
  h.net.cut(one, two);
  h.settle();
  CHECK(arrivals(h.endpoint(two)).empty());
  (void)h.endpoint(two).send(one, channel::resource, bytes_of("the other way"));
  h.settle();
  CHECK(arrivals(h.endpoint(one)).size() == 1);
  h.net.heal(one, two);
  (void)h.endpoint(one).send(two, channel::resource, bytes_of("again"));
  h.settle();
  CHECK(arrivals(h.endpoint(two)).size() == 1);
}

TEST_CASE("a site that is down receives nothing, and nothing of before it when it is back") {
  harness h;
  (void)h.endpoint(one).send(two, channel::resource, bytes_of("waiting"));
  h.settle();
  h.net.down(two);
  (void)h.endpoint(one).send(two, channel::resource, bytes_of("too early"));
  h.settle();
  h.ends[1] = h.net.attach(two);
  CHECK(arrivals(h.endpoint(two)).empty());
  (void)h.endpoint(one).send(two, channel::resource, bytes_of("now"));
  h.settle();
  CHECK(arrivals(h.endpoint(two)).size() == 1);
}

TEST_CASE("a queue drains at the bandwidth, and what would wait too long is lost") {
  sim::timer time;
  sim::network net{
      time, 5, {.latency_min = 0ms, .latency_tail = 0ms, .bytes_per_second = 1000, .queue_max = 1s}};
  auto from = net.attach(one);
  auto to = net.attach(two);
  const std::string half_a_second(500, 'x');
  for (int i = 0; i < 5; ++i) (void)from.send(two, channel::resource, bytes_of(half_a_second));
  CHECK(net.counts().lost == 2);
  time.run_for(499ms);
  CHECK(arrivals(to).empty());
  time.run_for(1ms);
  CHECK(arrivals(to).size() == 1);
  time.run_for(1s);
  CHECK(arrivals(to).size() == 2);
}

TEST_CASE("an endpoint can ask to be told of arrivals") {
  harness h;
  int told = 0;
  h.endpoint(two).on_arrival([&] { ++told; });
  (void)h.endpoint(one).send(two, channel::monitoring, bytes_of("a"));
  h.settle();
  CHECK(told == 1);
}
