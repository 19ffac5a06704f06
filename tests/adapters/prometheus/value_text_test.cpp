#include <foreshift/adapters/prometheus/value_text.hpp>
#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>

using namespace foreshift;
using prometheus::append_value;
using prometheus::parse_value;

namespace {

std::string written(double v) {
  std::string text;
  append_value(text, v);
  return text;
}

}  // namespace

TEST_CASE("numbers and words are read as Go reads them") {
  CHECK(parse_value("0") == 0);
  CHECK(parse_value("17") == 17);
  CHECK(parse_value("+1.6341659e+07") == 16341659);
  CHECK(parse_value("-.5") == -0.5);
  CHECK(parse_value("5.") == 5);
  CHECK(parse_value("4.9e-324") == std::numeric_limits<double>::denorm_min());
  CHECK(std::signbit(*parse_value("-0")));
  CHECK(std::isnan(*parse_value("NaN")));
  CHECK(std::isnan(*parse_value("nan")));
  for (const auto* text : {"Inf", "+Inf", "inf", "+infinity", "INFINITY"})
    CHECK(parse_value(text) == std::numeric_limits<double>::infinity());
  CHECK(parse_value("-Inf") == -std::numeric_limits<double>::infinity());
}

TEST_CASE("anything else is no number") {
  for (const auto* text :
       {"",      "-",   "+",   ".",    "e5",     "1e", "1e+",     "1.2.3", "1 ", " 1",   "0x10", "0x1p3",
        "1_000", "+-1", "--1", "-nan", "nan(1)", "in", "infinit", "1e400", "1f", "1e5x", "++1",  "+ 1"})
    CHECK_MESSAGE(!parse_value(text), text);
  CHECK(!parse_value(std::string(100'000, '-')));
  CHECK(!parse_value(std::string(400, '9')));
  CHECK(!parse_value("1e" + std::string(20, '9')));
  CHECK(!parse_value(std::string_view{"1\0", 2}));
}

TEST_CASE("the short way rounds as the long way, to the last bit") {
  random_stream random{1};
  for (int i = 0; i < 20'000; ++i) {
    std::string text = random.chance(0.3) ? "-" : "";
    for (std::uint64_t n = random.below(20); n > 0; --n) text += static_cast<char>('0' + random.below(10));
    text += static_cast<char>('0' + random.below(10));
    if (random.chance(0.5)) text.insert(text.size() - random.below(text.size()), ".");
    if (random.chance(0.5)) text += "e" + std::to_string(static_cast<int>(random.below(60)) - 30);
    char* end = nullptr;
    const double expected = std::strtod(text.c_str(), &end);  // the C locale: nothing here changes it
    const auto got = parse_value(text);
    if (*end != '\0') {
      CHECK_MESSAGE(!got, text);
    } else {
      REQUIRE_MESSAGE(got, text);
      CHECK_MESSAGE(std::bit_cast<std::uint64_t>(*got) == std::bit_cast<std::uint64_t>(expected), text);
    }
  }
}

TEST_CASE("what is written is read back as the same value") {
  CHECK(written(0.1) == "0.1");
  CHECK(written(1e300) == "1e+300");
  CHECK(written(std::numeric_limits<double>::infinity()) == "+Inf");
  CHECK(written(-std::numeric_limits<double>::infinity()) == "-Inf");
  CHECK(written(-std::numeric_limits<double>::quiet_NaN()) == "NaN");
  random_stream random{2};
  for (int i = 0; i < 10'000; ++i) {
    const auto v = std::bit_cast<double>(random());
    if (!std::isnan(v))
      CHECK(std::bit_cast<std::uint64_t>(*parse_value(written(v))) == std::bit_cast<std::uint64_t>(v));
  }
}
