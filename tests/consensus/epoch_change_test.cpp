#include <foreshift/consensus/epoch_change.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::consensus;

namespace {

epoch four() {
  const site_id sites[] = {{1}, {2}, {3}, {4}};
  return uniform_epoch(sites);
}
epoch_spec wish(std::initializer_list<std::uint64_t> weights, std::uint32_t tolerated = 1) {
  epoch_spec spec;
  for (const auto w : weights) spec.electors.push_back({{spec.electors.size() + 1}, {w}});
  spec.tolerated = tolerated;
  return spec;
}
epoch_refused refusal_of(const epoch_spec& asked, const credit_table& credits = {}) {
  const epoch now = four();
  const auto made = next_epoch(asked, {now, credits, {}});
  return made ? epoch_refused{} : made.error();
}

}  // namespace

TEST_CASE("the next epoch follows in number and is capped") {
  const epoch now = four();
  const credit_table credits;
  const auto made = next_epoch(wish({9, 9, 1, 1}), {now, credits, {}});
  REQUIRE(made);
  CHECK(made->number() == epoch_number{2});
  CHECK(made->electors()[0].weight == quorum_weight{2});
  CHECK(made->electors()[1].weight == quorum_weight{2});
  CHECK(tolerates(made->voters(), 1));
}

TEST_CASE("a table that makes no epoch is refused for its reason") {
  CHECK(refusal_of(wish({})).error == epoch_error::no_members);
  CHECK(refusal_of(wish({1, 0, 1})).error == epoch_error::weight_out_of_bounds);
  CHECK(refusal_of(wish({1, 1, 1001})).error == epoch_error::weight_out_of_bounds);
  auto twice = wish({1, 1, 1});
  twice.electors[1].site = {1};
  CHECK(refusal_of(twice).error == epoch_error::members_not_sorted);
  CHECK(refusal_of(wish({1, 1, 1}, 2)).reason == refusal::cap_out_of_reach);
  auto loose = wish({1, 1, 1, 1});
  loose.promises = loose.accepts = {2};
  CHECK(refusal_of(loose).error == epoch_error::quorums_need_not_meet);
}

TEST_CASE("a class on which f silent voters could block everything is refused, and named") {
  credit_table credits;
  credits.earned[{site_id{1}, class_id{7}}] = credit{3000};  // 3000 of 6000: not below 400 permille
  const auto why = refusal_of(wish({1, 1, 1, 1}), credits);
  CHECK(why.reason == refusal::class_blocked);
  CHECK(why.blocked == class_id{7});
  // Three equal sites: theta 0.6 works, two thirds mean unanimity.
  CHECK(refusal_of(wish({1, 1, 1})).reason == refusal::none);
  auto strict = wish({1, 1, 1});
  strict.theta = permille{667};
  CHECK(refusal_of(strict).reason == refusal::class_blocked);
}
