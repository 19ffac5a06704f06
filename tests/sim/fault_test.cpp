#include <foreshift/sim/fault.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string_view>

using namespace foreshift;
using sim::nemesis;

TEST_CASE("every class of faults has a name of its own") {
  std::set<std::string_view> names;
  for (const nemesis n : sim::every_nemesis()) names.insert(name_of(n));
  CHECK(names.size() == sim::nemesis_count);
  CHECK(name_of(nemesis::drop) == "drop");
  CHECK(name_of(nemesis::torn_write) == "torn_write");
  CHECK(name_of(nemesis::wipe) == "wipe");
  CHECK(name_of(nemesis::departure) == "departure");
  CHECK(name_of(sim::fault_kind::wipe) == "wipe");
  CHECK(name_of(sim::fault_kind::power_loss) == "power_loss");
}

TEST_CASE("a set of classes holds what was put in, and all is all") {
  sim::nemesis_set some;
  CHECK(some.empty());
  some.insert(nemesis::crash).insert(nemesis::wipe);
  CHECK(some.has(nemesis::wipe));
  CHECK_FALSE(some.has(nemesis::drop));
  some.erase(nemesis::wipe);
  CHECK_FALSE(some.has(nemesis::wipe));
  sim::nemesis_set one_by_one;
  for (const nemesis n : sim::every_nemesis()) one_by_one.insert(n);
  CHECK(one_by_one == sim::nemesis_set::all());
}
