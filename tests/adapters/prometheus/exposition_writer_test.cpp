#include <foreshift/adapters/prometheus/exposition_reader.hpp>
#include <foreshift/adapters/prometheus/exposition_writer.hpp>
#include <foreshift/core/random.hpp>

#include <core/dies.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <vector>

using namespace foreshift;
using namespace foreshift::prometheus;
using test::dies;

namespace {

void write_some(exposition_writer& out) {
  out.family({"fs_moves", metric_type::counter, "", "Moves \"so far\", a\\b\nand on."});
  out.sample({{"site", "a\"b\\c\nd"}}, 3);
  out.sample({}, 0.5);
  out.family({"fs_wait_seconds", metric_type::summary, "seconds", "Waiting."});
  out.sample_of("_sum", {{"x", ""}}, 1.5);
  out.sample_of("_count", {{"x", ""}}, 2);
  out.family({"fs_build", metric_type::info, "", "What runs."});
  out.sample({{"version", "1"}}, 1);
}

}  // namespace

TEST_CASE("OpenMetrics is written with units, escapes and its end") {
  exposition_writer out;
  write_some(out);
  CHECK(out.take() ==
        "# HELP fs_moves Moves \\\"so far\\\", a\\\\b\\nand on.\n# TYPE fs_moves counter\n"
        "fs_moves_total{site=\"a\\\"b\\\\c\\nd\"} 3\nfs_moves_total 0.5\n"
        "# HELP fs_wait_seconds Waiting.\n# TYPE fs_wait_seconds summary\n# UNIT fs_wait_seconds seconds\n"
        "fs_wait_seconds_sum{x=\"\"} 1.5\nfs_wait_seconds_count{x=\"\"} 2\n"
        "# HELP fs_build What runs.\n# TYPE fs_build info\nfs_build_info{version=\"1\"} 1\n# EOF\n");
  CHECK(out.take() == "# EOF\n");
}

TEST_CASE("the text format is written for those who take nothing else") {
  exposition_writer out{exposition_format::text};
  write_some(out);
  CHECK(out.take() ==
        "# HELP fs_moves_total Moves \"so far\", a\\\\b\\nand on.\n# TYPE fs_moves_total counter\n"
        "fs_moves_total{site=\"a\\\"b\\\\c\\nd\"} 3\nfs_moves_total 0.5\n"
        "# HELP fs_wait_seconds Waiting.\n# TYPE fs_wait_seconds summary\n"
        "fs_wait_seconds_sum{x=\"\"} 1.5\nfs_wait_seconds_count{x=\"\"} 2\n"
        "# HELP fs_build_info What runs.\n# TYPE fs_build_info gauge\nfs_build_info{version=\"1\"} 1\n");
}

TEST_CASE("who names OpenMetrics gets it") {
  // What Prometheus 2.42 sends.
  CHECK(accepted_format(
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
            "text/plain;version=0.0.4;q=0.5,*/*;q=0.1") == exposition_format::openmetrics);
  CHECK(accepted_format("*/*") == exposition_format::text);
  for (const auto format : {exposition_format::text, exposition_format::openmetrics})
    CHECK(format_of(content_type_of(format)) == format);
}

TEST_CASE("whatever a label holds is read again, but for bytes that are no text") {
  random_stream random{5};
  for (const auto format : {exposition_format::text, exposition_format::openmetrics}) {
    std::vector<std::string> values;
    exposition_writer out{format};
    out.family({"fs_x", metric_type::gauge, "", "X."});
    for (int i = 0; i < 500; ++i) {
      std::string value;
      for (auto n = random.below(12); n > 0; --n) value += "\\\"\n\r\t {},=#an\xC3\xA9"[random.below(16)];
      out.sample({{"a", value}, {"b", "end"}}, i);
      values.push_back(value);
    }
    const std::string text = out.take();
    exposition_reader reader{text, "t", {.format = format}};
    for (std::size_t i = 0; i < values.size(); ++i) {
      const bool more = reader.next_sample();
      REQUIRE_MESSAGE(more, (reader.error() ? to_string(*reader.error()) : ""));
      REQUIRE(reader.sample().labels.size() == 2);
      if (is_utf8(values[i])) CHECK(reader.sample().labels[0].value == values[i]);
      CHECK(reader.sample().labels[1].value == "end");
      CHECK(reader.sample().value == static_cast<double>(i));
    }
    CHECK(!reader.next_sample());
    CHECK(!reader.error());
  }
}

TEST_CASE("what no reader would take breaks a contract") {
  CHECK(dies([] { exposition_writer{}.family({"1x", metric_type::gauge, "", "X."}); }));
  CHECK(dies([] { exposition_writer{}.family({"x_total", metric_type::counter, "", "X."}); }));
  CHECK(dies([] { exposition_writer{}.family({"x_seconds", metric_type::gauge, "bytes", "X."}); }));
  CHECK(dies([] { exposition_writer{}.family({"seconds", metric_type::gauge, "seconds", "X."}); }));
  CHECK(dies([] { exposition_writer{}.family({"x", metric_type::gauge, "", ""}); }));
  CHECK(dies([] { exposition_writer{}.sample({}, 1); }));
  const auto with = [](metric_type type, auto then) {
    return dies([&] {
      exposition_writer out;
      out.family({"x", type, "", "X."});
      then(out);
    });
  };
  CHECK(with(metric_type::gauge, [](auto& out) { out.family({"x", metric_type::gauge, "", "X."}); }));
  CHECK(with(metric_type::counter, [](auto& out) { out.sample({}, -1); }));
  CHECK(with(metric_type::counter,
             [](auto& out) { out.sample({}, std::numeric_limits<double>::quiet_NaN()); }));
  CHECK(with(metric_type::summary, [](auto& out) { out.sample_of("_bucket", {}, 1); }));
  CHECK(with(metric_type::gauge, [](auto& out) { out.sample({{"a", ""}, {"a", ""}}, 1); }));
  CHECK(with(metric_type::gauge, [](auto& out) { out.sample({{"a-b", ""}}, 1); }));
}
