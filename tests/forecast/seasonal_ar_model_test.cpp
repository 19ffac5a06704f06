#include <foreshift/forecast/seasonal_ar_model.hpp>

#include <foreshift/forecast/seasonal_ar.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

/// A daily curve at hourly steps; an event of the last column lifts it by 5.
telemetry::series daily(std::size_t n, std::span<const double> event = {}) {
  telemetry::series y{{}, std::chrono::hours{1}, {}};
  for (std::size_t i = 0; i < n; ++i)
    y.values.push_back(10 + static_cast<double>((i % 24) * (24 - i % 24)) / 20.0 +
                       (event.empty() ? 0 : 5 * event[i]));
  return y;
}

}  // namespace

TEST_CASE("a noiseless daily curve is continued") {
  const auto y = daily(24 * 21);
  const auto model = fit(seasonal_ar{.season_length = 24}, y.view().first(24 * 20), {});
  REQUIRE(model);
  std::vector<double> ahead(24);
  predict_mean(*model, {}, ahead);
  for (std::size_t h = 0; h < 24; ++h)
    CHECK(ahead[h] == doctest::Approx(y.values[24 * 20 + h]).epsilon(0.02));
}

TEST_CASE("a known event comes and goes at once, and yesterday's is not repeated today") {
  std::vector<double> event(24 * 20);
  for (std::size_t i = 0; i < event.size(); ++i)
    event[i] = (i / 24) % 3 == 1 && i % 24 >= 9 && i % 24 < 15 ? 1 : 0;
  const auto y = daily(event.size(), event);
  const auto plain = daily(event.size() + 24);
  const auto model = fit(seasonal_ar{.season_length = 24}, y, {event, 1});
  REQUIRE(model);
  std::vector<double> ahead(24), none(24), some(24);
  some[12] = 1;
  predict_mean(*model, {none, 1}, ahead);
  for (std::size_t h = 0; h < 24; ++h) CHECK(std::abs(ahead[h] - plain.values[event.size() + h]) < 1.0);
  std::vector<double> lifted(24);
  predict_mean(*model, {some, 1}, lifted);
  CHECK(lifted[12] - ahead[12] == doctest::Approx(5).epsilon(0.15));
  CHECK(std::abs(lifted[11] - ahead[11]) < 1e-9);
  CHECK(std::abs(lifted[13] - ahead[13]) < 1e-9);
}

TEST_CASE("a gap passes time: the forecast after it is that of the later hour") {
  const auto y = daily(24 * 20);
  auto model = fit(seasonal_ar{.season_length = 24}, y, {});
  REQUIRE(model);
  std::vector<double> before(7), after(1);
  predict_mean(*model, {}, before);
  for (int i = 0; i < 6; ++i) update(*model, std::nan(""), {});
  predict_mean(*model, {}, after);
  CHECK(after[0] == doctest::Approx(before[6]).epsilon(0.02));
}
