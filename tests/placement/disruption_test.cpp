#include <foreshift/placement/disruption.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::placement;

TEST_CASE("a move disrupts the cycle, its service, both hosts and their domains") {
  const auto known = inventory::make({{.id = {1}, .domain = {10}}, {.id = {2}, .domain = {10}}, {.id = {3}}},
                                     {{.id = {5}, .host = {1}, .service = {4}}, {.id = {6}, .host = {2}}})
                         .value();
  const move_made moves[] = {{{5}, {1}, {2}}, {{6}, {2}, {3}}};
  const auto counted = count_disruptions(known, moves);
  CHECK(moves_of(counted, {}) == 2);
  CHECK(moves_of(counted, service_id{4}) == 1);
  CHECK(moves_of(counted, domain_id{10}) == 2);  // the first move stays within it, and counts once
  CHECK(moves_of(counted, host_id{1}) == 1);
  CHECK(moves_of(counted, host_id{2}) == 2);
  CHECK(moves_of(counted, host_id{3}) == 1);
  CHECK(moves_of(counted, host_id{4}) == 0);
  CHECK(counted.size() == 6);
}

TEST_CASE("where nothing has moved nothing is disrupted") {
  CHECK(count_disruptions({}, {}).empty());
  CHECK(moves_of({}, {}) == 0);
}
