#include <foreshift/consensus/abstention.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace foreshift;
using namespace foreshift::consensus;

namespace {
std::optional<record_head> head_of_first(const record& what, std::size_t size) {
  const byte_string bytes = canonical(what);
  return head_of(byte_span{bytes}.first(std::min(size, bytes.size())));
}
}  // namespace

TEST_CASE("the beginning of a record tells what it is about") {
  const ballot b{3, site_id{2}};
  const auto accept = head_of_first(accept_record{{slot{7}, b, {{}, {byte_string(100)}}}}, record_head_size);
  REQUIRE(accept);
  CHECK(accept->is<accept_record>());
  CHECK(accept->at == slot{7});
  CHECK(accept->number == b);
  CHECK(head_of_first(promise_record{b}, record_head_size)->number == b);
  CHECK(head_of_first(ballot_record{b}, record_head_size)->number == b);
  CHECK(head_of_first(chosen_record{slot{9}, std::nullopt}, record_head_size)->at == slot{9});
  const auto vote =
      head_of_first(vote_record{{site_id{1}, {site_id{2}, 5}, 6, {}, {}, {}, 0, ""}}, record_head_size);
  REQUIRE(vote);
  CHECK(vote->is<vote_record>());
  CHECK(vote->proposal == proposal_id{site_id{2}, 5});
  CHECK(vote->attempt == 6);
  CHECK(head_of_first(run_record{}, record_head_size)->is<run_record>());
}

TEST_CASE("too little of a record, or no record, tells nothing") {
  const accept_record what{{slot{7}, {3, site_id{2}}, {}}};
  CHECK_FALSE(head_of_first(what, 24));
  CHECK(head_of_first(what, 25));
  CHECK_FALSE(head_of({}));
  CHECK_FALSE(head_of(byte_string(32, std::byte{0xEE})));
}

TEST_CASE("an abstention lasts until what was lost is known, or for good") {
  CHECK_FALSE(abstention{}.holds());
  const auto healing = abstention::lasting(slot{5}), for_good = abstention::lasting(std::nullopt);
  CHECK_FALSE(healing.over(slot{4}));
  CHECK(healing.over(slot{5}));
  CHECK_FALSE(healing.for_good());
  CHECK(for_good.holds());
  CHECK(for_good.for_good());
  CHECK_FALSE(for_good.over(slot{1000}));
}

TEST_CASE("who abstains speaks as a learner only") {
  CHECK(said_by_learners(catch_up_request{}));
  CHECK(said_by_learners(snapshot_chunk{}));
  CHECK_FALSE(said_by_learners(promise{}));
  CHECK_FALSE(said_by_learners(nack{}));
  CHECK_FALSE(said_by_learners(accepted{}));
  CHECK_FALSE(said_by_learners(probe_answer{}));
  CHECK_FALSE(said_by_learners(heartbeat_answer{}));
  CHECK_FALSE(said_by_learners(vote{}));
}
