#include <foreshift/consensus/duplicates.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::consensus;

TEST_CASE("a retry gets the first answer, in whatever order commands came") {
  duplicate_table table;
  const command_id late{site_id{1}, 5}, early{site_id{1}, 3};
  table.record(late, {{slot{1}, 0}, refusal::none});
  CHECK_FALSE(table.find(early));
  table.record(early, {{slot{2}, 0}, refusal::wrong_state});
  CHECK(table.find(late)->at == log_position{slot{1}, 0});
  CHECK(table.find(early)->reason == refusal::wrong_state);
  CHECK_FALSE(table.find({site_id{2}, 5}));
}

TEST_CASE("what was evicted is refused, never run again, and the table is bounded") {
  duplicate_table table{4};
  for (std::uint64_t i = 1; i <= 100; ++i) {
    const command_id id{site_id{1}, i};
    CHECK_FALSE(table.find(id));
    table.record(id, {{slot{i}, 0}, refusal::none});
    for (std::uint64_t before = 1; before <= i; ++before) {
      const auto again = table.find({site_id{1}, before});
      REQUIRE(again);
      CHECK((again->at == log_position{slot{before}, 0} || again->reason == refusal::forgotten));
      if (before + 4 > i) CHECK(again->reason == refusal::none);  // a window is always kept
    }
  }
}

TEST_CASE("clients that come and go do not grow the table without bound") {
  duplicate_table table{1};
  for (std::uint64_t i = 1; i < duplicate_table::clients_max; ++i) table.retire(site_id{i});
  CHECK(table.has_room_for(1));
  CHECK_FALSE(table.has_room_for(2));
  table.retire(site_id{1});
  CHECK(table.has_room_for(1));
  CHECK(table.restored());
}
