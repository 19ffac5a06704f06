#include <foreshift/sim/usher.hpp>

#include <foreshift/sim/cluster.hpp>
#include <foreshift/sim/requests.hpp>

#include <doctest/doctest.h>

#include <utility>

using namespace foreshift;
using namespace std::chrono_literals;
using sim::manners, sim::occasion;

namespace {

constexpr site_id four[] = {{1}, {2}, {3}, {4}};

consensus::genesis start() {
  auto all = sim::genesis_for(std::span{four}.first(3));
  all.members = consensus::uniform_epoch(four, {.alpha = 4});
  return all;
}

/// Four sites, of which the last owns nothing.
struct scene {
  consensus::state_machine first{start()};
  sim::cluster<> cluster{{.self = {}, .members = first.members(), .times = {}}, first, 7};
  sim::coverage seen;
  sim::usher one{seen};

  scene() { cluster.time().run_for(3s); }
  [[nodiscard]] const consensus::state_machine& chosen() { return cluster.driver({1})->machine(); }
  void change(std::size_t electors) {
    auto to = chosen().members().spec();
    to.electors.clear();
    for (const site_id site : std::span{four}.first(electors)) to.electors.push_back({site, {1}});
    cluster.driver({1})->submit(consensus::change_epoch{chosen().members().identity(), std::move(to)});
    for (int i = 0; i < 10; ++i) pass();
    REQUIRE(chosen().members().electors().size() == electors);
  }
  void pass() {
    cluster.driver({1})->submit(consensus::noop{});
    cluster.time().run_for(200ms);
  }
  bool look(manners how) { return one.look_after(cluster, {4}, chosen(), how); }
  bool up() { return cluster.driver({4}) != nullptr; }
};

}  // namespace

TEST_CASE("a member stays; one that has left is stopped when it may go, and comes back as a member") {
  scene s;
  CHECK(!s.look(manners::hasty));
  CHECK(s.up());
  s.change(3);
  REQUIRE(s.cluster.driver({4})->replica().may_leave());
  CHECK(s.look(manners::waits));
  CHECK(!s.up());
  CHECK(s.seen.of(occasion::member_left) == 1);
  CHECK(!s.look(manners::calm));
  CHECK(!s.up());
  s.change(4);
  CHECK(!s.look(manners::waits));
  CHECK(s.up());
  CHECK(s.seen.of(occasion::member_returned) == 1);
}

TEST_CASE("one that may not go yet is stopped only in haste, and comes back for the calm") {
  scene s;
  s.cluster.net().cut({1}, {4});  // it does not hear that it has left, nor that others know what it does
  s.cluster.net().cut({2}, {4});
  s.cluster.net().cut({3}, {4});
  s.change(3);
  REQUIRE(!s.cluster.driver({4})->replica().may_leave());
  CHECK(!s.look(manners::waits));
  CHECK(!s.look(manners::calm));
  CHECK(s.up());
  CHECK(s.look(manners::hasty));
  CHECK(!s.up());
  CHECK(s.seen.of(occasion::member_cut_short) == 1);
  CHECK(!s.look(manners::waits));
  CHECK(!s.up());
  CHECK(!s.look(manners::calm));
  CHECK(s.up());
  CHECK(s.seen.of(occasion::member_returned) == 0);
}

TEST_CASE("a site that is down for another reason is left alone") {
  scene s;
  s.cluster.crash({4});
  CHECK(!s.look(manners::calm));
  CHECK(!s.up());
}
