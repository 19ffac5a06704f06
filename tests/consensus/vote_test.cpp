#include "proposals.hpp"

#include <foreshift/consensus/vote.hpp>

#include <doctest/doctest.h>

using namespace consensus_test;

namespace {

struct poll_of_web {
  state_machine seen{small_world()};
  proposal_header header = move_web(seen, 1);
  ballot_box box;
  poll_of_web() { REQUIRE(box.open(header, 0, seen.basis())); }
  vote_receipt cast_by(std::uint64_t voter, verdict opinion) {
    return box.record(site_id{voter}, vote_on(header, seen, voter, opinion), seen.members());
  }
  std::optional<vote_outcome> outcome(time_point log_time = noon) const {
    const auto closed_by = box.close(header.id, seen.members(), seen.credits(), log_time);
    return closed_by ? std::optional{closed_by->evidence.outcome} : std::nullopt;
  }
};

}  // namespace

TEST_CASE("more than theta of the merit approves; what can not pass any more is rejected") {
  poll_of_web p;
  CHECK_FALSE(p.outcome());
  CHECK(p.cast_by(1, verdict::accept) == vote_receipt::counted);
  CHECK_FALSE(p.outcome());
  CHECK(p.cast_by(2, verdict::accept) == vote_receipt::counted);
  CHECK(p.outcome() == vote_outcome::approved);

  poll_of_web q;
  q.cast_by(1, verdict::reject);
  CHECK_FALSE(q.outcome());
  q.cast_by(3, verdict::reject);
  CHECK(q.outcome() == vote_outcome::rejected);
}

TEST_CASE("without enough votes the deadline decides, in log time") {
  poll_of_web p;
  p.cast_by(1, verdict::accept);
  CHECK_FALSE(p.outcome(p.header.expires_at));
  CHECK(p.outcome(p.header.expires_at + duration{1}) == vote_outcome::deadline);
}

TEST_CASE("a repeated vote counts once; two different ones exclude the voter for the attempt") {
  poll_of_web p;
  p.cast_by(1, verdict::accept);
  CHECK(p.cast_by(1, verdict::accept) == vote_receipt::repeated);
  CHECK_FALSE(p.outcome());
  CHECK(p.cast_by(1, verdict::reject) == vote_receipt::excluded);
  CHECK(p.cast_by(1, verdict::accept) == vote_receipt::excluded);
  p.cast_by(2, verdict::accept);
  CHECK_FALSE(p.outcome());
  const auto late =
      p.box.close(p.header.id, p.seen.members(), p.seen.credits(), p.header.expires_at + duration{1});
  REQUIRE(late);
  CHECK(late->evidence.votes == std::vector<counted_vote>{{site_id{2}, verdict::accept, 0}});
}

TEST_CASE("votes in another's name, on other content, of another attempt or on other credits do not count") {
  poll_of_web p;
  const vote good = vote_on(p.header, p.seen, 1, verdict::accept);
  CHECK(p.box.record(site_id{2}, good, p.seen.members()) == vote_receipt::stranger);
  CHECK(p.box.record(site_id{9}, vote_on(p.header, p.seen, 9, verdict::accept), p.seen.members()) ==
        vote_receipt::stranger);
  vote bad = good;
  bad.header.value[0] ^= 1;
  CHECK(p.box.record(site_id{1}, bad, p.seen.members()) == vote_receipt::mismatched);
  bad = good;
  bad.attempt = 1;
  CHECK(p.box.record(site_id{1}, bad, p.seen.members()) == vote_receipt::unknown);
  bad = good;
  bad.basis.credit_version = 9;
  CHECK(p.box.record(site_id{1}, bad, p.seen.members()) == vote_receipt::stale);
}

TEST_CASE("a later attempt starts from nothing, an earlier one is not opened again") {
  poll_of_web p;
  p.cast_by(1, verdict::accept);
  CHECK_FALSE(p.box.open(p.header, 0, p.seen.basis()));
  CHECK(p.box.open(p.header, 1, p.seen.basis()));
  CHECK(p.cast_by(2, verdict::accept) == vote_receipt::unknown);
  CHECK_FALSE(p.box.open(p.header, 0, p.seen.basis()));
}

TEST_CASE("open polls are bounded, and a malformed proposal is not opened") {
  poll_of_web p;
  ballot_box small{1};
  CHECK(small.open(p.header, 0, p.seen.basis()));
  CHECK_FALSE(small.open(move_web(p.seen, 2), 0, p.seen.basis()));
  auto bad = p.header;
  bad.changes.clear();
  CHECK_FALSE(ballot_box{}.open(bad, 0, p.seen.basis()));
}

TEST_CASE("whoever votes what in whatever order, the certificate of the box recomputes at apply") {
  for (unsigned code = 0; code < 27; ++code) {  // absent, accept or reject, three voters
    poll_of_web p;
    unsigned rest = code;
    for (std::uint64_t voter = 1; voter <= 3; ++voter, rest /= 3)
      if (rest % 3 != 0) p.cast_by(4 - voter, rest % 3 == 1 ? verdict::accept : verdict::reject);
    if (const auto closed_by = p.box.close(p.header.id, p.seen.members(), p.seen.credits(), noon)) {
      clerk c;
      const auto reason = c.run(1, *closed_by);
      CHECK(reason ==
            (closed_by->evidence.outcome == vote_outcome::approved ? refusal::none : refusal::voted_down));
    }
  }
}
