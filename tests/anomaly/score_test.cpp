#include <foreshift/anomaly/score.hpp>

#include <doctest/doctest.h>

using namespace foreshift;

TEST_CASE("a score is as usual until it says otherwise") {
  constexpr anomaly::score usual;
  static_assert(usual.value == 0 && !usual.alert);
  CHECK(usual == anomaly::score{0, false});
  CHECK(usual != anomaly::score{0, true});
}
