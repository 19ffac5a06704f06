#include <foreshift/adapters/prometheus/answer_reader.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <string>
#include <string_view>

using namespace foreshift;
using prometheus::answer_kind;
using prometheus::read_answer_body;

namespace {

prometheus::query_answer good(std::string_view text) {
  auto body = read_answer_body(text);
  REQUIRE_MESSAGE(body.has_value(), (body ? std::string{} : body.error()));
  REQUIRE(body->success);
  return body->answer;
}
std::string bad(std::string_view text, const prometheus::answer_limits& limits = {}) {
  const auto body = read_answer_body(text, limits);
  REQUIRE_MESSAGE(!body.has_value(), text);
  CHECK(!body.error().empty());
  return body.error();
}
/// A success with this as its data.
std::string success(const std::string& type, const std::string& result) {
  return R"({"status":"success","data":{"resultType":")" + type + R"(","result":)" + result + "}}";
}

// The examples of the documentation of Prometheus, "HTTP API", sections "Range queries" and "Instant
// queries".
constexpr std::string_view range_example = R"({
   "status" : "success",
   "data" : {
      "resultType" : "matrix",
      "result" : [
         { "metric" : { "__name__" : "up", "job" : "prometheus", "instance" : "localhost:9090" },
           "values" : [ [ 1435781430.781, "1" ], [ 1435781445.781, "1" ], [ 1435781460.781, "1" ] ] },
         { "metric" : { "__name__" : "up", "job" : "node", "instance" : "localhost:9091" },
           "values" : [ [ 1435781430.781, "0" ], [ 1435781445.781, "0" ], [ 1435781460.781, "1" ] ] }
      ]
   }
})";
constexpr std::string_view instant_example = R"({
   "status" : "success",
   "data" : {
      "resultType" : "vector",
      "result" : [
         { "metric" : { "__name__" : "up", "job" : "prometheus", "instance" : "localhost:9090" },
           "value": [ 1435781451.781, "1" ] },
         { "metric" : { "__name__" : "up", "job" : "node", "instance" : "localhost:9100" },
           "value" : [ 1435781451.781, "0" ] }
      ]
   }
})";

}  // namespace

TEST_CASE("the documentation's examples are read") {
  const auto matrix = good(range_example);
  CHECK(matrix.kind == answer_kind::matrix);
  REQUIRE(matrix.series.size() == 2);
  CHECK(to_string(matrix.series[1].labels) == "up{job=\"node\",instance=\"localhost:9091\"}");
  REQUIRE(matrix.values_of(1).size() == 3);
  CHECK(matrix.values_of(1)[2] == 1);
  CHECK(matrix.times_of(0)[1] == time_point{std::chrono::milliseconds{1435781445781}});

  const auto vector = good(instant_example);
  CHECK(vector.kind == answer_kind::vector);
  REQUIRE(vector.series.size() == 2);
  CHECK(vector.values_of(1)[0] == 0);
}
TEST_CASE("a scalar, a string and empty results are read") {
  const auto scalar = good(success("scalar", R"([1435781451.781,"+Inf"])"));
  CHECK(scalar.kind == answer_kind::scalar);
  REQUIRE(scalar.series.size() == 1);
  CHECK(std::isinf(scalar.values_of(0)[0]));
  const auto text = good(success("string", R"([1,"a \"b\""])"));
  CHECK(text.kind == answer_kind::string);
  CHECK(text.text == "a \"b\"");
  CHECK(text.series.empty());
  CHECK(good(success("matrix", "[]")).series.empty());
  CHECK(good(success("vector", "[]")).kind == answer_kind::vector);
}
TEST_CASE("members may stand in any order, and unknown ones are passed over") {
  const auto a = good(
      R"({"x":[{}],"data":{"stats":{"a":[1]},"result":[{"values":[[1,"2"],[2,"NaN"]],"y":null,"metric":{"a":"b"}}],)"
      R"("resultType":"matrix"},"infos":["i"],"warnings":["partial: \u20ac"],"status":"success"})");
  REQUIRE(a.series.size() == 1);
  CHECK(a.values_of(0)[0] == 2);
  CHECK(std::isnan(a.values_of(0)[1]));
  CHECK(a.warnings.size() == 2);
  CHECK(a.warnings[1] == "partial: \xE2\x82\xAC");
  CHECK(good(R"({"status":"success","data":{"resultType":"vector","result":[]},"warnings":null})")
            .warnings.empty());
}
TEST_CASE("native histograms are counted and left out") {
  const auto a = good(success("vector", R"([{"metric":{},"histogram":[1,{"count":"2","sum":"3"}]}])"));
  CHECK(a.histograms_skipped == 1);
  CHECK(a.values_of(0).empty());
  const auto m = good(success("matrix", R"([{"metric":{},"histograms":[[1,{}]],"values":[[1,"2"]]}])"));
  CHECK(m.histograms_skipped == 1);
  CHECK(m.values_of(0).size() == 1);
}
TEST_CASE("an error is handed on in Prometheus's own words") {
  const auto body =
      read_answer_body(R"({"status":"error","errorType":"bad_data","error":"parse error at char 5"})");
  REQUIRE(body.has_value());
  CHECK(!body->success);
  CHECK(body->error_type == "bad_data");
  CHECK(body->error == "parse error at char 5");
}
TEST_CASE("what is no answer to a query is refused with a reason") {
  CHECK(bad("{}") == "no status: this is not an answer of Prometheus");
  CHECK(bad(R"({"status":"fine"})") == "no status: this is not an answer of Prometheus");
  CHECK(bad(R"({"status":"success"})") == "no result: this is not an answer to a query");
  CHECK(bad(R"({"status":"success","data":["a","b"]})") == "no result: this is not an answer to a query");
  CHECK(bad(success("streams", "[]")) == "no result: this is not an answer to a query");  // Loki's
  CHECK(bad(success("matrix", R"([{"metric":{},"value":[1,"2"]}])")) ==
        "the result is no matrix, which it says it is");
  CHECK(bad(success("vector", R"([1,"2"])")) == "the result is no vector, which it says it is");
  CHECK(bad(success("scalar", "[]")) == "the result is no scalar, which it says it is");
  CHECK(bad(success("scalar", "[1]")) == "the result is no scalar, which it says it is");
  CHECK(bad(success("scalar", R"([1,"x"])")) == "the scalar is no number: \"x\"");
  bad(success("matrix", R"([1,"2",3])"));
  bad(success("matrix", R"([1,"2",{}])"));
  bad(success("matrix", R"([{},1,"2"])"));
  bad(success("matrix", R"([{"values":[]},1,"2"])"));
  bad(success("matrix", R"([{"metric":{},"values":[[1,"2"]]},{"metric":{},"value":[1,"2"]}])"));
  bad(success("matrix", R"([{"metric":{"a":1}}])"));
  bad(R"({"status":"success","data":{"resultType":"matrix","result":[],"result":[]}})");
  bad(std::string{range_example} + "x");
}
TEST_CASE("an answer that is cut anywhere is refused") {
  for (const auto whole : {range_example, instant_example})
    for (std::size_t n = 0; n < whole.size(); ++n) {
      CAPTURE(n);
      CHECK(!read_answer_body(whole.substr(0, n)).has_value());
    }
}
TEST_CASE("what is over a bound is refused, not cut off") {
  const prometheus::answer_limits one{.series_max = 1, .points_max = 1, .labels_max = 1, .warnings_max = 1};
  CHECK(bad(success("matrix", "[{},{}]"), one).ends_with("more than 1 series"));
  CHECK(bad(success("matrix", R"([{"values":[[1,"1"],[2,"2"]]}])"), one).ends_with("more than 1 points"));
  CHECK(bad(success("matrix", R"([{"metric":{"a":"1","b":"2"}}])"), one).ends_with("more than 1 labels"));
  const auto body = read_answer_body(
      R"({"status":"success","data":{"resultType":"vector","result":[]},"warnings":["a","b"]})", one);
  REQUIRE(body.has_value());
  CHECK(body->answer.warnings.size() == 1);  // but for warnings
}
