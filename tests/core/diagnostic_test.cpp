#include <foreshift/core/diagnostic.hpp>

#include <doctest/doctest.h>

#include <string>

using foreshift::diagnostic;

TEST_CASE("a diagnostic reads source, line, field, reason, and leaves out what it does not know") {
  CHECK(to_string(diagnostic{"trace.csv", 17, "v3", "not a number"}) == "trace.csv:17: v3: not a number");
  CHECK(to_string(diagnostic{"trace.csv", 17, "", "ragged"}) == "trace.csv:17: ragged");
  CHECK(to_string(diagnostic{"trace.csv", 0, "", "empty"}) == "trace.csv: empty");
  CHECK(to_string(diagnostic{"", 0, "--seed", "not a number"}) == "--seed: not a number");
  CHECK(to_string(diagnostic{"", 0, "", "out of luck"}) == "out of luck");
}

TEST_CASE("an excerpt stays one readable line, whatever the text holds") {
  CHECK(foreshift::excerpt("abc") == "\"abc\"");
  CHECK(foreshift::excerpt("a\nb\x7F") == "\"a?b?\"");
  CHECK(foreshift::excerpt("caf\xC3\xA9") == "\"caf\xC3\xA9\"");
  CHECK(foreshift::excerpt(std::string(40, 'x')) == '"' + std::string(40, 'x') + '"');
  CHECK(foreshift::excerpt(std::string(41, 'x')) == '"' + std::string(40, 'x') + "...\"");
}
