#include <foreshift/consensus/departure.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::consensus;
using std::chrono::seconds;

namespace {
decided_epoch into_four() {
  const site_id sites[] = {{2}, {3}, {4}, {5}};
  return {slot{10}, uniform_epoch(sites)};
}
}  // namespace

TEST_CASE("a member may go when a quorum of the new epoch holds every slot before it, and not at a tie") {
  const auto into = into_four();
  departure leaving;
  leaving.on_news(site_id{2}, slot{9}, into);
  leaving.on_news(site_id{2}, slot{9}, into);   // says it again
  leaving.on_news(site_id{3}, slot{8}, into);   // one slot short
  leaving.on_news(site_id{9}, slot{20}, into);  // a stranger
  CHECK_FALSE(leaving.over(into.members));
  leaving.on_news(site_id{4}, slot{30}, into);
  CHECK_FALSE(leaving.over(into.members));  // two of four: the other two may have promised the next ballot
  leaving.on_news(site_id{3}, slot{9}, into);
  CHECK(leaving.over(into.members));
}

TEST_CASE("it asks now and then") {
  departure leaving;
  CHECK(leaving.ask(time_point{}, seconds{1}));
  CHECK_FALSE(leaving.ask(time_point{} + seconds{1} - duration{1}, seconds{1}));
  CHECK(leaving.ask(time_point{seconds{1}}, seconds{1}));
}
