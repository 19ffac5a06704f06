#include <foreshift/telemetry/series_csv.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

using namespace foreshift;
using namespace foreshift::telemetry;

namespace {

std::string complaint(std::string_view text, bool header = false) {
  const auto parsed = parse_series_rows(text, "s.csv", {.header = header});
  return parsed ? "" : to_string(parsed.error());
}

}  // namespace

TEST_CASE("each row is a series; rows may end early, and empty cells at their end are no values") {
  const auto rows = parse_series_rows("a,1,2.5,-3\nb,4\n\nc,5,,6,,\r\nd,,\n", "s.csv");
  REQUIRE(rows);
  REQUIRE(rows->size() == 4);
  CHECK((*rows)[0].name == "a");
  CHECK((*rows)[0].line == 1);
  CHECK((*rows)[0].values == std::vector<double>{1, 2.5, -3});
  CHECK((*rows)[1].values == std::vector<double>{4});
  CHECK((*rows)[2].line == 4);
  REQUIRE((*rows)[2].values.size() == 3);
  CHECK(std::isnan((*rows)[2].values[1]));
  CHECK((*rows)[2].values[2] == 6);
  CHECK((*rows)[3].values.empty());
}

TEST_CASE("a header names the columns, quoted or not, and bounds the rows") {
  for (const std::string head : {"V1,V2,V3", "\"V1\",\"V2\",\"V3\"", "id,0,1", "id,1,2", "id,,"}) {
    CAPTURE(head);
    const auto rows = parse_series_rows("\xEF\xBB\xBF" + head + "\r\n\"H1\",\"605\",\"586\"\r\nH2,7\r\n",
                                        "s.csv", {.header = true});
    REQUIRE(rows);
    REQUIRE(rows->size() == 2);
    CHECK((*rows)[0].name == "H1");
    CHECK((*rows)[0].values == std::vector<double>{605, 586});
    CHECK((*rows)[1].values == std::vector<double>{7});
  }
  CHECK(complaint("id,v0\na,1,2\n", true) == "s.csv:2: 3 cells under a header of 2");
}

TEST_CASE("no rows are fine, with a header and without") {
  CHECK(parse_series_rows("", "s.csv")->empty());
  CHECK(parse_series_rows("id,v0\n", "s.csv", {.header = true})->empty());
}

TEST_CASE("what is wrong is said with its line and cell") {
  CHECK(complaint("a,1,x,3\n") == "s.csv:1: value 2: not a finite number: \"x\"");
  CHECK(complaint("a,1\nb,inf\n") == "s.csv:2: value 1: not a finite number: \"inf\"");
  CHECK(complaint("a,nan\n") == "s.csv:1: value 1: not a finite number: \"nan\"");
  CHECK(complaint("a,1\nb,2\na,3\n") == "s.csv:3: name: \"a\" stands on line 1 already");
  CHECK(complaint(",1\n") == "s.csv:1: name: empty");
  CHECK(complaint("a\n") == "s.csv:1: a name without values: \"a\"");
  CHECK(complaint("a,1\nb,\"2\n") == "s.csv:2: field 2: a quoted field is never closed");
  CHECK(complaint("H1,605,586,559\n", true) ==
        "s.csv:1: a header line is wanted here, and this one holds values");
}
