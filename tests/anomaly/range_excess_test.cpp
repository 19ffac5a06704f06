#include <foreshift/anomaly/range_excess.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

using namespace foreshift;
using anomaly::range_excess;

TEST_CASE("what is outside everything seen counts, in ranges, and once") {
  range_excess m{{.warm_up = 4}};
  for (const double x : {0.0, 10.0, 5.0, 3.0}) CHECK(m.measure({{}, x}).amount == 0);
  CHECK(m.measure({{}, 9}).amount == 0);
  CHECK(m.measure({{}, 15}) == anomaly::nonconformity{0.5, 15, 10});
  CHECK(m.measure({{}, 15}).amount == 0);
  CHECK(m.measure({{}, -15}).amount == doctest::Approx(1));
}

TEST_CASE("extremes that are forgotten can be news again") {
  for (const double forget : {0.0, 0.01}) {
    range_excess m{{.forget = forget, .warm_up = 4}};
    m.measure({{}, 100});
    for (int i = 0; i < 1000; ++i) m.measure({{}, static_cast<double>(i % 10)});
    CHECK((m.measure({{}, 100}).amount > 0) == (forget > 0));
  }
}

TEST_CASE("range excesses stand nasty streams") {
  test_support::stands_nasty_streams(range_excess{});
  test_support::stands_nasty_streams(range_excess{{.forget = 0.1, .warm_up = 1}});
}
