#pragma once
/// @file
/// What any model of FileSystem must do as long as nothing fails, for hosts to run on their own.
///
/// A harness owns one empty directory:
///     struct harness {
///       auto open();  // a FileSystem on it; opened again, it finds what the last one left
///     };
/// Call `file_system_contract<harness>()` inside a TEST_CASE. What survives a crash only a crash can show.

#include <foreshift/core/bytes.hpp>
#include <foreshift/ports/file_system.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace foreshift::contracts {

/// What a file holds from `offset` on, up to `size` bytes.
template <class File>
std::string read_text(File& f, std::uint64_t offset, std::size_t size) {
  byte_string into(size);
  const auto count = f.read(offset, into);
  REQUIRE(count.has_value());
  REQUIRE(*count <= size);
  return {reinterpret_cast<const char*>(into.data()), *count};
}

template <class Harness>
void file_system_contract() {
  Harness medium;
  auto files = medium.open();

  SUBCASE("a created file has its size, in zeros") {
    auto f = files.create("log", 5000);
    REQUIRE(f.has_value());
    CHECK(read_text(*f, 0, 6000) == std::string(5000, '\0'));
    CHECK(read_text(*f, 5000, 10).empty());
    CHECK(read_text(*f, 9000, 10).empty());
  }
  SUBCASE("what is written is read, by another handle and by another opening too") {
    auto f = files.create("log", 10);
    REQUIRE(f.has_value());
    REQUIRE(!f->write(2, bytes_of("abc")));
    CHECK(read_text(*f, 0, 10) == std::string("\0\0abc\0\0\0\0\0", 10));
    REQUIRE(!f->write(9, bytes_of("longer")));
    REQUIRE(!f->sync());
    REQUIRE(!files.sync_directory());
    auto other = files.open("log");
    REQUIRE(other.has_value());
    CHECK(read_text(*other, 9, 100) == "longer");
    auto moved = std::move(files);
    auto again = moved.open("log");
    REQUIRE(again.has_value());
    CHECK(read_text(*again, 2, 3) == "abc");
  }
  SUBCASE("to create takes the place of what has the name") {
    {
      auto f = files.create("log", 0);
      REQUIRE(f.has_value());
      REQUIRE(!f->write(0, bytes_of("something old")));
    }
    auto f = files.create("log", 4);
    REQUIRE(f.has_value());
    CHECK(read_text(*f, 0, 100) == std::string(4, '\0'));
  }
  SUBCASE("a rename takes the place of its target, and a removed name is gone") {
    for (const std::string_view name : {"a", "b"}) {
      auto f = files.create(name, 0);
      REQUIRE(f.has_value());
      REQUIRE(!f->write(0, bytes_of(name)));
    }
    REQUIRE(!files.rename("a", "b"));
    auto b = files.open("b");
    REQUIRE(b.has_value());
    CHECK(read_text(*b, 0, 10) == "a");
    CHECK(files.list().value() == std::vector<std::string>{"b"});
    REQUIRE(!files.remove("b"));
    CHECK(files.list().value().empty());
  }
  SUBCASE("the list has every name once") {
    for (const std::string_view name : {"x", "y.part", "z"}) REQUIRE(files.create(name, 1).has_value());
    auto names = files.list().value();
    std::sort(names.begin(), names.end());
    CHECK(names == std::vector<std::string>{"x", "y.part", "z"});
  }
  SUBCASE("a name that is not there is an error, and says so") {
    const auto f = files.open("nothing");
    REQUIRE(!f.has_value());
    CHECK(f.error() == std::errc::no_such_file_or_directory);
    CHECK(files.remove("nothing"));
    CHECK(files.rename("nothing", "something"));
  }
}

}  // namespace foreshift::contracts
