#include <foreshift/placement/proposal.hpp>

#include <doctest/doctest.h>

#include <string_view>
#include <vector>

using namespace foreshift::placement;

TEST_CASE("every rejection has a name of its own") {
  std::vector<std::string_view> names;
  for (int r = 0; r <= static_cast<int>(last_of(rejection{})); ++r) {
    for (const auto other : names) CHECK(name_of(static_cast<rejection>(r)) != other);
    names.push_back(name_of(static_cast<rejection>(r)));
  }
  CHECK(names.front() == "no_room");
  CHECK(names.back() == "place_taken");
}

TEST_CASE("proposals are equal when everything in them is") {
  proposal a, b;
  CHECK(a == b);
  b.what = scale{{}, 2};
  CHECK(a != b);
}
