#include <foreshift/consensus/voter.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::consensus;

TEST_CASE("a voter keeps its word within an attempt, whatever it thinks later") {
  voter own{8};
  bool fresh = false;
  vote paper{site_id{1}, {site_id{2}, 7}, 0, {}, {}, verdict::accept, 0, ""};
  CHECK(*own.cast(paper, fresh) == paper);
  CHECK(fresh);
  vote other = paper;
  other.opinion = verdict::reject;
  CHECK(*own.cast(other, fresh) == paper);
  CHECK_FALSE(fresh);
  other.attempt = 1;
  CHECK(*own.cast(other, fresh) == other);
  CHECK(fresh);
}

TEST_CASE("a vote stands until a snapshot covers the decision") {
  voter own;
  bool fresh = false;
  const vote paper{site_id{1}, {site_id{2}, 7}, 0, {}, {}, verdict::accept, 0, ""};
  CHECK(own.cast(paper, fresh) != nullptr);
  own.close(paper.proposal, slot{9});
  own.forget(slot{8});
  vote other = paper;
  other.opinion = verdict::reject;
  CHECK(*own.cast(other, fresh) == paper);
  CHECK(own.votes().size() == 1);
  own.forget(slot{9});
  CHECK(own.size() == 0);
  own.close(paper.proposal, slot{9});  // of nothing here
  CHECK(own == voter{});
}

TEST_CASE("a restored vote stands") {
  voter own;
  const vote paper{site_id{1}, {site_id{2}, 7}, 0, {}, {}, verdict::accept, 0, ""};
  own.restore(paper);
  vote other = paper;
  other.opinion = verdict::reject;
  bool fresh = true;
  CHECK(*own.cast(other, fresh) == paper);
  CHECK_FALSE(fresh);
}

TEST_CASE("without room a site abstains") {
  voter own{1};
  bool fresh = false;
  CHECK(own.cast({site_id{1}, {site_id{2}, 1}, 0, {}, {}, {}, 0, ""}, fresh) != nullptr);
  CHECK(own.cast({site_id{1}, {site_id{2}, 2}, 0, {}, {}, {}, 0, ""}, fresh) == nullptr);
  own.close({site_id{2}, 1}, slot{3});  // one that is decided makes room
  CHECK(own.cast({site_id{1}, {site_id{2}, 2}, 0, {}, {}, {}, 0, ""}, fresh) != nullptr);
}
