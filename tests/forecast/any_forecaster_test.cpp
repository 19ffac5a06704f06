#include <foreshift/forecast/any_forecaster.hpp>
#include <foreshift/forecast/naive.hpp>
#include <foreshift/forecast/seasonal_ar.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {
// A user's own method: always zero.
struct zero_model {
  friend void update(zero_model&, double, std::span<const double>) {}
  friend void predict_mean(const zero_model&, regressor_view, std::span<double> out) {
    std::ranges::fill(out, 0.0);
  }
};
struct zero {
  using model = zero_model;
  friend result<zero_model, errc> fit(const zero&, telemetry::series_view, regressor_view) {
    return zero_model{};
  }
};
const std::vector<double> y{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 9, 8};
telemetry::series_view history() { return {{}, std::chrono::hours{1}, y}; }
}  // namespace

TEST_CASE("methods of different types stand in one list and forecast as themselves") {
  const std::vector<any_forecaster> list{naive{}, zero{}, seasonal_naive{2}, seasonal_ar{}};
  std::array<double, 2> out{}, direct{};
  predict_mean(*fit(list[0], history(), {}), {}, out);
  CHECK(out == std::array{8.0, 8.0});
  predict_mean(*fit(list[1], history(), {}), {}, out);
  CHECK(out == std::array{0.0, 0.0});
  predict_mean(*fit(list[2], history(), {}), {}, out);
  CHECK(out == std::array{9.0, 8.0});
  predict_mean(*fit(list[3], history(), {}), {}, out);
  predict_mean(*fit(seasonal_ar{}, history(), {}), {}, direct);
  CHECK(out == direct);
}

TEST_CASE("the reason of a failed fit comes through") {
  CHECK(fit(any_forecaster{seasonal_naive{100}}, history(), {}).error() == errc::too_short);
}

TEST_CASE("a copy of a fitted model is a copy, not a second name") {
  auto a = *fit(any_forecaster{naive{}}, history(), {});
  auto b = a;
  update(b, 77, {});
  std::array<double, 1> out{};
  predict_mean(a, {}, out);
  CHECK(out[0] == 8);
  a = b;
  predict_mean(a, {}, out);
  CHECK(out[0] == 77);
}
