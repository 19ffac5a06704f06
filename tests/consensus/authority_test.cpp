#include <foreshift/consensus/authority.hpp>

#include <doctest/doctest.h>

#include <set>

using namespace foreshift;
using namespace foreshift::consensus;

TEST_CASE("tokens grow with the log, within a batch too, and the default is below all of them") {
  CHECK(fence_token{slot{2}, 0} > fence_token{slot{1}, 9});
  CHECK(fence_token{slot{2}, 1} > fence_token{slot{2}, 0});
  CHECK(fence_token{} < fence_token{slot{0}, 1});  // the first grant of a genesis
}

TEST_CASE("migrations minted at different positions or for different moves never share an id") {
  std::set<std::uint64_t> ids;
  for (std::uint64_t at : {1U, 2U, 1U << 20})
    for (std::uint32_t index : {0U, 1U, 1023U})
      for (std::uint64_t move : {0U, 1U, 1023U}) ids.insert(mint_migration({slot{at}, index}, move).value);
  CHECK(ids.size() == 27);
  CHECK_FALSE(ids.contains(0));  // zero means: no migration
}
