#include <foreshift/core/random.hpp>
#include <foreshift/telemetry/csv.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace foreshift;
using namespace foreshift::telemetry;
using namespace std::string_literals;

namespace {

using table = std::vector<std::vector<std::string>>;

/// All records, or what is wrong in one line.
struct outcome {
  table records;
  std::vector<std::size_t> lines;
  std::string error;
};

outcome read(std::string_view text, csv_options options = {}) {
  outcome out;
  csv_reader reader{text, "t.csv", options};
  while (reader.next()) {
    out.records.emplace_back(reader.fields().begin(), reader.fields().end());
    out.lines.push_back(reader.line());
  }
  if (reader.error()) out.error = to_string(*reader.error());
  return out;
}

}  // namespace

TEST_CASE("fields and records are split, whatever ends the last line") {
  const table expected = {{"a", "b", ""}, {"1", "", "3"}};
  CHECK(read("a,b,\n1,,3").records == expected);
  CHECK(read("a,b,\n1,,3\n").records == expected);
  CHECK(read("a,b,\r\n1,,3\r\n").records == expected);
  CHECK(read("\xEF\xBB\xBF"s + "a,b,\n1,,3").records == expected);
  CHECK(read("x,").records == table{{"x", ""}});
}

TEST_CASE("quoted fields hold separators, quotes and line ends") {
  const auto out = read("\"a,b\",\"say \"\"hi\"\"\"\n\"two\r\nlines\",x\nlast,\"\"\n");
  CHECK(out.error.empty());
  CHECK(out.records == table{{"a,b", "say \"hi\""}, {"two\r\nlines", "x"}, {"last", ""}});
  CHECK(out.lines == std::vector<std::size_t>{1, 2, 4});
}

TEST_CASE("many fields with doubled quotes in one record stay apart") {
  std::string text;
  for (int i = 0; i < 100; ++i) text += (i > 0 ? ",\"\"\"" : "\"\"\"") + std::to_string(i) + "\"\"\"";
  const auto out = read(text);
  REQUIRE(out.records.size() == 1);
  for (std::size_t i = 0; i < 100; ++i) CHECK(out.records[0][i] == "\"" + std::to_string(i) + "\"");
}

TEST_CASE("empty lines are skipped and still counted") {
  const auto out = read("\n\r\na\n\n\"\"\n");
  CHECK(out.records == table{{"a"}, {""}});
  CHECK(out.lines == std::vector<std::size_t>{3, 5});
  CHECK(read("").records.empty());
}

TEST_CASE("what is malformed is refused with its line, after all that came before") {
  const auto out = read("ok\na\"b\n");
  CHECK(out.records == table{{"ok"}});
  CHECK(out.error == "t.csv:2: field 1: a quote inside a field that does not begin with one");
  CHECK(read("\n\"open").error == "t.csv:2: field 1: a quoted field is never closed");
  CHECK(read("x,\"open\n\n\n").error == "t.csv:1: field 2: a quoted field is never closed");
  CHECK(read("\"a\"b").error == "t.csv:1: field 1: text after the closing quote of a field");
  CHECK(read("a\rb").error == "t.csv:1: field 1: a carriage return that ends no line");
  CHECK(read("\"a\"\rb").error == "t.csv:1: field 1: text after the closing quote of a field");
  CHECK(read("a\0b"s).error == "t.csv:1: field 1: a zero byte");
  CHECK(read("a,\"\0\""s).error == "t.csv:1: field 2: a zero byte");
}

TEST_CASE("a record may have its longest length and not a byte more") {
  for (const bool quoted : {false, true}) {
    const std::string body = quoted ? "\"abcdef\"" : "abc,efgh";
    CHECK(read(body, {.record_bytes_max = 8}).error.empty());
    CHECK(read(body + "\n", {.record_bytes_max = 8}).error.empty());
    CHECK(read(body, {.record_bytes_max = 7}).error.find("a record of more than 7 bytes") !=
          std::string::npos);
  }
  CHECK(read(std::string(1 << 20, ','), {.record_bytes_max = 100}).records.empty());
  CHECK(read(std::string(1 << 20, '\n'), {.record_bytes_max = 100}).error.empty());
}

TEST_CASE("after an error the reader stays at the end") {
  csv_reader reader{"a\"\nb\n", "t.csv"};
  CHECK_FALSE(reader.next());
  CHECK_FALSE(reader.next());
  CHECK(reader.fields().empty());
}

TEST_CASE("what is written with csv_field is read back") {
  random_stream random{41};
  for (int round = 0; round < 500; ++round) {
    table wanted(1 + random.below(4));
    std::string text;
    for (auto& record : wanted) {
      record.resize(2 + random.below(4));
      for (std::size_t i = 0; i < record.size(); ++i) {
        for (auto n = random.below(6); n > 0; --n) record[i] += "ab,;\"\r\n "[random.below(8)];
        text += (i > 0 ? "," : "") + csv_field(record[i]);
      }
      text += random.chance(0.5) ? "\n" : "\r\n";
    }
    const auto out = read(text);
    CHECK(out.error.empty());
    CHECK(out.records == wanted);
  }
}

TEST_CASE("a number is finite, decimal and alone in its field") {
  CHECK(parse_csv_number("12.5") == 12.5);
  CHECK(parse_csv_number(" -3e2\t") == -300.0);
  CHECK(parse_csv_number("1e300") == 1e300);
  for (const std::string_view text :
       {"", " ", "abc", "1 2", "1,5", "0x10", "nan", "inf", "-inf", "1e400", "--1", "1.x"})
    CHECK_FALSE(parse_csv_number(text));
  CHECK(is_blank(" \t"));
  CHECK_FALSE(is_blank(" 0"));
}
