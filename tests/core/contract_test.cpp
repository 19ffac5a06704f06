#include <core/dies.hpp>
#include <foreshift/core/contract.hpp>

#include <doctest/doctest.h>

using foreshift::test::last_words;

TEST_CASE("a broken contract stops the process and says which and where") {
  const std::string said = last_words([] { FORESHIFT_EXPECT(1 + 1 == 3); });
  CHECK(said.find("contract_test.cpp:") != std::string::npos);
  CHECK(said.find("contract violated: 1 + 1 == 3") != std::string::npos);
}

TEST_CASE("a kept contract costs one evaluation and nothing happens") {
  int evaluations = 0;
  FORESHIFT_EXPECT(++evaluations == 1);
  CHECK(evaluations == 1);
  CHECK(last_words([] { FORESHIFT_EXPECT(true); }) == "survived");
}

TEST_CASE("contracts hold at compile time too") {
  constexpr auto half = [](int even) {
    FORESHIFT_EXPECT(even % 2 == 0);
    return even / 2;
  };
  static_assert(half(8) == 4);
}
