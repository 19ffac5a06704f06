#include <foreshift/sim/file_system.hpp>

#include <contracts/file_system_contract.hpp>

#include <doctest/doctest.h>

#include <memory>

using namespace foreshift;

namespace {

struct harness {
  std::unique_ptr<sim::volume> medium = std::make_unique<sim::volume>();
  auto open() { return sim::file_system{*medium}; }
};

}  // namespace

TEST_CASE("the simulated files keep the contract of a file system") {
  contracts::file_system_contract<harness>();
}

TEST_CASE("an open file stays what it was when its name is taken over by another") {
  sim::volume v;
  sim::file_system files{v};
  auto old = files.create("log", 0);
  REQUIRE(old.has_value());
  REQUIRE(!old->write(0, bytes_of("old")));
  auto fresh = files.create("log", 0);
  REQUIRE(fresh.has_value());
  REQUIRE(!fresh->write(0, bytes_of("fresh")));
  byte_string got(8);
  CHECK(old->read(0, got).value() == 3);
  CHECK(v.content("log").size() == 5);
}
