#include <foreshift/ports/retry_after.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;
using ports::parse_http_date;

namespace {

std::optional<duration> asked(std::vector<std::pair<std::string, std::string>> headers) {
  return ports::retry_after({503, std::move(headers), ""});
}

}  // namespace

TEST_CASE("the three forms of a date are one instant") {  // the examples of RFC 9110, section 5.6.7
  for (const char* text :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"})
    CHECK(parse_http_date(text) == parse_time("1994-11-06T08:49:37Z"));
  CHECK(parse_http_date("Fri Nov 27 03:18:00 2026") == parse_time("2026-11-27T03:18:00Z"));
  CHECK(parse_http_date("Monday, 01-Jan-69 00:00:00 GMT") == parse_time("2069-01-01"));
  CHECK(parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT") == parse_time("2017-01-01"));
}
TEST_CASE("what is no date is none") {
  for (const char* text : {"",
                           "7",
                           "Sun",
                           "Sun,",
                           "Sun, ",
                           "Sun, 06 Nov 1994 08:49:37",
                           "Sun, 06 Nov 1994 08:49:37 CET",
                           "Sun, 06 Nov 1994 08:49:37 GMT ",
                           "Sun, 6 Nov 1994 08:49:37 GMT",
                           "Sun, 31 Feb 1994 08:49:37 GMT",
                           "Sun, 06 Now 1994 08:49:37 GMT",
                           "Sun, 06 anF 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 24:00:00 GMT",
                           "Sun, 06 Nov 1994 08:60:00 GMT",
                           "Sun, 06 Nov 1994 08.49.37 GMT",
                           "Sun, 06-Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 9999 08:49:37 GMT",
                           "Sun, -6 Nov 1994 08:49:37 GMT",
                           "Sun Nov  6 08:49:37 1994 GMT",
                           "Sun Nov   6 08:49:37 1994",
                           "1994-11-06T08:49:37Z"})
    CHECK_MESSAGE(!parse_http_date(text), text);
  const std::string whole = "Sun, 06 Nov 1994 08:49:37 GMT";
  for (std::size_t n = 0; n < whole.size(); ++n) CHECK(!parse_http_date(whole.substr(0, n)));
}
TEST_CASE("seconds are taken as they are, up to a day") {
  CHECK(asked({{"Retry-After", "7"}}) == 7s);
  CHECK(asked({{"retry-after", "0"}}) == 0s);
  CHECK(asked({{"RETRY-AFTER", "4000000000"}}) == 24h);
  for (const char* other : {"", "-1", "1.5", "99999999999", "soon"}) CHECK(!asked({{"Retry-After", other}}));
  CHECK(!asked({{"Retry", "7"}}));
}
TEST_CASE("a date is held against the answer's own, whatever our clock says") {
  const std::string now = "Sun, 06 Nov 1994 08:49:37 GMT";
  CHECK(asked({{"Date", now}, {"Retry-After", "Sun, 06 Nov 1994 08:50:07 GMT"}}) == 30s);
  CHECK(asked({{"Retry-After", "Sunday, 06-Nov-94 08:50:07 GMT"}, {"date", now}}) == 30s);
  CHECK(asked({{"Date", now}, {"Retry-After", "Sun, 06 Nov 1994 08:00:00 GMT"}}) == 0s);
  CHECK(asked({{"Date", now}, {"Retry-After", "Sun, 06 Nov 2094 08:00:00 GMT"}}) == 24h);
  CHECK(!asked({{"Retry-After", "Sun, 06 Nov 1994 08:50:07 GMT"}}));
  CHECK(!asked({{"Date", "now"}, {"Retry-After", "Sun, 06 Nov 1994 08:50:07 GMT"}}));
}
