#include <foreshift/consensus/ready.hpp>

#include <doctest/doctest.h>

#include <cstddef>

using namespace foreshift;
using namespace foreshift::consensus;

TEST_CASE("the order of duties is part of the type: persist, then send, then deliver") {
  const duties d;
  const auto place = [&](const auto& member) { return reinterpret_cast<const std::byte*>(&member); };
  CHECK(place(d.persist) < place(d.send));
  CHECK(place(d.send) < place(d.deliver));
  CHECK(d.empty());
}
