#include <foreshift/adapters/prometheus/query_answer.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace foreshift;

TEST_CASE("a label that is not there is empty, and labels read like a selector") {
  const prometheus::series_labels labels{{"__name__", "up"}, {"instance", "a:9100"}, {"job", "node"}};
  CHECK(prometheus::value_of(labels, "job") == "node");
  CHECK(prometheus::value_of(labels, "site").empty());
  CHECK(to_string(labels) == "up{instance=\"a:9100\",job=\"node\"}");
  CHECK(to_string(prometheus::series_labels{}) == "{}");
  CHECK(to_string(prometheus::series_labels{{"a", "\x1B[2J\n"}}) == "{a=\"?[2J?\"}");
  CHECK(prometheus::printable("\xC3\xA4\x7F") == "\xC3\xA4?");
  CHECK(to_string(prometheus::series_labels{{"a", std::string(10'000, 'x')}}).size() < 300);
}
TEST_CASE("each series finds its points in the columns") {
  const time_point t{std::chrono::seconds{7}};
  prometheus::query_answer a;
  a.series = {{{}, 0, 1}, {{}, 1, 3}};
  a.times = {t, t, t};
  a.values = {1, 2, 3};
  CHECK(a.values_of(0).size() == 1);
  CHECK(a.values_of(1)[1] == 3);
  CHECK(a.times_of(1).size() == 2);
}
