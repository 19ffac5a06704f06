#include "fleet.hpp"

#include <foreshift/driver/cycle_book.hpp>

#include <doctest/doctest.h>

using namespace driver_test;
using placement::disrupted, placement::moves_of;

TEST_CASE("moves count for a cycle, and those under way beside them") {
  const auto known = make_inventory({});
  driver::cycle_book book{{.cycle = 1h, .refused_for = 15min}};
  book.moved({{0}, {0}, {2}}, noon);
  book.moved({{1}, {0}, {3}}, noon + 30min);
  book.moved({{99}, {0}, {3}}, noon);  // of nothing that is known
  const placement::move_made under_way[] = {{{2}, {0}, {4}}};
  const auto of_first_host = [&] {
    return moves_of(book.disruptions(known, under_way), disrupted{host_id{0}});
  };
  CHECK(of_first_host() == 3);
  book.at(noon + 1h - duration{1});
  CHECK(of_first_host() == 3);
  book.at(noon + 1h);
  CHECK(of_first_host() == 2);
  book.at(noon + 2h);
  CHECK(of_first_host() == 1);
}

TEST_CASE("a destination that was turned down is left alone for a while, from the last time on") {
  driver::cycle_book book{{.cycle = 1h, .refused_for = 15min}};
  book.refused({7}, noon, 10min);  // less than it is left alone anyway
  book.refused({3}, noon + 1h - 15min);
  book.refused({7}, noon + 5min);
  REQUIRE(book.refusals().size() == 2);
  CHECK(book.refusals()[0] == placement::refused_until{host_id{3}, noon + 1h});
  CHECK(book.refusals()[1] == placement::refused_until{host_id{7}, noon + 20min});
  book.at(noon + 20min);
  CHECK(book.refusals().size() == 1);
  book.at(noon + 1h);
  CHECK(book.refusals().empty());
}

TEST_CASE("a destination that asks for more quiet than is usual gets it") {
  driver::cycle_book book{{.cycle = 1h, .refused_for = 15min}};
  book.refused({7}, noon, 40min);
  book.refused({7}, noon + 1min);
  REQUIRE(book.refusals().size() == 1);
  CHECK(book.refusals()[0].until == noon + 40min);
}
