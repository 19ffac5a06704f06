#include <foreshift/driver/agent_options.hpp>

#include <doctest/doctest.h>

using namespace foreshift;

TEST_CASE("belonging to a site reaches every part that has to know it") {
  driver::agent_options o;
  CHECK(&o.belong_to(site_id{7}) == &o);
  CHECK(o.outlook.self == site_id{7});
  CHECK(o.assembly.self == site_id{7});
  CHECK(o.mover.self == site_id{7});
  CHECK(o.replica.self == site_id{7});
}
