#include <foreshift/adapters/kubernetes/workload_notes.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace foreshift;
using namespace foreshift::kubernetes;

namespace {

json noted(const char* key, const std::string& text) {
  return {{"metadata", {{"annotations", {{key, text}}}}}};
}
json placed(json object, const char* node) {
  object["spec"]["template"]["spec"]["affinity"]["nodeAffinity"]
        ["requiredDuringSchedulingIgnoredDuringExecution"] = affinity_to(node);
  return object;
}

}  // namespace

TEST_CASE("what was before is read as it was written") {
  const auto back = previous_of(noted(previous_key, to_text(previous_state{"n1", 4, "n2"})));
  CHECK(back.node == "n1");
  CHECK(back.replicas == 4);
  CHECK(back.to == "n2");
  CHECK(to_text(previous_state{}) == R"({"replicas":0})");
  CHECK(former_of(noted(former_key, R"({"replicas":2})")) == json{{"replicas", 2}});
  CHECK(made_by_us(noted(made_key, "1")));
}

TEST_CASE("notes that are missing or spoilt read as nothing before") {
  for (const auto& object :
       {json::object(), noted(previous_key, "{"), noted(previous_key, R"({"replicas":-1,"node":7,"to":[]})"),
        json{{"metadata", 7}}, json{{"metadata", {{"annotations", {{previous_key, 7}}}}}}}) {
    const auto before = previous_of(object);
    CHECK(!before.node);
    CHECK(before.replicas == 0);
    CHECK(before.to.empty());
    CHECK(!made_by_us(object));
  }
  for (const char* text : {"", "{}", "[]", "7"}) CHECK(!former_of(noted(former_key, text)));
}

TEST_CASE("a placement is ours by the note, and by the node where the note does not say") {
  const auto here = placed(noted(previous_key, R"({"replicas":1,"to":"n1"})"), "n1");
  CHECK(still_placed(here, ""));
  CHECK(still_placed(here, "n2"));
  CHECK(!still_placed(placed(here, "n9"), "n9"));
  const auto old = placed(noted(previous_key, R"({"replicas":1})"), "n1");
  CHECK(still_placed(old, "n1"));
  CHECK(!still_placed(old, "n2"));
  CHECK(placed_by_us(old) == "n1");
  CHECK(!placed_by_us(json::object()));
}
