#include <foreshift/ports/archetypes.hpp>
#include <foreshift/ports/clock.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace foreshift;

namespace {

struct wall_clock {
  std::chrono::system_clock::time_point now();
};
struct tells_a_duration {
  duration now();
};
struct does_not_tell {
  void now();
};
struct wants_an_argument {
  time_point now(int);
};
static_assert(!ports::Clock<wall_clock>);
static_assert(!ports::Clock<tells_a_duration>);
static_assert(!ports::Clock<does_not_tell>);
static_assert(!ports::Clock<wants_an_argument>);
static_assert(!ports::Clock<int>);

}  // namespace

TEST_CASE("the smallest clock stands still, which is never backwards") {
  ports::archetypes::clock c;
  const auto before = c.now();
  CHECK(before <= c.now());
}
