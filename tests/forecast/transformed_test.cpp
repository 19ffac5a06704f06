#include <foreshift/core/random.hpp>
#include <foreshift/forecast/naive.hpp>
#include <foreshift/forecast/seasonal_ar.hpp>
#include <foreshift/forecast/transformed.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {
telemetry::series_view hourly(const std::vector<double>& y) { return {{}, std::chrono::hours{1}, y}; }
constexpr double gap = std::numeric_limits<double>::quiet_NaN();
}  // namespace

TEST_CASE("a transformation is undone exactly enough") {
  const std::vector<double> positive{0.5, 3, 1e6};
  for (const scale s : {scale::plain, scale::log, scale::root}) {
    const transformation to{s, positive};
    CHECK(to.kind() == s);
    for (const double v : positive) CHECK(to.out(to.in(v)) == doctest::Approx(v).epsilon(1e-13));
    CHECK(std::isnan(to.in(gap)));
  }
}

TEST_CASE("a scale that the history does not allow is plain, and gaps do not count") {
  CHECK(transformation{scale::log, std::vector{0.0, 1.0}}.kind() == scale::plain);
  CHECK(transformation{scale::log, std::vector{gap, 1.0, std::numeric_limits<double>::infinity()}}.kind() ==
        scale::log);
  CHECK(transformation{scale::root, std::vector{0.0, 1.0}}.kind() == scale::root);
  CHECK(transformation{scale::root, std::vector{-1.0, 1.0}}.kind() == scale::plain);
}

TEST_CASE("values of tomorrow that the scale does not allow are bounded, and nothing overflows") {
  const std::vector<double> y{4, 8};
  const transformation log{scale::log, y}, root{scale::root, y};
  CHECK(log.out(log.in(-3)) == doctest::Approx(2));  // half of the lowest
  CHECK(root.in(-3) == 0);
  CHECK(std::isfinite(log.out(1e9)));
  CHECK(root.out(-2) == 0);
}

TEST_CASE("the forecast is that of the transformed series, taken back") {
  random_stream random{61};
  std::vector<double> y, z;
  for (int t = 0; t < 120; ++t) {
    y.push_back((20 + t % 24) * std::exp(0.1 * random.normal()));
    z.push_back(std::log(y.back()));
  }
  std::array<double, 30> wanted{}, got{};
  const seasonal_ar ar{.season_length = 24};
  predict_mean(*fit(ar, hourly(z), {}), {}, wanted);
  predict_mean(*fit(transformed<seasonal_ar>{.inner = ar}, hourly(y), {}), {}, got);
  for (std::size_t h = 0; h < got.size(); ++h) CHECK(got[h] == doctest::Approx(std::exp(wanted[h])));
}

TEST_CASE("an update passes through the transformation") {
  auto m = *fit(transformed<naive>{.to = scale::root}, hourly({1, 4, 9}), {});
  std::array<double, 1> out{};
  predict_mean(m, {}, out);
  CHECK(out[0] == doctest::Approx(9));
  update(m, 25.0, {});
  predict_mean(m, {}, out);
  CHECK(out[0] == doctest::Approx(25));
  update(m, gap, {});
  predict_mean(m, {}, out);
  CHECK(out[0] == doctest::Approx(25));
}
