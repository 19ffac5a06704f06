#include <foreshift/anomaly/predictive.hpp>
#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>
#include <support/nasty_streams.hpp>

#include <limits>

using namespace foreshift;
using anomaly::predictive, anomaly::score;

TEST_CASE("an honest forecast that is missed by far alerts, on either side") {
  for (const double far : {1e-9, 1 - 1e-9}) {
    predictive d;
    random_stream random{1};
    int alerts = 0;
    for (int i = 0; i < 2000; ++i) alerts += d.observe(random.uniform()).alert ? 1 : 0;
    CHECK(alerts <= 6);  // opens at one in a thousand: two are expected
    CHECK(d.observe(far).alert);
  }
}

TEST_CASE("a forecast that is always wrong teaches that this is usual") {
  predictive d;
  random_stream random{1};
  int alerts = 0;
  for (int i = 0; i < 2000; ++i)
    alerts += d.observe(random.chance(0.5) ? 0.0001 * random.uniform() : 1).alert;
  CHECK(alerts <= 6);
}

TEST_CASE("what is no probability scores 0 and teaches nothing") {
  predictive a, b;
  random_stream random{1};
  for (int i = 0; i < 300; ++i) {
    const double u = random.uniform();
    for (const double bad : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()})
      CHECK(a.observe(bad) == score{});
    CHECK(a.observe(u) == b.observe(u));
  }
  for (const double end : {0.0, 1.0}) CHECK(a.observe(end).value <= 1);
  auto back = test_support::through_archive(a, predictive{});
  CHECK(back.observe(0.3) == a.observe(0.3));
}
