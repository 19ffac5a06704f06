#include <foreshift/sim/checker.hpp>

#include <foreshift/sim/cluster.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace foreshift;
using namespace std::chrono_literals;
using ports::channel;

namespace {

constexpr site_id sites[] = {{1}, {2}, {3}};

consensus::state_machine first_state() {
  return consensus::state_machine{consensus::genesis{consensus::uniform_epoch(sites), {}, {}, {}}};
}
byte_string framed(consensus::message_body body) {
  const auto bytes = consensus::encode({epoch_number{1}, {}, std::move(body)});
  byte_string all{driver::agreement_frame};
  all.insert(all.end(), bytes.begin(), bytes.end());
  return all;
}
consensus::accept offer(std::uint64_t seconds) {
  return {
      {3, site_id{1}}, slot{7}, slot{}, {{epoch_number{1}, time_point{std::chrono::seconds{seconds}}}, {}}};
}

}  // namespace

TEST_CASE("a cluster that keeps its promises is not accused, restarts included") {
  const auto members = consensus::uniform_epoch(sites);
  sim::cluster<> cluster{{.self = {}, .members = members, .times = {}}, first_state(), 5};
  sim::checker check{first_state()};
  cluster.after_poll(
      [&](site_id site, auto& driver, const auto& news) { check.observe(site, driver, news); });
  cluster.net().tap(
      [&](site_id from, site_id, channel which, byte_span bytes) { check.sent(from, which, bytes); });
  cluster.time().run_for(3s);
  for (int i = 0; i < 20; ++i) {
    for (const site_id site : sites)
      if (auto* d = cluster.driver(site)) check.submitted(d->submit(consensus::noop{}));
    if (i == 5) cluster.crash(site_id{1});
    if (i == 9) cluster.restart(site_id{1});
    cluster.time().run_for(400ms);
  }
  CHECK(!check.broken());
  CHECK(check.slots() >= 20);
}

TEST_CASE("two values under one ballot are noticed on the wire, and the first violation stands") {
  sim::checker check{first_state()};
  check.sent(site_id{1}, channel::resource, framed(offer(1)));
  check.sent(site_id{1}, channel::resource, framed(offer(1)));
  CHECK(!check.broken());
  check.sent(site_id{1}, channel::resource, framed(offer(2)));
  REQUIRE(check.broken());
  CHECK(check.broken()->claim == "one value per (slot, ballot)");
  check.sent(site_id{1}, channel::resource, byte_string{driver::agreement_frame});
  CHECK(check.broken()->claim == "one value per (slot, ballot)");
}

TEST_CASE("a message that cannot be read is noticed, other traffic is nobody's business here") {
  sim::checker check{first_state()};
  check.sent(site_id{1}, channel::monitoring, byte_string{driver::agreement_frame});
  check.sent(site_id{1}, channel::resource, byte_string{std::byte{9}});
  check.sent(site_id{1}, channel::resource, {});
  CHECK(!check.broken());
  check.sent(site_id{1}, channel::resource, byte_string{driver::agreement_frame, std::byte{1}});
  REQUIRE(check.broken());
  CHECK(check.broken()->claim == "what is sent can be read");
}
