#include <foreshift/migration/event.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::migration;

TEST_CASE("an event that was not filled in claims nothing") {
  const event e;
  CHECK(e.what == event_kind::unreachable);
  CHECK(e.state == place_state::never_seen);
  CHECK(e.seen == fence_token{});
  CHECK(e.request == 0);
}

TEST_CASE("every event has its name") {
  CHECK(name_of(event_kind::fenced) == "fenced");
  CHECK(name_of(event_kind::unreachable) == "unreachable");
}

TEST_CASE("every state of a place has its name") {
  CHECK(name_of(place_state::never_seen) == "never_seen");
  CHECK(name_of(place_state::released) == "released");
}
