#include <foreshift/anomaly/seasonal_deviation.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

#include <chrono>

using namespace foreshift;
using anomaly::seasonal_deviation;

namespace {

double by_day(std::size_t i) { return i % 288 < 144 ? 10 : 50; }

}  // namespace

TEST_CASE("what is usual at night is strange at noon") {
  seasonal_deviation m;
  for (std::size_t i = 0; i < 10 * 288; ++i) m.measure(test_support::sample_at(i, by_day(i)));
  CHECK(m.measure(test_support::sample_at(10 * 288, 10)).amount == 0);
  const auto off = m.measure(test_support::sample_at(10 * 288 + 200, 10));
  CHECK(off.amount == doctest::Approx(40));
  CHECK(off.expected == doctest::Approx(50));
  CHECK(off.observed == doctest::Approx(10));
}

TEST_CASE("a smoothed deviation waits until it lasts") {
  seasonal_deviation m{{.smoothing = 12}};
  std::size_t i = 0;
  for (; i < 10 * 288; ++i) m.measure(test_support::sample_at(i, by_day(i)));
  const double first = m.measure(test_support::sample_at(i++, 20)).amount;
  double last = 0;
  for (int k = 0; k < 30; ++k) last = m.measure(test_support::sample_at(i++, 20)).amount;
  CHECK(first < 1);
  CHECK(last > 4);
}

TEST_CASE("times before 1970 have a time of day too") {
  seasonal_deviation m;
  for (int day = -20; day < 0; ++day)
    for (const int hour : {3, 15})
      m.measure({time_point{std::chrono::hours{24 * day + hour}}, hour == 3 ? 1.0 : 9.0});
  CHECK(m.measure({time_point{std::chrono::hours{3}}, 9}).amount == doctest::Approx(8));
}

TEST_CASE("seasonal deviations stand nasty streams") {
  test_support::stands_nasty_streams(seasonal_deviation{});
  test_support::stands_nasty_streams(seasonal_deviation{{.smoothing = 12}});
}
