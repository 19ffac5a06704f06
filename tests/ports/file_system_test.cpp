#include <foreshift/ports/archetypes.hpp>
#include <foreshift/ports/file_system.hpp>

#include <doctest/doctest.h>

#include <ostream>

using namespace foreshift;

namespace {

using ports::archetypes::file_system;

struct reads_cannot_fail : file_system::file {
  std::size_t read(std::uint64_t, std::span<std::byte>);
};
struct writes_without_a_place {
  result<std::size_t, std::error_code> read(std::uint64_t, std::span<std::byte>);
  std::error_code write(byte_span);
  std::error_code sync();
};
struct file_sync_cannot_fail : file_system::file {
  void sync();
};
static_assert(ports::File<file_system::file>);
static_assert(!ports::File<reads_cannot_fail>);
static_assert(!ports::File<writes_without_a_place>);
static_assert(!ports::File<file_sync_cannot_fail>);

struct holds_no_files : file_system {
  using file = reads_cannot_fail;
};
struct forgets_the_directory : file_system {
  void sync_directory();
};
struct creates_without_a_size : file_system {
  result<file, std::error_code> create(std::string_view);
};
struct renames_by_one_name : file_system {
  std::error_code rename(std::string_view);
};
struct cannot_move : file_system {
  cannot_move(cannot_move&&) = delete;
};
static_assert(!ports::FileSystem<holds_no_files>);
static_assert(!ports::FileSystem<forgets_the_directory>);
static_assert(!ports::FileSystem<creates_without_a_size>);
static_assert(!ports::FileSystem<renames_by_one_name>);
static_assert(!ports::FileSystem<cannot_move>);

}  // namespace

TEST_CASE("the smallest file system holds nothing and refuses what it could not keep") {
  file_system s;
  CHECK(!s.create("log", 512));
  REQUIRE(!s.open("log"));
  CHECK(s.open("log").error() == std::errc::no_such_file_or_directory);
  CHECK(s.rename("log", "old"));
  CHECK(s.remove("log"));
  CHECK(s.list()->empty());
  CHECK(!s.sync_directory());
  file_system::file f;
  CHECK(f.write(0, bytes_of("text")));
  CHECK(f.read(0, {}).value() == 0);
  CHECK(!f.sync());
}
