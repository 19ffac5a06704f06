#include <foreshift/adapters/prometheus/line_cursor.hpp>

#include <doctest/doctest.h>

using foreshift::prometheus::line_cursor;

TEST_CASE("a cursor takes words and blanks and stays within its line") {
  line_cursor in{"ab \t c"};
  CHECK(in.take_word() == "ab");
  CHECK(in.at_blank());
  CHECK(!in.take('b'));
  in.skip_blanks();
  CHECK(in.rest() == "c");
  CHECK(in.take('c'));
  CHECK(in.done());
  CHECK(!in.at('c'));
  CHECK(!in.take('c'));
  CHECK(in.take_word().empty());
  in.skip_blanks();
  CHECK(in.rest().empty());
}

TEST_CASE("a copy keeps the place") {
  line_cursor in{"abc"};
  const line_cursor before = in;
  CHECK(in.take_bytes(2) == "ab");
  CHECK(before.rest() == "abc");
}
