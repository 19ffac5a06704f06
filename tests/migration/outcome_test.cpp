#include <foreshift/migration/outcome.hpp>

#include <doctest/doctest.h>

using namespace foreshift::migration;

TEST_CASE("an outcome that was not judged was not carried out") {
  CHECK(outcome{}.what == verdict::not_carried_out);
  CHECK(name_of(verdict::delivered) == "delivered");
  CHECK(name_of(verdict::not_carried_out) == "not_carried_out");
}
