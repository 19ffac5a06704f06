#include <foreshift/adapters/prometheus/label_template.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace foreshift;
using prometheus::label_template;

namespace {
const prometheus::series_labels labels{
    {"instance", "10.0.0.1:9100"}, {"namespace", "shop"}, {"pod", "web-1"}, {"empty", ""}};
std::string expanded(std::string_view text) {
  const auto made = label_template::parse(text);
  REQUIRE(made.has_value());
  return made->expand(labels).value_or("(nothing)");
}
}  // namespace

TEST_CASE("a name is made of labels and what stands between them") {
  CHECK(expanded("{namespace}/{pod}") == "shop/web-1");
  CHECK(expanded("{instance|host}") == "10.0.0.1");
  CHECK(expanded("dc-1") == "dc-1");
  CHECK(expanded("{absent}") == "(nothing)");
  CHECK(expanded("x{empty}") == "(nothing)");
  CHECK(label_template{}.expand(labels) == "");
  CHECK(label_template{}.empty());
}
TEST_CASE("a port is left out, and nothing else") {
  CHECK(prometheus::without_port("a:9100") == "a");
  CHECK(prometheus::without_port("a") == "a");
  CHECK(prometheus::without_port("[::1]:9100") == "::1");
  CHECK(prometheus::without_port("[::1]") == "::1");
  CHECK(prometheus::without_port("fe80::1") == "fe80::1");
  CHECK(prometheus::without_port("a:b") == "a:b");
  CHECK(prometheus::without_port("a:") == "a:");
  CHECK(prometheus::without_port("[x") == "[x");
  CHECK(prometheus::without_port("").empty());
}
TEST_CASE("what is no template is refused") {
  for (const std::string_view text : {"{", "}", "a}", "{a", "{}", "{a}}", "{{a}}", "{a b}", "{1a}",
                                      "{a|port}", "{|host}", "{a|host|host}"}) {
    const auto made = label_template::parse(text);
    CHECK_MESSAGE(!made.has_value(), text);
  }
}
