#include "pair.hpp"

#include <foreshift/placement/usual_rules.hpp>

#include <doctest/doctest.h>

using namespace fleet;

TEST_CASE("a fleet that asks for nothing is held to room and risk only") {
  pair p;
  std::apply([&](const auto&... rule) { CHECK(((p.ask(rule) == std::nullopt) && ...)); }, usual_rules{});
}
