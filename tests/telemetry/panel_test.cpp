#include <foreshift/telemetry/panel.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace foreshift;
using namespace foreshift::telemetry;
using namespace std::chrono_literals;

namespace {

panel two_series(std::size_t features) {
  return panel{{{host_id{1}, metric::cpu}, {host_id{2}, metric::cpu}},
               {.start = time_point{1h}, .step = 5min, .times = 4, .features = features}};
}

}  // namespace

TEST_CASE("a new panel holds nothing but gaps") {
  const panel p = two_series(3);
  CHECK(p.flat().size() == 2 * 4 * 3);
  for (const double x : p.flat()) CHECK(std::isnan(x));
}

TEST_CASE("the feature runs fastest, then time, then the series") {
  panel p = two_series(3);
  double n = 0;
  for (std::size_t s = 0; s < 2; ++s)
    for (std::size_t t = 0; t < 4; ++t)
      for (std::size_t f = 0; f < 3; ++f) p(s, t, f) = n++;
  for (std::size_t i = 0; i < p.flat().size(); ++i) CHECK(p.flat()[i] == static_cast<double>(i));
  CHECK(p.of(1)[0] == 12);
}

TEST_CASE("a series is found by its key") {
  const panel p = two_series(1);
  CHECK(p.find({host_id{2}, metric::cpu}) == 1);
  CHECK_FALSE(p.find({host_id{2}, metric::io}));
  CHECK_FALSE(p.find({workload_id{2}, metric::cpu}));
}

TEST_CASE("filling takes what lies on the panel's grid and leaves the rest alone") {
  panel p = two_series(1);
  p.fill(1, series{time_point{1h - 10min}, 5min, {1, 2, 3, 4}});
  const auto y = p.view(1);
  CHECK(y.start == time_point{1h});
  CHECK(y.values[0] == 3);
  CHECK(y.values[1] == 4);
  CHECK(std::isnan(y.values[2]));
  CHECK(std::isnan(p.view(0).values[0]));
  p.fill(0, series{time_point{1h + 15min}, 5min, {8, 9}});
  CHECK(p(0, 3) == 8);
}
