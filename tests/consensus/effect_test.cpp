#include <foreshift/consensus/effect.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace foreshift;
using namespace foreshift::consensus;

TEST_CASE("every refusal has a name of its own, and it is one word") {
  std::set<std::string> names;
  const auto last = static_cast<std::size_t>(last_of(refusal{}));
  for (std::size_t i = 0; i <= last; ++i) names.insert(std::string{name_of(static_cast<refusal>(i))});
  CHECK(names.size() == last + 1);
  for (const auto& name : names)
    CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string::npos);
}
