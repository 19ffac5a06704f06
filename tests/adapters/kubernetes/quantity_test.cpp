#include <foreshift/adapters/kubernetes/quantity.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

using namespace foreshift;
using kubernetes::parse_quantity, kubernetes::quantity;

namespace {

quantity read(const std::string& text) {
  INFO(text);
  const auto q = parse_quantity(text);
  REQUIRE(q.has_value());
  return *q;
}

}  // namespace

TEST_CASE("a quantity is read exactly, whatever its spelling") {
  // The examples of the API's documentation of Quantity, and the multiples it defines.
  CHECK(read("500m") == quantity{0, 500'000'000});
  CHECK(read("0.5") == read("500m"));
  CHECK(read(".5") == read("500m"));
  CHECK(read("5.") == quantity{5, 0});
  CHECK(read("1e3") == quantity{1000, 0});
  CHECK(read("1E3") == quantity{1000, 0});
  CHECK(read("12e-1") == quantity{1, 200'000'000});
  CHECK(read("1E") == quantity{1'000'000'000'000'000'000, 0});
  CHECK(read("1Ei") == quantity{std::int64_t{1} << 60, 0});
  CHECK(read("1Gi") == quantity{std::int64_t{1} << 30, 0});
  CHECK(read("1.5Gi") == quantity{1'610'612'736, 0});
  CHECK(read("128974848") == quantity{128'974'848, 0});
  CHECK(read("129M") == quantity{129'000'000, 0});
  CHECK(read("123Mi") == quantity{128'974'848, 0});
  CHECK(read("1k") == quantity{1000, 0});
  CHECK(read("1n") == quantity{0, 1});
  CHECK(read("1u") == quantity{0, 1000});
  CHECK(read("+2") == quantity{2, 0});
  CHECK(read("-1500m") == quantity{-1, -500'000'000});
  CHECK(read("0.001Ki") == quantity{1, 24'000'000});
  CHECK(read("0") == quantity{});
  CHECK(read("0e1000") == quantity{});
  CHECK(read("9007199254740993") == quantity{9'007'199'254'740'993, 0});  // 2^53 + 1: no double holds it
  CHECK(read("500m").value() == 0.5);
}

TEST_CASE("what is too fine is rounded away from zero, what is too large is the largest") {
  CHECK(read("0.1n") == quantity{0, 1});
  CHECK(read("-0.1n") == quantity{0, -1});
  CHECK(read("1e-1000") == quantity{0, 1});
  CHECK(read("0.9999999999") == quantity{1, 0});
  CHECK(read("9223372036854775807") == quantity{INT64_MAX, 0});
  CHECK(read("9223372036854775807.5") == quantity{INT64_MAX, 0});
  CHECK(read("9223372036854775808") == quantity{INT64_MAX, 0});
  CHECK(read("99999999999999999999") == quantity{INT64_MAX, 0});
  CHECK(read("8Ei") == quantity{INT64_MAX, 0});
  CHECK(read("-1e1000") == quantity{-INT64_MAX, 0});
}

TEST_CASE("what is no quantity is not taken for one") {
  for (const char* text : {"",      "-",     ".",     "+-1", "1 ",   " 1",  "1K", "1ki", "1Kib",   "Gi", "1e",
                           "1e+-3", "1e1.5", "1.2.3", "1,5", "0x10", "NaN", "1?", "1mm", "1e9999", "one"})
    CHECK_MESSAGE(!parse_quantity(text), text);
  CHECK(!parse_quantity(std::string(81, '1')));
}
