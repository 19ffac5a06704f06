#include <foreshift/ports/cluster_inventory.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace foreshift;

TEST_CASE("a name's number is the head of its SHA-256, the same everywhere") {
  // printf web | sha256sum
  CHECK(ports::id_of_name("web") == 0x4b5e57f6eb2f42b9U);
  CHECK(ports::id_of_name("") == 0xe3b0c44298fc1c14U);  // FIPS 180-4, of the empty message
}

TEST_CASE("ten thousand names of one fleet keep apart") {
  std::set<std::uint64_t> numbers;
  for (int i = 0; i < 10'000; ++i) numbers.insert(ports::id_of_name("node-" + std::to_string(i)));
  CHECK(numbers.size() == 10'000);
  CHECK(!numbers.contains(0));
}
