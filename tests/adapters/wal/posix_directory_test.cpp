#include <foreshift/adapters/wal/posix_directory.hpp>

#include <contracts/file_system_contract.hpp>
#include <support/scratch_directory.hpp>

#include <doctest/doctest.h>

#include <ostream>
#include <string>

using namespace foreshift;

namespace {

struct harness {
  scratch_directory place;
  auto open() {
    auto files = wal::posix_directory::at(place.path().string());
    REQUIRE(files.has_value());
    return std::move(*files);
  }
};

}  // namespace

TEST_CASE("a directory of the system keeps the contract of a file system") {
  contracts::file_system_contract<harness>();
}

TEST_CASE("a directory belongs to one owner at a time") {
  const scratch_directory place;
  const auto path = (place.path() / "log").string();
  {
    auto first = wal::posix_directory::at(path);  // which makes it
    REQUIRE(first.has_value());
    CHECK(wal::posix_directory::at(path).error() == std::errc::device_or_resource_busy);
    auto moved = std::move(*first);
    CHECK(!wal::posix_directory::at(path).has_value());
  }
  CHECK(wal::posix_directory::at(path + "/").has_value());
}

TEST_CASE("a directory that cannot be made or opened is an error") {
  const scratch_directory place;
  CHECK(wal::posix_directory::at((place.path() / "no" / "parent").string()).error() ==
        std::errc::no_such_file_or_directory);
  auto files = wal::posix_directory::at(place.path().string());
  REQUIRE(files.has_value());
  REQUIRE(files->create("file", 0).has_value());
  CHECK(wal::posix_directory::at((place.path() / "file").string()).error() == std::errc::not_a_directory);
}
