#include <foreshift/consensus/ballot.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::consensus;

TEST_CASE("ballots are ordered by round, then by site") {
  CHECK(ballot{1, site_id{9}} < ballot{2, site_id{1}});
  CHECK(ballot{2, site_id{1}} < ballot{2, site_id{2}});
  CHECK(ballot{} < ballot{1, site_id{0}});
}

TEST_CASE("the next ballot is above everything seen, whoever's it was") {
  for (std::uint64_t seen = 0; seen < 4; ++seen)
    for (std::uint64_t other = 0; other < 4; ++other)
      CHECK(next_ballot({seen, site_id{other}}, site_id{1}) > ballot{seen, site_id{other}});
}
