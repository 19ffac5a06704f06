#include <foreshift/adapters/kubernetes/label_selector.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace foreshift;
using kubernetes::fields, kubernetes::json, kubernetes::label_map;

namespace {

bool matches(const std::string& selector, const label_map& labels) {
  const auto object = json::parse(R"({"spec":{"selector":)" + selector + "}}");
  fields in{object};
  const auto s = kubernetes::read_selector(in, "spec.selector");
  CHECK(in.fault() == "");
  return s.matches(labels);
}
label_map some() {
  label_map out;
  out["app"] = "web", out["tier"] = "front";
  return out;
}

}  // namespace

TEST_CASE("all of a selector has to be true of the labels") {
  CHECK(matches(R"({"matchLabels":{"app":"web"}})", some()));
  CHECK(!matches(R"({"matchLabels":{"app":"web","tier":"back"}})", some()));
  CHECK(!matches(R"({"matchLabels":{"other":"web"}})", some()));
  const auto one = [](const std::string& what, const std::string& values = "[]",
                      const std::string& key = "app") {
    return matches(R"({"matchExpressions":[{"key":")" + key + R"(","operator":")" + what + R"(","values":)" +
                       values + "}]}",
                   some());
  };
  CHECK(one("In", R"(["db","web"])"));
  CHECK(!one("In", R"(["db"])"));
  CHECK(one("NotIn", R"(["db"])"));
  CHECK(one("NotIn", R"(["db"])", "absent"));
  CHECK(!one("NotIn", R"(["web"])"));
  CHECK(one("Exists"));
  CHECK(!one("Exists", "[]", "absent"));
  CHECK(one("DoesNotExist", "[]", "absent"));
  CHECK(!one("DoesNotExist"));
}

TEST_CASE("an empty selector means all, an absent one none") {
  CHECK(matches("{}", some()));
  CHECK(!matches("null", some()));
}

TEST_CASE("what is no selector is a fault that names the member") {
  const auto fault = [](const std::string& selector) {
    const auto object = json::parse(R"({"s":)" + selector + "}");
    fields in{object};
    (void)kubernetes::read_selector(in, "s");
    return in.fault();
  };
  CHECK(fault(R"({"matchLabels":{"app":1}})") == "s.matchLabels[app]: a string is wanted");
  CHECK(fault(R"({"matchExpressions":[{"key":"a","operator":"Gt"}]})") ==
        "s.matchExpressions[].operator: In, NotIn, Exists or DoesNotExist is wanted");
  CHECK(fault(R"({"matchExpressions":[5]})") == "s.matchExpressions: a list of objects is wanted");
  CHECK(fault("7") == "s: an object is wanted");
}
