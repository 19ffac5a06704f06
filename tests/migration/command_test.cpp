#include <foreshift/migration/command.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::migration;

TEST_CASE("a command is about the place and the site of its end") {
  command c{.from_site = {1}, .from = {11}, .to_site = {2}, .to = {22}};
  c.end = endpoint::source;
  CHECK(c.place() == place_id{11});
  CHECK(c.site() == site_id{1});
  c.end = endpoint::destination;
  CHECK(c.place() == place_id{22});
  CHECK(c.site() == site_id{2});
}

TEST_CASE("every verb has its name") {
  CHECK(name_of(verb::fence) == "fence");
  CHECK(name_of(verb::scale) == "scale");
}
