#include <foreshift/consensus/read_round.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::consensus;

namespace {
constexpr elector three[] = {{{1}, {1}}, {{2}, {1}}, {{3}, {1}}};
}  // namespace

TEST_CASE("a read is confirmed by a quorum that answers a beat sent after it arrived") {
  read_round round;
  std::vector<read_duty> served;
  static_cast<void>(round.add(7));
  CHECK(round.may_begin());
  round.begin(slot{4}, 10);
  round.hear(site_id{2}, 9);  // an answer to an earlier beat: a higher ballot may have come since
  round.hear(site_id{9}, 10);
  round.take_confirmed(three, site_id{1}, served);
  CHECK(served.empty());
  static_cast<void>(round.add(8));  // too late for this round
  CHECK_FALSE(round.may_begin());
  round.hear(site_id{3}, 11);
  round.take_confirmed(three, site_id{1}, served);
  CHECK(served == std::vector<read_duty>{{7, slot{4}, true}});
  CHECK(round.may_begin());
}

TEST_CASE("another epoch confirms anew, and who does not lead refuses") {
  read_round round;
  std::vector<read_duty> served;
  static_cast<void>(round.add(1));
  round.begin(slot{4}, 10);
  round.hear(site_id{2}, 10);
  static_cast<void>(round.add(2));
  round.restart();
  CHECK(round.may_begin());
  round.begin(slot{6}, 12);
  round.take_confirmed(three, site_id{1}, served);
  CHECK(served.empty());
  round.refuse_all(served);
  CHECK(served == std::vector<read_duty>{{1, {}, false}, {2, {}, false}});
  CHECK(round.empty());
}

TEST_CASE("only so many reads wait; the next is not taken") {
  read_round round;
  for (std::uint64_t id = 0; id < read_round::reads_max; ++id) REQUIRE(round.add(id));
  CHECK_FALSE(round.add(1));
  std::vector<read_duty> out;
  round.refuse_all(out);
  CHECK(out.size() == read_round::reads_max);
  CHECK(round.add(1));
}
