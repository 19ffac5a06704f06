#include <foreshift/core/units.hpp>

#include <doctest/doctest.h>

using namespace foreshift;

TEST_CASE("resources add, subtract and scale amount by amount") {
  constexpr resources a{{1, 2, 3, 4}}, b{{10, 20, 30, 40}};
  static_assert(a + b == resources{{11, 22, 33, 44}});
  static_assert(b - a == resources{{9, 18, 27, 36}});
  static_assert(2 * a == resources{{2, 4, 6, 8}});
  static_assert(b[resource::network] == 30);
  resources c = a;
  c[resource::memory] = 7;
  CHECK(c == resources{{1, 7, 3, 4}});
}

TEST_CASE("a demand fits only when every amount does, and an exact fit is one") {
  const resources capacity{{1, 1, 1, 1}};
  for (unsigned above = 0; above < 16; ++above) {  // every set of resources that are asked too much of
    resources demand = capacity;
    for (unsigned i = 0; i < resource_count; ++i)
      if ((above >> i & 1U) != 0) demand.amount[i] = 1.5;
    CHECK(fits(demand, capacity) == (above == 0));
  }
}

TEST_CASE("every resource has its name") {
  CHECK(name_of(resource::cpu) == "cpu");
  CHECK(name_of(resource::memory) == "memory");
  CHECK(name_of(resource::network) == "network");
  CHECK(name_of(resource::io) == "io");
}
