#include <foreshift/adapters/prometheus/series_selector.hpp>

#include <foreshift/adapters/prometheus/query_answer.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace foreshift;
using prometheus::series_labels;
using prometheus::series_selector;

namespace {

series_selector of(const std::string& text) {
  auto made = series_selector::parse(text);
  REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error()));
  return *std::move(made);
}
series_labels cpu(const std::string& mode) {
  return {{"__name__", "cpu"}, {"instance", "a:1"}, {"mode", mode}};
}
bool refuses(const std::string& text, const std::string& why) {
  const auto made = series_selector::parse(text);
  return !made && made.error().find(why) != std::string::npos;
}

}  // namespace

TEST_CASE("a name alone is every series of the metric and no other") {
  CHECK(of("cpu").matches(cpu("idle")));
  CHECK(of(" cpu{} ").matches(cpu("idle")));
  CHECK(!of("cp").matches(cpu("idle")));
  CHECK(!of("cpu").matches(series_labels{}));
  CHECK(of("job:cpu:rate5m").matches(series_labels{{"__name__", "job:cpu:rate5m"}}));
  CHECK(of(R"({__name__="cpu"})").matches(cpu("idle")));
}
TEST_CASE("conditions all hold, and a label that is missing is empty") {
  CHECK(of(R"(cpu{mode="user"})").matches(cpu("user")));
  CHECK(!of(R"(cpu{mode="user"})").matches(cpu("users")));
  CHECK(of(R"(cpu{mode!="user"})").matches(cpu("idle")));
  CHECK(!of(R"(cpu{mode!="user", instance = 'b:1'})").matches(cpu("idle")));
  CHECK(of(R"(cpu{zone="",})").matches(cpu("idle")));
  CHECK(!of(R"(cpu{zone!=""})").matches(cpu("idle")));
}
TEST_CASE("alternatives are of whole values, with beginnings where they end in .* or .+") {
  const auto busy = of(R"(cpu{mode!~"idle|iowait|steal"})");
  for (const char* mode : {"user", "idler", "", "idle|iowait"}) CHECK(busy.matches(cpu(mode)));
  for (const char* mode : {"idle", "iowait", "steal"}) CHECK(!busy.matches(cpu(mode)));
  CHECK(of(R"(cpu{mode=~"us.*|sys.+"})").matches(cpu("us")));
  CHECK(of(R"(cpu{mode=~"us.*|sys.+"})").matches(cpu("system")));
  CHECK(!of(R"(cpu{mode=~"us.*|sys.+"})").matches(cpu("sys")));
  CHECK(!of(R"(cpu{mode=~".+"})").matches(cpu("")));
  CHECK(of(R"(cpu{mode=~".*"})").matches(cpu("")));
  CHECK(of(R"(cpu{mode=~"|user"})").matches(cpu("")));
  CHECK(of(R"(cpu{mode=~"a\\.b"})").matches(cpu("a.b")));
  CHECK(!of(R"(cpu{mode=~"a\\.b"})").matches(cpu("axb")));
}
TEST_CASE("expressions and other regular expressions are refused with a reason") {
  CHECK(refuses("rate(cpu[5m])", "not a selector"));
  CHECK(refuses("cpu[5m]", "not a selector"));
  CHECK(refuses(R"({mode="user"})", "names no metric"));
  CHECK(refuses(R"({__name__!="cpu"})", "names no metric"));
  CHECK(refuses("", "names no metric"));
  CHECK(refuses(R"(cpu{mode=~"a.b"})", "only alternatives of plain text"));
  CHECK(refuses(R"x(cpu{mode=~"(a|b)"})x", "only alternatives of plain text"));
  CHECK(refuses(R"(cpu{mode=~"a*"})", "only alternatives of plain text"));
  CHECK(refuses(R"(cpu{mode="a)", "between quotes"));
  CHECK(refuses(R"(cpu{mode="a\n"})", "between quotes"));
  CHECK(refuses(R"(cpu{mode="a" host="b"})", "a comma"));
  CHECK(refuses(R"(cpu{mode>"a"})", "=, !=, =~ or !~"));
  CHECK(refuses(R"(cpu{="a"})", "a label is expected"));
  CHECK(refuses("cpu{", "a label is expected"));
  CHECK(refuses("cpu{mode", "=, !=, =~ or !~"));
}
