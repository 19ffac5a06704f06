#include <foreshift/adapters/sqlite/database.hpp>

#include <support/scratch_directory.hpp>

#include <doctest/doctest.h>

#include <ostream>
#include <string>

using namespace foreshift;

TEST_CASE("what was bound comes back, bytes of no length too") {
  const scratch_directory place;
  sqlite::database d{(place.path() / "db").string()};
  REQUIRE(!d.error());
  REQUIRE(!d.run("CREATE TABLE t (n INTEGER PRIMARY KEY, b BLOB)"));
  auto add = d.prepare("INSERT INTO t VALUES (?, ?)");
  const std::string text = "text";
  REQUIRE(!add.with(std::uint64_t{1}, bytes_of(text)).run());
  REQUIRE(!add.with(std::uint64_t{2}, byte_span{}).run());
  REQUIRE(!add.with(~std::uint64_t{0}, bytes_of(text)).run());
  CHECK(add.with(std::uint64_t{1}, bytes_of(text)).run());     // there is one already
  REQUIRE(!add.with(std::uint64_t{3}, bytes_of(text)).run());  // and that was not held against it
  auto rows = d.prepare("SELECT n, b FROM t WHERE n > 0 ORDER BY n");
  REQUIRE(rows.with().step());
  CHECK(rows.number(0) == 1);
  CHECK(rows.bytes(1).size() == 4);
  REQUIRE(rows.step());
  CHECK(rows.bytes(1).empty());
  REQUIRE(rows.step());
  CHECK(!rows.step());
  CHECK(!rows.error());
  CHECK(d.number("SELECT count(*) FROM t") == 4);
  CHECK(d.number("SELECT n FROM t WHERE n < 0") == ~std::uint64_t{0});
  CHECK(!d.number("SELECT n FROM t WHERE n = 77"));
}

TEST_CASE("errors have SQLite's words") {
  const scratch_directory place;
  sqlite::database nowhere{(place.path() / "no" / "db").string()};
  CHECK(nowhere.error());
  CHECK(std::string{nowhere.error().category().name()} == "sqlite");
  CHECK(nowhere.run("SELECT 1"));
  sqlite::database d{(place.path() / "db").string()};
  CHECK(d.run("NONSENSE").message() == "SQL logic error");
  CHECK(sqlite::statement{}.run());
}
