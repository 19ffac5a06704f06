#include <foreshift/adapters/prometheus/label_reader.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace foreshift::prometheus;

namespace {

using labels = std::vector<label_view>;

/// The labels, or the reason and the column where it is wrong.
struct outcome {
  labels read;
  std::string reason;
  std::ptrdiff_t at = 0;
};

struct session {
  explicit session(exposition_options options = {}) : reader(options) {}
  label_reader reader;
  outcome operator()(std::string_view line) {
    outcome out;
    reader.begin_line(line.size());
    line_cursor in{line};
    if (!reader.read(in, out.read))
      out.reason = reader.fault().reason, out.at = reader.fault().where - line.data();
    return out;
  }
};

}  // namespace

TEST_CASE("labels are read with their escapes undone, several in one line") {
  session read;
  CHECK(read("{}").read.empty());
  CHECK(read("{a=\"1\",b=\"\"}").read == labels{{"a", "1"}, {"b", ""}});
  CHECK(read(R"({a="x\\y",b="\"q\"",c="1\n2",d="\t\"})").reason.starts_with("the quote is never closed"));
  CHECK(read(R"({a="x\\y",b="\"q\"",c="1\n2",d="\t"})").read ==
        labels{{"a", "x\\y"}, {"b", "\"q\""}, {"c", "1\n2"}, {"d", "\\t"}});
}

TEST_CASE("the text format has blanks and a last comma, OpenMetrics has neither") {
  session text, openmetrics{{.format = exposition_format::openmetrics}};
  const auto* const loose = "{ a = \"1\" ,\tb=\"2\" , }";
  CHECK(text(loose).read == labels{{"a", "1"}, {"b", "2"}});
  CHECK(openmetrics(loose).at == 1);
  CHECK(openmetrics("{a=\"1\",}").at == 7);
  CHECK(openmetrics("{a=\"1\",b=\"2\"}").read.size() == 2);
  CHECK(text("{,}").at == 1);
  CHECK(text("{a=\"1\",,}").at == 7);
}

TEST_CASE("what is wrong is told with its place") {
  session read;
  CHECK(read("{1=\"\"}").reason.starts_with("a label's name begins with"));
  CHECK(read("{a}").reason == "= is missing after a label's name");
  CHECK(read("{a=1}").at == 3);
  CHECK(read("{a=\"1\" b=\"2\"}").reason.starts_with("neither , nor }"));
  CHECK(read("{a=\"1\"").reason == "the line ends within { }");
  CHECK(read("{a=\"1").at == 3);
  CHECK(read("{a=\"1\",a=\"2\"}").reason == "the label \"a\" is there twice");
  CHECK(read("{__name__=\"x\"}").at == 1);
}

TEST_CASE("values are UTF-8, also right after a backslash") {
  session read;
  CHECK(read("{a=\"caf\xC3\xA9\"}").read[0].value == "caf\xC3\xA9");
  CHECK(read("{a=\"\\\xC3\xA9\"}").read[0].value == "\\\xC3\xA9");
  CHECK(read("{a=\"\xC3\xA9\\\"\"}").read[0].value == "\xC3\xA9\"");
  CHECK(read("{a=\"\xC3\"}").reason == "not UTF-8");
  CHECK(read("{a=\"\\\xC3\"}").reason == "not UTF-8");
  CHECK(read("{a=\"12345678\xFF\"}").at == 4);
}

TEST_CASE("labels without end and names without end are refused") {
  session read{{.labels_max = 3, .name_bytes_max = 5}};
  CHECK(read("{a=\"\",b=\"\",c=\"\"}").read.size() == 3);
  CHECK(read("{a=\"\",b=\"\",c=\"\",d=\"\"}").reason == "more than 3 labels");
  CHECK(read("{abcde=\"\"}").read.size() == 1);
  CHECK(read("{abcdef=\"\"}").reason == "a name of more than 5 bytes");
}
