#include <foreshift/adapters/prometheus/exposition_reader.hpp>
#include <foreshift/core/random.hpp>

#include <adapters/prometheus/slow_exposition.hpp>
#include <support/shell.hpp>

#include <unistd.h>

#include <doctest/doctest.h>

#include <bit>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace foreshift;
using namespace foreshift::prometheus;
using std::chrono::floor, std::chrono::microseconds, std::chrono::milliseconds, std::chrono::seconds;

namespace {

constexpr exposition_options openmetrics{.format = exposition_format::openmetrics};

/// What is wrong with a text; empty: nothing.
std::string wrong(std::string_view text, exposition_options options = {}) {
  exposition_reader reader{text, "t", options};
  while (reader.next() != exposition_item::end) {
  }
  return reader.error() ? to_string(*reader.error()) : "";
}

/// The only sample of a text, with its name and value as text.
std::string only(std::string_view text, exposition_options options = {}) {
  exposition_reader reader{text, "t", options};
  if (!reader.next_sample()) return reader.error() ? to_string(*reader.error()) : "none";
  std::string out{reader.sample().name};
  for (const auto& l : reader.sample().labels) out += "|" + std::string{l.name} + "=" + std::string{l.value};
  out += " ";
  append_value(out, reader.sample().value);
  if (reader.sample().at)
    out += " " + std::to_string(floor<microseconds>(reader.sample().at->time_since_epoch()).count());
  if (reader.next_sample()) return "more than one";
  return reader.error() ? to_string(*reader.error()) : out;
}

}  // namespace

TEST_CASE("samples are read with labels, value and time") {
  CHECK(only("up 1\n") == "up 1");
  CHECK(only("up{a=\"1\",b=\"x\"} 2.5 1395066363000\n") == "up|a=1|b=x 2.5 1395066363000000");
  CHECK(only("\t up { a = \"1\" , } 2 -5 \r\n") == "up|a=1 2 -5000");
  CHECK(only("up{}3\n") == "up 3");
  CHECK(only("up{a=\"1\"} NaN\n") == "up|a=1 NaN");
  CHECK(only("up 1\n\n  \n# nothing\n#TYPE\n") == "up 1");
  CHECK(only("up -Inf 1520879607.789\n# EOF\n", openmetrics) == "up -Inf 1520879607789000");
  CHECK(only("up 1\n# EOF", openmetrics) == "up 1");
}

TEST_CASE("the example of the text format's documentation is read as it says") {
  // https://prometheus.io/docs/instrumenting/exposition_formats/, "Text format example"
  const std::string text =
      "# HELP http_requests_total The total number of HTTP requests.\n"
      "# TYPE http_requests_total counter\n"
      "http_requests_total{method=\"post\",code=\"200\"} 1027 1395066363000\n"
      "http_requests_total{method=\"post\",code=\"400\"}    3 1395066363000\n"
      "\n"
      "# Escaping in label values:\n"
      "msdos_file_access_time_seconds{path=\"C:\\\\DIR\\\\FILE.TXT\",error=\"Cannot find "
      "file:\\n\\\"FILE.TXT\\\"\"} 1.458255915e9\n"
      "\n"
      "# Minimalistic line:\n"
      "metric_without_timestamp_and_labels 12.47\n"
      "\n"
      "# A weird metric from before the epoch:\n"
      "something_weird{problem=\"division by zero\"} +Inf -3982045\n"
      "\n"
      "# A histogram, which has a pretty complex representation in the text format:\n"
      "# HELP http_request_duration_seconds A histogram of the request duration.\n"
      "# TYPE http_request_duration_seconds histogram\n"
      "http_request_duration_seconds_bucket{le=\"0.05\"} 24054\n"
      "http_request_duration_seconds_bucket{le=\"+Inf\"} 144320\n"
      "http_request_duration_seconds_sum 53423\n"
      "http_request_duration_seconds_count 144320\n";
  exposition_reader reader{text, "t"};
  REQUIRE(reader.next() == exposition_item::help);
  CHECK(reader.about() == "http_requests_total");
  CHECK(reader.text() == "The total number of HTTP requests.");
  REQUIRE(reader.next() == exposition_item::type);
  CHECK(reader.family().type == metric_type::counter);
  REQUIRE(reader.next() == exposition_item::sample);
  CHECK(reader.sample_type() == metric_type::counter);
  CHECK(reader.sample().series == "http_requests_total{method=\"post\",code=\"200\"}");
  CHECK(reader.line() == 3);
  REQUIRE(reader.next_sample());
  CHECK(reader.sample().value == 3);
  REQUIRE(reader.next_sample());
  CHECK(reader.sample().label("path") == "C:\\DIR\\FILE.TXT");
  CHECK(reader.sample().label("error") == "Cannot find file:\n\"FILE.TXT\"");
  CHECK(reader.sample().value == 1458255915);
  CHECK(reader.sample_type() == metric_type::unknown);
  REQUIRE(reader.next_sample());
  REQUIRE(reader.next_sample());
  CHECK(reader.sample().at == time_point{milliseconds{-3982045}});
  for (int left = 4; left > 0; --left) {
    REQUIRE(reader.next_sample());
    CHECK(reader.sample_type() == metric_type::histogram);
  }
  CHECK(!reader.next_sample());
  CHECK(!reader.next_sample());
  CHECK(!reader.error());
}

TEST_CASE("OpenMetrics has units, exemplars and a mark at the end") {
  // The first lines are from the OpenMetrics 1.0 specification, "Exemplars".
  const std::string text =
      "# TYPE foo histogram\n"
      "# UNIT foo_seconds seconds\n"
      "# HELP foo \\\"quoted\\\"\\n\n"
      "foo_bucket{le=\"0.1\"} 8 # {} 0.054\n"
      "foo_bucket{le=\"1\"} 11 # {trace_id=\"KOO5S4vxi0o\"} 0.67\n"
      "foo_bucket{le=\"10\"} 17 1 # {trace_id=\"oHg5SJYRHA0\"} 9.8 1520879607.789\n"
      "# EOF\n";
  exposition_reader reader{text, "t", openmetrics};
  REQUIRE(reader.next() == exposition_item::type);
  REQUIRE(reader.next() == exposition_item::unit);
  CHECK(reader.text() == "seconds");
  REQUIRE(reader.next() == exposition_item::help);
  CHECK(reader.text() == "\"quoted\"\n");
  REQUIRE(reader.next_sample());
  REQUIRE(reader.sample().exemplar);
  CHECK(reader.sample().exemplar->labels.empty());
  CHECK(reader.sample().exemplar->value == 0.054);
  CHECK(!reader.sample().exemplar->at);
  REQUIRE(reader.next_sample());
  CHECK(reader.sample().exemplar->labels[0] == label_view{"trace_id", "KOO5S4vxi0o"});
  REQUIRE(reader.next_sample());
  CHECK(reader.sample().labels[0].value == "10");
  CHECK(reader.sample().exemplar->at == time_point{milliseconds{1520879607789}});
  CHECK(reader.sample().at == time_point{seconds{1}});
  CHECK(reader.next() == exposition_item::end);
  CHECK(!reader.error());
}

TEST_CASE("what is wrong is told with line, column and reason") {
  CHECK(wrong("a 1\nb{c=\"d\" 1\n") == "t:2: column 9: neither , nor } but \"1\"");
  CHECK(wrong("a-b 1\n") == "t:1: column 2: a name has letters, digits, _ and :, not \"-b 1\"");
  CHECK(wrong("1a 1\n").starts_with("t:1: column 1: a metric's name begins with"));
  CHECK(wrong("a\n") == "t:1: column 2: a value is missing");
  CHECK(wrong("a 1 2 3\n") == "t:1: column 7: text after the sample: \"3\"");
  CHECK(wrong("a one\n") == "t:1: column 3: not a number: \"one\"");
  CHECK(wrong("a 1 1.5\n") == "t:1: column 5: not a time in milliseconds: \"1.5\"");
  CHECK(wrong("a 1 soon\n# EOF\n", openmetrics) == "t:1: column 5: not a time in seconds: \"soon\"");
  CHECK(wrong("# TYPE a meter\n").starts_with("t:1: column 10: not a type: \"meter\""));
  CHECK(wrong("# HELP\n") == "t:1: column 7: a metric's name is missing");
  CHECK(wrong("# HELP a \xFF\n") == "t:1: column 10: not UTF-8");
  CHECK(wrong("a 1 # {} 1\n").starts_with("t:1: column 5: text after the sample"));
}

TEST_CASE("OpenMetrics takes no more blanks and comments than it has") {
  for (const auto* line : {"a  1", " a 1", "a 1 ", "a\t1", "a{} ", "a {} 1", "a{}1", "# TYPE  a gauge",
                           "#TYPE a gauge", "# remark", "", "a 1 1 ", "a 1 # {}", "a 1 #{} 1", "a 1 # {}1",
                           "a 1 # {} 1 1 1", "a 1 # {} 1 # {} 1"})
    CHECK_MESSAGE(wrong(std::string{line} + "\n# EOF\n", openmetrics).starts_with("t:1:"), line);
}

TEST_CASE("a text that was cut is refused, and so is one that goes on after its end") {
  CHECK(wrong("a 1\na 12") == "t:2: column 5: the last line has no end: the text has been cut");
  CHECK(wrong("a 1\n", openmetrics) == "t:2: column 1: the text ends without \"# EOF\": it has been cut");
  CHECK(wrong("", openmetrics).starts_with("t:1: column 1:"));
  CHECK(wrong("") == "");
  CHECK(wrong("# EOF\na 1\n", openmetrics).ends_with("text after \"# EOF\""));
  CHECK(wrong("# EO", openmetrics).ends_with("the text has been cut"));
}

TEST_CASE("a hostile text is bounded in every direction") {
  const exposition_options small{.line_bytes_max = 100, .labels_max = 2, .name_bytes_max = 8};
  CHECK(wrong(std::string(1'000'000, 'a'), small) == "t:1: column 1: a line of more than 100 bytes");
  CHECK(wrong("a " + std::string(98, '1') + "\n", small).empty());
  CHECK(wrong("a " + std::string(99, '1') + "\n", small) == "t:1: column 1: a line of more than 100 bytes");
  CHECK(wrong("abcdefghi 1\n", small) == "t:1: column 1: a name of more than 8 bytes");
  CHECK(wrong("a{b=\"\",c=\"\",d=\"\"} 1\n", small) == "t:1: column 13: more than 2 labels");
  CHECK(wrong("# TYPE abcdefghi gauge\n", small) == "t:1: column 8: a name of more than 8 bytes");
  CHECK(wrong(std::string_view{"a\0 1\n", 5}).starts_with("t:1: column 2:"));
  CHECK(wrong("a 1 9223372036854775807\n").starts_with("t:1: column 5:"));
  CHECK(wrong("a 1 1e300\n# EOF\n", openmetrics).starts_with("t:1: column 5:"));
  CHECK(wrong("a 1 NaN\n# EOF\n", openmetrics).starts_with("t:1: column 5:"));
  CHECK(wrong(std::string(1'000'000, '\n')).empty());
  CHECK(wrong("a{b=\"" + std::string(60'000, '\\') + "\"} 1\n").empty());
  CHECK(wrong("a{b=\"" + std::string(60'001, '\\') + "\"} 1\n") ==
        "t:1: column 5: the quote is never closed");
}

TEST_CASE("fast and slow readers agree on every text near a good one") {
  const std::vector<std::string> seeds = {"a_b:c{d=\"e\",f=\"g h\"} 1.5e3 123\n",
                                          "# TYPE a counter\na_total 1\n",
                                          "# HELP a x\\ny\n  # z\n\t\n",
                                          "a{ b = \"\\\\\\\"\\n\\q\" , } +Inf\r\n",
                                          "a{b=\"\xC3\xA9\"} NaN -1\n# EOF\n",
                                          "# UNIT a_s s\na 1 # {t=\"x\"} 2 3\n# EOF\n",
                                          "a{b=\"1\",c=\"2\"} 4 5.25 # {} 0.1\n# EOF\n",
                                          "a 1\n# EOF\n",
                                          "# TYPE a stateset\na{a=\"on\"} 1\n# EOF"};
  const std::string_view pieces[] = {
      " ", "\t",   "\"",   "\\", "{", "}", ",",  "=",  "#",   "\n", "\r\n",    "1",     "e",     "-",
      ".", "\xC3", "\xA9", "a",  "_", ":", "# ", "{}", "nan", "\0", "# EOF\n", "TYPE ", "1e400", "__name__"};
  random_stream random{4};
  std::size_t good = 0;
  for (int i = 0; i < 6'000; ++i) {
    std::string text = seeds[random.below(seeds.size())];
    if (random.chance(0.3)) text += seeds[random.below(seeds.size())];
    for (auto edits = random.below(4); edits > 0; --edits) {
      const auto at = random.below(text.size() + 1);
      if (random.chance(0.5))
        text.insert(at, pieces[random.below(std::size(pieces))]);
      else
        text.erase(at, 1 + random.below(3));
    }
    for (const bool strict : {false, true}) {
      INFO(strict, " ", text);
      const auto expected = slow::read(text, strict);
      exposition_reader reader{text, "t", strict ? openmetrics : exposition_options{}};
      std::size_t samples = 0, described = 0;
      for (auto item = reader.next(); item != exposition_item::end; item = reader.next()) {
        if (item != exposition_item::sample) {
          ++described;
          continue;
        }
        REQUIRE(samples < expected.samples.size());
        const auto& want = expected.samples[samples++];
        const auto& got = reader.sample();
        const auto same = [](const std::map<std::string, std::string>& l, std::span<const label_view> r) {
          bool all = l.size() == r.size();
          for (const auto& one : r)
            all = all && l.contains(std::string{one.name}) && l.at(std::string{one.name}) == one.value;
          return all;
        };
        const auto same_point = [](const slow::point& l, double value, std::optional<time_point> at) {
          const bool number = l.value == value || (std::isnan(l.value) && std::isnan(value));
          return number && l.at_us.has_value() == at.has_value() &&
                 (!at || floor<microseconds>(at->time_since_epoch()).count() == *l.at_us);
        };
        CHECK(got.name == want.name);
        CHECK(same(want.labels, got.labels));
        CHECK(same_point(want, got.value, got.at));
        REQUIRE(got.exemplar.has_value() == want.exemplar.has_value());
        if (got.exemplar) {
          CHECK(same(*want.exemplar, got.exemplar->labels));
          CHECK(same_point(want.exemplar_value, got.exemplar->value, got.exemplar->at));
        }
      }
      REQUIRE(reader.error().has_value() == (expected.wrong_line != 0));
      if (reader.error())
        CHECK(reader.line() == expected.wrong_line);
      else
        CHECK(described == expected.described);
      CHECK(samples == expected.samples.size());
      good += !reader.error();
    }
  }
  CHECK(good > 2'000);  // or the edits were too wild to say anything
}

TEST_SUITE("system" * doctest::skip()) {
  TEST_CASE("a real node_exporter is read to its last sample, as the slow reader reads it") {
    if (!have_program("prometheus-node-exporter") || !have_program("curl")) return;
    const std::string address = "127.0.0.1:" + std::to_string(20'000 + ::getpid() % 10'000);
    const auto page = run_shell("prometheus-node-exporter --web.listen-address=" + address +
                                " >/dev/null 2>&1 & daemon=$!\n"
                                "curl -s --retry 30 --retry-connrefused --retry-delay 1 http://" +
                                address + "/metrics; kill $daemon");
    REQUIRE(page.output.size() > 10'000);
    const auto expected = slow::read(page.output, false);
    CHECK(expected.wrong_line == 0);
    exposition_reader reader{page.output, "node_exporter"};
    std::size_t samples = 0, counters = 0;
    while (reader.next_sample()) {
      REQUIRE(samples < expected.samples.size());
      CHECK(reader.sample().name == expected.samples[samples].name);
      CHECK(reader.sample().labels.size() == expected.samples[samples].labels.size());
      counters += reader.sample_type() == metric_type::counter ? 1 : 0;
      ++samples;
    }
    CHECK(!reader.error());
    CHECK(samples == expected.samples.size());
    CHECK(samples > 300);
    CHECK(counters > 50);
  }
}
