#include <foreshift/adapters/calendar/json_document.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace foreshift;
using calendar::detail::json_list;

TEST_CASE("an answer is a list, or says why it is none") {
  CHECK(json_list("[1, 2]", "a")->size() == 2);
  CHECK(json_list("<html>502</html>", "a").error().reason == "not JSON: it begins with \"<html>502</html>\"");
  CHECK(json_list("", "a").error().reason.starts_with("not JSON"));
  CHECK(json_list(R"({"message": "Unauthorized"})", "a").error().reason ==
        "the server says \"Unauthorized\"");
  CHECK(json_list("{}", "a").error().reason == "not a list, which was asked for");
  CHECK_FALSE(json_list("[1, 2", "a").has_value());
  CHECK(json_list(std::string(1'000'000, '['), "a").error().reason == "nests deeper than 64 levels");
}
