#include <foreshift/ports/archetypes.hpp>
#include <foreshift/ports/clock.hpp>

#include <doctest/doctest.h>

#include <contracts/clock_contract.hpp>

#include <chrono>
#include <thread>

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

struct archetype {
  ports::archetypes::clock it;
  auto& clock() { return it; }
};

/// As a host may write it.
struct steady_clock {
  time_point now() const {
    return time_point{
        std::chrono::duration_cast<duration>(std::chrono::steady_clock::now().time_since_epoch())};
  }
};
struct real_time {
  steady_clock it;
  auto& clock() { return it; }
  static void pass(duration least) { std::this_thread::sleep_for(least); }
  static time_point reference() { return steady_clock{}.now(); }
};

}  // namespace

TEST_CASE("the smallest clock stands still, which is never backwards") {
  ports::archetypes::clock c;
  const auto before = c.now();
  CHECK(before <= c.now());
}
TEST_CASE("the smallest clock does what a clock must") { contracts::clock_contract<archetype>(); }
TEST_CASE("the steady clock of the standard library does what a clock must") {
  contracts::clock_contract<real_time>();
}
