#include <foreshift/sim/reference.hpp>

#include <foreshift/sim/requests.hpp>

#include <sim/little_log.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace foreshift;
using sim::occasion;

namespace {

constexpr site_id sites[] = {{1}, {2}, {3}};

struct scene {
  test::little_log log{sim::genesis_for(sites)};
  sim::reference replay{consensus::state_machine{sim::genesis_for(sites)}};

  /// Applies a command everywhere; the claim that broke.
  template <class What>
  std::string apply(What what, bool known = true) {
    const auto did = log.apply(site_id{1}, std::move(what));
    if (known) replay.submitted({site_id{1}, log.sequence()});
    const auto broken = replay.applied(log.machine().applied(), log.last(), did);
    return broken ? broken->claim : std::string{};
  }
};

}  // namespace

TEST_CASE("a full replay agrees with the sites, each slot once") {
  scene s;
  std::size_t heard = 0;
  s.replay.on_entry([&](slot, const auto&) { ++heard; });
  CHECK(s.apply(consensus::noop{}) == "");
  CHECK(s.apply(consensus::prepare_transfer{{1}, {1}, {2}, {}, {}}) == "");
  CHECK(heard == 2);
  CHECK(!s.replay.compare(site_id{2}, s.log.machine()));
  CHECK(s.replay.seen().of(occasion::transfer_prepared) == 1);
}

TEST_CASE("a second site that applies an entry must do the same") {
  scene s;
  const auto did = s.log.apply(site_id{1}, consensus::noop{});
  s.replay.submitted({site_id{1}, 1});
  CHECK(!s.replay.applied(slot{1}, s.log.last(), did));
  CHECK(!s.replay.applied(slot{1}, s.log.last(), did));
  REQUIRE(s.replay.applied(slot{1}, s.log.last(), {}));
  CHECK(s.replay.applied(slot{1}, s.log.last(), {})->claim == "the same entry does the same");
}

TEST_CASE("a command that nobody submitted, a slot too far and other effects are noticed") {
  scene s;
  CHECK(s.apply(consensus::noop{}) == "");
  CHECK(s.apply(consensus::noop{}, false) == "only proposed values are chosen");
  const auto broken = s.replay.applied(slot{9}, {}, {});
  REQUIRE(broken);
  CHECK(broken->claim == "slots are applied in order");

  scene other;
  other.replay.submitted({site_id{1}, 1});
  (void)other.log.apply(site_id{1}, consensus::noop{});
  const auto differs = other.replay.applied(slot{1}, other.log.last(), {});
  REQUIRE(differs);
  CHECK(differs->claim == "the same entry does the same");
}

TEST_CASE("a state that differs at the same slot is noticed") {
  scene s;
  CHECK(s.apply(consensus::noop{}) == "");
  test::little_log other{sim::genesis_for(sites)};
  (void)other.apply(site_id{2}, consensus::noop{});
  REQUIRE(s.replay.compare(site_id{2}, other.machine()));
  CHECK(s.replay.compare(site_id{2}, other.machine())->claim == "snapshot and tail are a full replay");
}
