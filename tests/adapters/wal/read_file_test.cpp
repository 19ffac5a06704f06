#include <foreshift/adapters/wal/read_file.hpp>
#include <foreshift/sim/file_system.hpp>

#include <doctest/doctest.h>

#include <ostream>

using namespace foreshift;

TEST_CASE("a file of any length is read as a whole, and one that is not there is an error") {
  sim::volume v;
  sim::file_system files{v};
  for (const std::size_t size : {0U, 1U, 4095U, 4096U, 4097U, 12288U, 5'000'000U}) {
    byte_string bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 7 % 251);
    auto f = files.create("file", 0);
    REQUIRE(f.has_value());
    REQUIRE(!f->write(0, bytes));
    const auto got = wal::read_file(files, "file");
    REQUIRE(got.has_value());
    CHECK((*got == bytes));
  }
  CHECK(wal::read_file(files, "nothing").error() == std::errc::no_such_file_or_directory);
}
