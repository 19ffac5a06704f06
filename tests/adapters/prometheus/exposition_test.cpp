#include <foreshift/adapters/prometheus/exposition.hpp>

#include <doctest/doctest.h>

using namespace foreshift::prometheus;

TEST_CASE("the format follows from the Content-Type") {
  CHECK(format_of("application/openmetrics-text; version=1.0.0; charset=utf-8") ==
        exposition_format::openmetrics);
  CHECK(format_of("text/plain; version=0.0.4; charset=utf-8") == exposition_format::text);
  CHECK(format_of("") == exposition_format::text);
}

TEST_CASE("a label that is not there is empty") {
  const label_view labels[] = {{"device", "sda"}, {"mode", "idle"}};
  sample_view sample;
  sample.labels = labels;
  CHECK(sample.label("mode") == "idle");
  CHECK(sample.label("cpu").empty());
}
