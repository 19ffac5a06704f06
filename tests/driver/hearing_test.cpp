#include "fleet.hpp"

#include <foreshift/driver/hearing.hpp>

#include <doctest/doctest.h>

using namespace driver_test;

namespace {

consensus::propose message_of(const placement::proposal& what) {
  const consensus::state_machine log{make_genesis({})};
  return {driver::header_of(what, log, noon + 2min).value(), 0, placement::encode(what)};
}
driver::heard_proposal heard(std::uint64_t number, double priority, std::uint32_t attempt = 0) {
  auto what = move_of_first({2}, {2}, number);
  what.priority = priority;
  driver::heard_proposal one;
  one.header.expires_at = noon + 2min;
  one.what = std::move(what), one.attempt = attempt;
  return one;
}

}  // namespace

TEST_CASE("a header names what the log has to hold against it") {
  const auto what = move_of_first({2}, {2});
  const auto header = message_of(what).header;
  CHECK(header.id == what.id);
  REQUIRE(header.hosts.size() == 1);
  CHECK(header.hosts[0].id == host_id{2});
  REQUIRE(header.subsets.size() == 1);
  CHECK(header.subsets[0].version == 1);
  CHECK(header.body == placement::proposal_digest(what));
  CHECK(consensus::well_formed(header));
}

TEST_CASE("an unknown subset has no header") {
  const consensus::state_machine log{make_genesis({})};
  auto what = move_of_first({2}, {2});
  what.subset = {999};
  CHECK_FALSE(driver::header_of(what, log, noon));
}

TEST_CASE("a resize and a scale are about the host that the workload is on, and say what they are") {
  const consensus::state_machine log{make_genesis({})};
  const placement::location here{{1}, {0}};
  for (const auto& [action, kind] :
       {std::pair{placement::action{placement::resize{here, {}, {}}}, consensus::proposal_kind::resize},
        {placement::action{placement::scale{here, 2}}, consensus::proposal_kind::scale}}) {
    auto what = move_of_first({2}, {2});
    what.what = action;
    const auto header = driver::header_of(what, log, noon);
    REQUIRE(header);
    CHECK(header->kind == kind);
    CHECK(header->changes[0].destination == here.host);
    CHECK(consensus::well_formed(*header));
    auto good = consensus::propose{*header, 0, placement::encode(what)};
    REQUIRE(driver::read(good));
    CHECK(driver::read(good)->what == what);
    good.header.kind = consensus::proposal_kind::migrate;  // would hand the subset over
    CHECK_FALSE(driver::read(good));
  }
}

TEST_CASE("adjustments take none of the moves, and their workloads are known") {
  driver::hearing h;
  auto one = heard(1, 5.0);
  one.what.what = placement::scale{{}, 2};
  h.open(one);
  h.open(heard(2, 1.0));
  CHECK(h.moves() == 1);
  CHECK(h.ahead_of(h.find({site_id{1}, 2})->what) == 0);
  CHECK(h.is_about(one.what.workload));
  CHECK_FALSE(h.is_about({777}));
  const auto to = std::get<placement::migrate>(h.find({site_id{1}, 2})->what.what).to.host;
  CHECK(h.leads_to(to));
  CHECK_FALSE(h.leads_to({to.value + 1}));
}

TEST_CASE("a body that is not what its header says is refused") {
  const auto good = message_of(move_of_first({2}, {2}));
  REQUIRE(driver::read(good));
  CHECK(driver::read(good)->what == move_of_first({2}, {2}));
  auto bad = good;
  bad.body.back() ^= std::byte{1};
  CHECK_FALSE(driver::read(bad));
  bad = good, bad.body = placement::encode(move_of_first({4}, {3}));
  CHECK_FALSE(driver::read(bad));
  bad.header.body = digest_of(bad.body);  // the digest is right, the destination is another one
  CHECK_FALSE(driver::read(bad));
  bad = good, bad.header.id.sequence = 2;
  CHECK_FALSE(driver::read(bad));
  bad = good, bad.header.stakes[0].sum = consensus::criticality{9};
  CHECK_FALSE(driver::read(bad));
}

TEST_CASE("open proposals stand in one order, ties by their ids") {
  driver::hearing h;
  for (const auto& [number, priority] : {std::pair{1U, 1.0}, {2U, 3.0}, {3U, 1.0}, {4U, 2.0}})
    CHECK(h.open(heard(number, priority)));
  const auto ahead = [&](std::uint64_t n) { return h.ahead_of(h.find({site_id{1}, n})->what); };
  CHECK(ahead(2) == 0);
  CHECK(ahead(4) == 1);
  CHECK(ahead(1) == 2);
  CHECK(ahead(3) == 3);
}

TEST_CASE("only a later attempt is news, and what is closed or expired is gone") {
  driver::hearing h;
  CHECK(h.open(heard(1, 1)));
  CHECK_FALSE(h.open(heard(1, 1)));
  CHECK(h.open(heard(1, 1, 1)));
  CHECK(h.open(heard(2, 1)));
  CHECK(h.close({site_id{1}, 1}));
  CHECK_FALSE(h.close({site_id{1}, 1}));
  h.expire(noon + 2min);
  CHECK(h.find({site_id{1}, 2}) != nullptr);
  h.expire(noon + 2min + 1ns);
  CHECK(h.proposals().empty());
}
