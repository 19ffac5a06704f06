#include <foreshift/adapters/kubernetes/eviction.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace foreshift;
using namespace foreshift::kubernetes;

TEST_CASE("an eviction names the pod and the life of it that is meant") {
  const auto r = eviction_request("shop", "web-1", "uid-1", dry_run::yes);
  CHECK(r.method == "POST");
  CHECK(r.target == "/api/v1/namespaces/shop/pods/web-1/eviction?fieldManager=foreshift&dryRun=All");
  CHECK(
      r.body ==
      R"({"apiVersion":"policy/v1","deleteOptions":{"preconditions":{"uid":"uid-1"}},"kind":"Eviction","metadata":{"name":"web-1","namespace":"shop"}})");
  CHECK(eviction_request("shop", "web-1").body.find("deleteOptions") == std::string::npos);
}

TEST_CASE("a pod that is gone has been evicted; a budget says not now; several budgets say never") {
  const auto say = [](std::uint16_t code, const std::string& reason, const std::string& message = "",
                      const std::string& causes = "") {
    return read_eviction("POST x", {code,
                                    {},
                                    R"({"kind":"Status","reason":")" + reason + R"(","message":")" + message +
                                        R"(","details":{"causes":[)" + causes + "]}}"});
  };
  CHECK(say(201, "").has_value());
  CHECK(say(404, "NotFound").has_value());
  CHECK(say(409, "Conflict", "the UID in the precondition does not match").has_value());
  CHECK(say(429, "TooManyRequests", "", R"({"reason":"DisruptionBudget"})").error().what ==
        fault::over_budget);
  CHECK(say(429, "TooManyRequests").error().what == fault::busy);
  CHECK(say(500, "InternalError", "This pod has more than one PodDisruptionBudget, which").error().what ==
        fault::many_budgets);
  CHECK(read_eviction("POST x", {404, {}, "<html>"}).error().what == fault::malformed);
}
