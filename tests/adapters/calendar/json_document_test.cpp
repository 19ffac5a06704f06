#include <foreshift/adapters/calendar/json_document.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using calendar::detail::json_list, calendar::detail::rfc3339;

TEST_CASE("an answer is a list, or says why it is none") {
  CHECK(json_list("[1, 2]", "a")->size() == 2);
  CHECK(json_list("<html>502</html>", "a").error().reason == "not JSON: it begins with \"<html>502</html>\"");
  CHECK(json_list("", "a").error().reason.starts_with("not JSON"));
  CHECK(json_list(R"({"message": "Unauthorized"})", "a").error().reason ==
        "the server says \"Unauthorized\"");
  CHECK(json_list("{}", "a").error().reason == "not a list, which was asked for");
  CHECK_FALSE(json_list("[1, 2", "a").has_value());
}

TEST_CASE("times have parts of a second and offsets") {
  const auto ten = parse_time("2026-11-27T10:00:00").value();
  CHECK(rfc3339("2026-11-27T10:00:00Z") == ten);
  CHECK(rfc3339("2026-11-27T10:00:00.123456789Z") == ten);
  CHECK(rfc3339("2026-11-27T11:30:00+01:30") == ten);
  CHECK(rfc3339("2026-11-27T08:00:00.5-02:00") == ten);
  for (const char* text : {"", "2026-11-27", "2026-11-27T10:00:00", "2026-11-27T10:00:00.",
                           "2026-11-27T10:00:00+1:30", "2026-11-27T10:00:00Zx", "2026-13-27T10:00:00Z"})
    CHECK_FALSE(rfc3339(text).has_value());
}
