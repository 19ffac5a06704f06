#include <foreshift/sim/rest.hpp>

#include <foreshift/sim/cluster.hpp>
#include <foreshift/sim/requests.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace foreshift;
using namespace std::chrono_literals;

namespace {

constexpr site_id three[] = {{1}, {2}, {3}};

/// Three sites of weight one; what the first has applied is what is known to be chosen.
struct scene {
  consensus::state_machine first{sim::genesis_for(three)};
  sim::cluster<> cluster{{.self = {}, .members = first.members(), .times = {}}, first, 7};
  consensus::state_machine chosen = first;
  sim::rest<sim::cluster<>> state{cluster, chosen};

  template <class What = consensus::noop>
  void pass(duration span, What what = {}) {
    cluster.driver({1})->submit(std::move(what));
    cluster.time().run_for(span);
    chosen = cluster.driver({1})->machine();
  }
  void wipe(site_id site) {
    cluster.crash(site);
    cluster.medium(site).wipe();
    cluster.restart(site);
  }
};

}  // namespace

TEST_CASE("a cluster rests when everybody has applied everything and nothing is under way") {
  scene s;
  s.pass(5s);
  CHECK(s.state.disturbed_by() == "");
  CHECK(s.state.everybody_beyond(slot{0}));
  CHECK(!s.state.everybody_beyond(s.chosen.applied()));

  s.cluster.driver({2})->submit(consensus::noop{});
  CHECK(s.state.disturbed_by() == "site 2 has commands that are not in the log");
  s.pass(5s);
  s.cluster.crash({3});
  CHECK(s.state.disturbed_by() == "site 3 is down");
  s.pass(2s);
  s.cluster.restart({3});
  CHECK(s.state.disturbed_by() == "site 3 is behind");
  CHECK(!s.state.everybody_beyond(slot{s.chosen.applied().value - 1}));
  s.pass(5s);
  CHECK(s.state.disturbed_by() == "");
}

TEST_CASE("a transfer under way is business") {
  scene s;
  s.pass(5s, consensus::prepare_transfer{{1}, {1}, {2}, {}, s.chosen.log_time() + 1h});
  CHECK(s.state.business() == "subset 1 is preparing");
  CHECK(s.state.disturbed_by() == s.state.business());
}

TEST_CASE("a site that is lost need do nothing, and rest is possible while the others are a quorum") {
  scene s;
  s.pass(3s);
  CHECK(s.state.possible());
  s.wipe({3});
  CHECK(s.state.possible());
  s.pass(3s);
  CHECK(s.state.disturbed_by() == "");
  CHECK(s.state.everybody_beyond(slot{0}));
  s.cluster.crash({2});
  CHECK(s.state.possible());  // it may come back
  s.wipe({2});
  CHECK(!s.state.possible());
}
